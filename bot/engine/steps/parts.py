"""The parts of a long recording, put together again."""

from collections.abc import Sequence
from dataclasses import replace

from storage.transcript import Transcript, Word
from storage.words import Generation


def joined(generations: Sequence[Generation]) -> Transcript | None:
    """Return one transcript of all parts, their times counted from the start of the recording; None while one lacks."""
    parts = [(each.start, each.transcript) for each in generations if each.transcript is not None]
    return _join(parts) if parts and len(parts) == len(generations) else None


def _join(parts: Sequence[tuple[float, Transcript]]) -> Transcript:
    if len(parts) == 1:
        return parts[0][1]
    words = tuple(
        Word(word.text, start + word.start, start + word.end, word.speaker, word.confidence)
        for start, transcript in parts
        for word in transcript.words
    )
    segments = tuple(
        replace(each, start=start + each.start, end=start + each.end)
        for start, transcript in parts
        for each in transcript.segments
    )
    text = "\n\n".join(transcript.text for _, transcript in parts if transcript.text)
    heard = next((transcript for _, transcript in parts if transcript.language), Transcript(""))
    last_start, last = parts[-1]
    duration = None if last.duration is None else last_start + last.duration
    return Transcript(text, heard.language, duration, words, heard.language_confidence, segments)

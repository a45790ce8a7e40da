"""The parts of a long recording, put together again."""

from collections.abc import Sequence
from dataclasses import replace

from bot.engine.steps.seams import moved, sewn
from bot.engine.steps.voices import known_by, nobody_told_apart, speakers_in
from storage.transcript import Transcript
from storage.words import Generation


def joined(generations: Sequence[Generation]) -> Transcript | None:
    """Return one transcript of all parts, their times counted from the start of the recording; None while one lacks."""
    parts = [(each, each.transcript) for each in generations if each.transcript is not None]
    return _join(parts) if parts and len(parts) == len(generations) else None


def _join(parts: Sequence[tuple[Generation, Transcript]]) -> Transcript:
    if len(parts) == 1:
        return parts[0][1]
    (first, transcript), *others = parts
    whole = moved(transcript, first.start)
    for part, (each, following) in enumerate(others, 1):
        heard = known_by(whole, moved(following, each.start), part, each.start, each.overlap)
        whole = sewn(whole, heard, each.start, each.overlap)
    if len(speakers_in(whole)) > 1 and all(len(speakers_in(transcript)) < 2 for _, transcript in parts):
        whole = nobody_told_apart(whole)  # no part has one beside another
    told = next((transcript for _, transcript in parts if transcript.language), Transcript(""))
    return replace(whole, language=told.language, language_confidence=told.language_confidence)

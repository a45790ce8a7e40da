"""The parts of a long recording, put together again."""

from collections.abc import Sequence
from dataclasses import replace

from bot.engine.steps.seams import moved, sewn
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
    for each, following in others:
        whole = sewn(whole, moved(following, each.start), each.start, each.overlap)
    heard = next((transcript for _, transcript in parts if transcript.language), Transcript(""))
    return replace(whole, language=heard.language, language_confidence=heard.language_confidence)

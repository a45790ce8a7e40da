"""A transcript as JSON, for programs; docs/exports.md has its schema."""

import json
from collections.abc import Iterator, Mapping

from bot.documents.known import Known
from bot.documents.written import in_utc
from bot.text.layout import clean
from storage.transcript import Segment, Word

VERSION = 1  # counted on when something that a program may rely on is taken away, or changes its meaning


def as_json(known: Known) -> str:
    """Return an object with a line for each of its words and segments."""
    transcript, speakers = known.transcript, known.speakers
    about = {
        "version": VERSION,
        "date": in_utc(known.date),
        "sender": known.sent_by,
        "model": known.model,
        "language": known.language,
        "duration": _rounded(known.seconds),
        "speakers": list(dict.fromkeys(speakers.values())),
        "text": clean(transcript.text),
    }
    lines = [f"{_dump(name)}: {_dump(value)}" for name, value in about.items()]
    lines.append(_listed("words", (_word(each, speakers) for each in transcript.words)))
    lines.append(_listed("segments", (_segment(each, speakers) for each in transcript.segments)))
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _word(word: Word, speakers: Mapping[str, str]) -> Mapping[str, object]:
    return {**_spoken(word, speakers), "confidence": word.confidence}


def _segment(segment: Segment, speakers: Mapping[str, str]) -> Mapping[str, object]:
    return _spoken(segment, speakers)


def _spoken(spoken: Word | Segment, speakers: Mapping[str, str]) -> Mapping[str, object]:
    return {
        "text": spoken.text,
        "start": _rounded(spoken.start),
        "end": _rounded(spoken.end),
        "speaker": None if spoken.speaker is None else speakers[spoken.speaker],
    }


def _rounded(seconds: float | None) -> float | None:
    """Round to milliseconds, which nobody can hear, as milliseconds become numbers like 0.12000000000000001."""
    return None if seconds is None else round(seconds, 3)


def _listed(name: str, rows: Iterator[Mapping[str, object]]) -> str:
    lines = ",\n".join(_dump(row) for row in rows)
    return f"{_dump(name)}: [\n{lines}\n]" if lines else f"{_dump(name)}: []"


def _dump(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)

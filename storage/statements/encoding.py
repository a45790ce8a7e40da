"""Values as the text that a column holds. Only what these encoders wrote, perhaps newer ones, is ever decoded."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, fields
from itertools import chain, repeat
from typing import Any

from storage.apology import Apology, Notice, Reason
from storage.intake import NewJob
from storage.options import Options
from storage.transcript import Doubt, Segment, Transcript, Word
from storage.words import Answers, Asked, Form

WORDS_A_LINE = 1_000
_OPTIONS = frozenset(each.name for each in fields(Options))


def encode_apology(apology: Apology) -> str:
    return json.dumps({"reason": apology.reason, "facts": dict(apology.facts)})


def decode_apology(text: str) -> Apology:
    """Read an apology; the reason of one that a newer program wrote may be unknown, and is INTERNAL."""
    stored = json.loads(text)
    known = next((reason for reason in Reason if reason == stored["reason"]), None)
    return Apology(known, stored["facts"]) if known else Apology(Reason.INTERNAL)


def encode_transcript(transcript: Transcript) -> str:
    """Encode words as rows without names, WORDS_A_LINE of them on a line: an hour of speech has ten thousand words.

    A line is encoded and decoded in a moment, so that other threads need not wait for all of them. The first line has
    what is asked for without the words. The last one has the rest, and older programs skip it.
    """
    names = ("text", "language", "duration", "language_confidence")
    first = _dump({name: getattr(transcript, name) for name in names})
    rows = [(word.text, word.start, word.end, word.speaker) for word in transcript.words]
    lines = (_dump(rows[at : at + WORDS_A_LINE])[1:-1] for at in range(0, len(rows), WORDS_A_LINE))
    return first[:-1] + ',"words":[\n' + ",\n".join(lines) + "\n]" + _encode_rest(transcript)


def _encode_rest(transcript: Transcript) -> str:
    """Encode what the transcripts of older programs lack; nothing of it where there is none."""
    rest: dict[str, object] = {}
    if any(word.confidence is not None for word in transcript.words):
        rest["confidences"] = _encode_in_pieces([word.confidence for word in transcript.words])
    if transcript.segments:
        rows = [(each.text, each.start, each.end, each.speaker) for each in transcript.segments]
        rest["segments"] = _encode_in_pieces(rows)
    return "," + _dump(rest)[1:] if rest else "}"


def _encode_in_pieces(rows: Sequence[object]) -> list[str]:
    """Encode rows for a place within one line as texts, each of which is encoded and decoded in a moment."""
    return [_dump(rows[at : at + WORDS_A_LINE]) for at in range(0, len(rows), WORDS_A_LINE)]


def decode_transcript(body: str) -> Transcript:
    """Decode a transcript line by line; an older program wrote it on one line, or without some of its names."""
    first, *lines = body.split("\n")
    stored = json.loads(first + "]}" if lines else first)
    rows = chain(stored["words"], *(json.loads(f"[{line.removesuffix(',')}]") for line in lines[:-1]))
    rest = json.loads("{" + lines[-1].lstrip("],")) if lines else {}
    confidences = _decode_pieces(rest["confidences"]) if "confidences" in rest else repeat(None)
    told_with = zip(rows, confidences, strict=False)
    words = tuple([Word(text, start, end, speaker, sure) for (text, start, end, speaker), sure in told_with])
    segments = tuple([Segment(*row) for row in _decode_pieces(rest.get("segments", ()))])
    told = (stored["text"], stored["language"], stored["duration"])
    return Transcript(*told, words, stored.get("language_confidence"), segments)


def _decode_pieces(pieces: Sequence[str]) -> Iterator[Any]:
    return chain.from_iterable(json.loads(piece) for piece in pieces)


def decode_wordless(body: str) -> Transcript:
    """Decode a transcript without its words and segments."""
    stored = _without_words(body)
    told = (stored["text"], stored["language"], stored["duration"])
    return Transcript(*told, language_confidence=stored.get("language_confidence"))


def decode_text(body: str) -> str:
    """Decode the text of a transcript without its words."""
    return str(_without_words(body)["text"])


def decode_duration(body: str) -> float | None:
    stored = _without_words(body)["duration"]
    return None if stored is None else float(stored)


def decode_language(body: str) -> str | None:
    stored = _without_words(body)["language"]
    return None if stored is None else str(stored)


def _without_words(body: str) -> dict[str, Any]:
    first, newline, _ = body.partition("\n")
    decoded: dict[str, Any] = json.loads(first + "]}" if newline else first)
    return decoded


def _dump(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def encode_options(options: Options) -> str:
    """Encode the language, and what is not as usual."""
    return _dump({name: getattr(options, name) for name in ("language", *options.unusual)})


def decode_options(text: str) -> Options:
    """Read options, but for those that only a newer program knows."""
    stored = {name: value for name, value in json.loads(text).items() if name in _OPTIONS}
    if "vocabulary" in stored:
        stored["vocabulary"] = tuple(map(str, stored["vocabulary"]))
    return Options(**stored)


def encode_new(new: NewJob) -> str:
    return _dump(asdict(new))


def decode_new(text: object) -> NewJob | None:
    """Read a message that has no job; None if there is none, or one that this program cannot read."""
    try:
        stored = json.loads(text) if isinstance(text, str) else {}
        known = {each.name: stored[each.name] for each in fields(NewJob) if each.name in stored}
        options, asked = decode_options(json.dumps(stored["options"])), Asked(stored.get("asked", ""))
        answers = None if stored.get("answers") is None else Answers(stored["answers"])
        return NewJob(**known | {"options": options, "asked": asked, "answers": answers})
    except (ValueError, TypeError, KeyError, AttributeError):
        return None


def decode_doubt(number: int) -> Doubt:
    """Read what is doubtful; what only a newer program knows is NOTHING."""
    return next((doubt for doubt in Doubt if doubt == number), Doubt.NOTHING)


def decode_notice(text: str) -> Notice:
    """Read a notice; one that this program does not know is NONE."""
    return next((notice for notice in Notice if notice == text), Notice.NONE)


def decode_form(text: str) -> Form:
    """Read a form; one that this program does not know is EDIT."""
    return next((form for form in Form if form == text), Form.EDIT)

"""Rows turned into words. Every statement names the columns it reads, so that a new column breaks none.

A row that cannot be what was stored raises DatabaseDamagedError: SQLite notices a damaged page, not a damaged value.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import Any, TypeVar, get_args, get_type_hints

from storage.errands import Errand
from storage.errors import damaged
from storage.statements.encoding import (
    decode_apology,
    decode_doubt,
    decode_duration,
    decode_form,
    decode_language,
    decode_notice,
    decode_options,
    decode_text,
    decode_transcript,
    decode_wordless,
)
from storage.statements.transaction import Row
from storage.transcript import Transcript
from storage.words import Answers, Generation, Job, State

Word = TypeVar("Word")
LONG_BODY = 100_000  # characters, which a quarter of an hour of speech has, and which take milliseconds
_STORED_OTHERWISE = frozenset(
    {
        "options",
        "state",
        "notice",
        "woken",
        "apology",
        "must_sniff",
        "form",
        "refused",
        "answers",
        "reacts",
        "doubtful",
        "times",
    }
)


def _types(kind: Any) -> tuple[type, ...]:
    """Return the types that a field may have; a whole number is as good as a fraction."""
    types = get_args(kind) or (kind,)
    return (*types, int) if float in types else types


# The columns carry the names of Job's fields.
_NAMES = tuple(each.name for each in fields(Job))
_TYPES = {name: _types(kind) for name, kind in get_type_hints(Job).items() if name not in _STORED_OTHERWISE}
_TYPES_OF_GENERATION = {name: _types(kind) for name, kind in get_type_hints(Generation).items() if name != "transcript"}
LEFT_OUT = "(SELECT left_out FROM pulse)"  # what a stored `submitted_at` lacks; see storage.statements.moments
WAITED = f"submitted_at + {LEFT_OUT} AS submitted_at"
JOB_COLUMNS = ", ".join(WAITED if name == "submitted_at" else name for name in _NAMES)
_TYPES_OF_ERRAND = {name: _types(kind) for name, kind in get_type_hints(Errand).items()}
ERRAND_COLUMNS = ", ".join(_TYPES_OF_ERRAND)
GENERATION_COLUMNS = f"part, generation_id, start, {WAITED}, body, unreadable, overlap, duration"


def _readable(decode: Callable[[Row], Word]) -> Callable[[Row], Word]:
    """Make a function that raises DatabaseDamagedError for a row that `decode` cannot read."""

    def read(row: Row) -> Word:
        try:
            return decode(row)
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise damaged(f"a row cannot be read: {type(error).__name__}") from None

    return read


def _require_types(row: Row, types: Mapping[str, tuple[type, ...]]) -> None:
    for name, allowed in types.items():
        if not isinstance(row[name], allowed):
            raise TypeError(name)


@_readable
def job_of(row: Row) -> Job:
    stored = {name: row[name] for name in _NAMES}
    _require_types(row, _TYPES)
    apology = stored["apology"]
    return Job(
        **stored
        | {
            "options": decode_options(stored["options"]),
            "state": State(stored["state"]),
            "notice": decode_notice(stored["notice"]),
            "form": decode_form(stored["form"]),
            "refused": bool(stored["refused"]),
            "woken": bool(stored["woken"]),
            "must_sniff": bool(stored["must_sniff"]),
            "reacts": bool(stored["reacts"]),
            "answers": None if stored["answers"] is None else Answers(stored["answers"]),
            "doubtful": decode_doubt(stored["doubtful"]),
            "times": None if stored["times"] is None else bool(stored["times"]),
            "apology": None if apology is None else decode_apology(apology),
        }
    )


@_readable
def generation_of(row: Row) -> Generation:
    _require_types(row, _TYPES_OF_GENERATION)
    body = row["body"]
    return Generation(
        part=row["part"],
        generation_id=row["generation_id"],
        start=row["start"],
        submitted_at=row["submitted_at"],
        transcript=None if body is None else decode_transcript(body),
        unreadable=row["unreadable"],
        overlap=row["overlap"],
        duration=row["duration"],
    )


@_readable
def errand_of(row: Row) -> Errand:
    _require_types(row, _TYPES_OF_ERRAND)
    return Errand(**{name: row[name] for name in _TYPES_OF_ERRAND})


@_readable
def transcript_of(row: Row) -> Transcript:
    return decode_transcript(row["body"])


@dataclass(frozen=True, slots=True)
class Long:
    """The row of a long transcript, which is to be decoded."""

    row: Row

    def decoded(self) -> Transcript:
        return transcript_of(self.row)


def short_of(row: Row) -> Transcript | Long:
    """Decode the transcript of a row, unless it is long."""
    body = row["body"]
    return Long(row) if isinstance(body, str) and len(body) > LONG_BODY else transcript_of(row)


@_readable
def wordless_of(row: Row) -> Transcript:
    return decode_wordless(row["body"])


@_readable
def text_of(row: Row) -> str:
    return decode_text(row["body"])


@_readable
def language_of(row: Row) -> str | None:
    return decode_language(row["body"])


@_readable
def duration_of(row: Row) -> float | None:
    return decode_duration(row["body"])

"""Reading the answers of the AI/ML API: is a generation accepted, pending, done or failed?

These functions raise nothing but TemporaryError, whatever JSON they are given: an answer of which nothing can be read
is asked for again until the deadline. Sources: the vendor's OpenAPI files of May 2025 (`status` and `result`) and the
newer ones (`id`, `status`, `output`, `error`). Both are in use, and neither is complete.
"""

import re
from dataclasses import dataclass
from typing import Any

from bot.errors import TemporaryError
from bot.speech.aimlapi.blame import blames_link
from bot.speech.dialects import read_transcript
from bot.speech.provider import Created, Done, Failed, Pending, Unreadable
from bot.speech.values import as_object, as_text
from storage.apology import Reason
from storage.transcript import Transcript, shortened

PENDING = frozenset({"waiting", "active", "queued", "generating", "processing", "pending", "running"})
DONE = frozenset({"completed", "succeeded", "success", "done"})
FAILED = frozenset({"error", "failed", "cancelled", "canceled", "timeout"})

_ID = re.compile(r"[\w-][\w:-]{0,127}", re.ASCII)  # it goes into a URL; known are uuids, and short names with colons
LONGEST_NAME = 40
LONGEST_MESSAGE = 200


@dataclass(frozen=True, slots=True)
class Balance:
    """What the key can still spend; None when the answer does not say."""

    credits: float | None
    low: bool


def read_created(body: object) -> Created:
    """Read the generation id. Without one it is unknown whether a generation was made: not `sure`."""
    fields = as_object(body)
    for value in (fields.get("generation_id"), fields.get("id")):
        if isinstance(value, str) and _ID.fullmatch(value):
            return Created(value)
    raise TemporaryError(
        "create: the answer has no generation id of a known form", reason=Reason.PROVIDER_DOWN, sure=False
    )


def read_fetched(body: object) -> Pending | Done | Unreadable | Failed:
    """Read what became of a generation; TemporaryError for an answer with neither a status nor a result."""
    fields = as_object(body)
    status = _status(fields)
    if status in FAILED:
        return _failed(status, fields)
    if status and status not in DONE:
        return Pending()
    transcript = _transcript(fields)
    if transcript is not None:
        return Done(transcript)
    if status:
        return Unreadable()
    raise TemporaryError("fetch: the answer has neither a status nor a result", reason=Reason.PROVIDER_DOWN)


def undocumented_status(body: object) -> str | None:
    """Return the status of a generation if no document names it, cut short."""
    status = _status(as_object(body))
    return None if not status or status in PENDING | DONE | FAILED else status


def _status(fields: dict[str, Any]) -> str:
    return _short(fields.get("status"), LONGEST_NAME).lower()


def read_balance(body: object) -> Balance:
    fields = as_object(body)
    return Balance(credits=_number(fields.get("balance")), low=fields.get("lowBalance") is True)


def _transcript(fields: dict[str, Any]) -> Transcript | None:
    """Find the result: it stands under `result`, under `output`, or is the answer itself; None if nowhere."""
    for place in (fields.get("result"), fields.get("output"), fields):
        transcript = read_transcript(place)
        if transcript is not None:
            return shortened(transcript)
    return None


def _failed(status: str, fields: dict[str, Any]) -> Failed:
    error = fields.get("error")
    details = as_object(error)
    name = _short(details.get("name"), LONGEST_NAME) or status
    said = details.get("message") or error or fields.get("message")
    message = _short(said, LONGEST_MESSAGE)
    return Failed(name, message, unreachable=blames_link(f"{name} {message}"))


def _short(value: object, length: int) -> str:
    """Make it one line of at most so many characters, fit for a log; empty for what is no text."""
    return " ".join((as_text(value) or "").split())[:length]


def _number(value: object) -> float | None:
    """Read a number; credits may be below zero after the last generation took more than was left."""
    if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e15:
        return float(value)
    return None

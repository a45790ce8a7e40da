"""The records of the fake: calls, paid uploads, generations and their fetches."""

from dataclasses import dataclass, field
from typing import Any, NamedTuple

from bot.playground.speech.recognition import Recognition


class Call(NamedTuple):
    """A request as its client saw it end. `status` is 0 if the connection was cut without an answer.

    `asked` is the form that was sent. `answered` is the body of the answer, None if it was a stream or none.
    """

    method: str
    path: str
    status: int
    at: float
    asked: dict[str, Any]
    answered: str | None


class Fetch(NamedTuple):
    """One fetch of a generation. `status_shown` is "404" if it was not found."""

    generation_id: str
    at: float
    status_shown: str


@dataclass(frozen=True, slots=True)
class Upload:
    """A create request that was carried out, and so was paid for.

    `data` is the recording behind the `url`, if one was sent instead of a file.
    """

    model: str
    fields: dict[str, str]
    field_name: str
    file_name: str
    content_type: str
    data: bytes = field(repr=False)
    at: float
    generation_id: str
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Failure:
    status: str
    error: dict[str, str]


@dataclass(slots=True)
class Generation:
    """A generation. `outcome` is None until the recognition has ended, and `ready_at` is not before that."""

    id: str
    model: str
    family: str
    sha256: str
    options: dict[str, str]
    created_at: float
    ready_at: float
    fetches: int = 0
    first_ready_fetch_at: float | None = None
    forgotten: bool = False
    outcome: Recognition | Failure | None = None

    def ready(self, now: float) -> bool:
        return self.outcome is not None and now >= self.ready_at

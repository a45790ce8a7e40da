"""What the fake remembers: every call, every upload that was paid for, every generation and look at it."""

from dataclasses import dataclass, field
from typing import Any, NamedTuple

from bot.playground.speech.recognition import Recognition


class Call(NamedTuple):
    """A request as the caller saw it end; `status` 0: the connection was cut without an answer.

    `asked` is the form that was sent, `answered` the body that came back, None where there was none of ours.
    """

    method: str
    path: str
    status: int
    at: float
    asked: dict[str, Any]
    answered: str | None


class Fetch(NamedTuple):
    """One look at a generation; `status_shown` is "404" where it was not to be found."""

    generation_id: str
    at: float
    status_shown: str


@dataclass(frozen=True, slots=True)
class Upload:
    """A POST that was carried out, which is to say paid for."""

    model: str
    fields: dict[str, str]
    field_name: str
    file_name: str
    content_type: str
    data: bytes = field(repr=False)
    at: float
    generation_id: str


@dataclass(frozen=True, slots=True)
class Failure:
    status: str
    error: dict[str, str]


@dataclass(slots=True)
class Generation:
    """`ready_at` is never before the recognition itself is through; `outcome` is None until then."""

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

"""The failure tree: every failure answers one question, what happens to the job?

Third-party exceptions are translated into these once, at the edge that made the call.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Self

Fact = str | int | float


class Reason(StrEnum):
    """Why there will be no transcript; `bot.text.sentences` holds the words for each."""

    TOO_BIG = "too_big"  # facts: limit_mb
    EMPTY = "empty"
    NOT_AUDIO = "not_audio"
    NO_SOUND = "no_sound"  # a video without a sound track
    TOO_LONG = "too_long"  # facts: minutes, limit_minutes
    FILE_GONE = "file_gone"  # Telegram no longer hands out the file
    REFUSED = "refused"  # the provider will not take this file or these options
    PROVIDER_FAILED = "provider_failed"  # the provider tried and failed for good
    PROVIDER_DOWN = "provider_down"  # it did not answer until the deadline
    TELEGRAM_DOWN = "telegram_down"  # the file could not be fetched until the deadline
    TOO_SLOW = "too_slow"  # the provider accepted it and never finished
    ON_HOLD = "on_hold"  # the operator's key or credits stayed unusable until the deadline
    INTERNAL = "internal"  # our bug, again and again
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Apology:
    """What is delivered when there will be no transcript: why, and what belongs to the why."""

    reason: Reason
    facts: Mapping[str, Fact] = field(default_factory=dict)

    def to_json(self) -> str:
        return json.dumps({"reason": self.reason, "facts": dict(self.facts)})

    @classmethod
    def from_json(cls, body: str) -> Self:
        """The inverse of `to_json`; only ever given what it wrote."""
        fields = json.loads(body)
        return cls(Reason(fields["reason"]), fields["facts"])


class VerbatimError(Exception):
    """The root of every failure this project raises on purpose."""


class TemporaryError(VerbatimError):
    """The other side, or the way to it, is out of order: spends an attempt, then tried again.

    `retry_after` is how many seconds the other side asked for, if it did. `reason` is what the user is
    told if it never gets better. `sure` is False when the request may have been carried out although its
    answer never came; after a create that means a generation may have been paid for.
    """

    def __init__(
        self,
        message: str,
        *,
        reason: Reason = Reason.PROVIDER_DOWN,
        retry_after: float | None = None,
        sure: bool = True,
    ) -> None:
        super().__init__(message)
        self.reason = reason
        self.retry_after = retry_after
        self.sure = sure


class RateLimitedError(VerbatimError):
    """The other side asks for patience: wait `retry_after` seconds (None: our own choice), spend nothing."""

    def __init__(self, message: str, *, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class PermanentError(VerbatimError):
    """Trying again cannot help this job: it ends in the apology made of `reason` and `facts`."""

    def __init__(self, reason: Reason, message: str = "", **facts: Fact) -> None:
        super().__init__(message or reason.value)
        self.reason = reason
        self.facts = facts


class OperatorError(VerbatimError):
    """No job can work until the operator acts (wrong key, no credits): hold, spend nothing, log loudly."""


class UndeliverableError(VerbatimError):
    """Nobody can be told any more: the bot was blocked or removed, or the chat is gone."""


class PlaceholderGoneError(VerbatimError):
    """The message to edit was deleted; the answer needs a new one."""


class ChatMovedError(VerbatimError):
    """The group became a supergroup: everything of the old chat belongs to `new_chat_id` now."""

    def __init__(self, new_chat_id: int) -> None:
        super().__init__(f"the chat moved to {new_chat_id}")
        self.new_chat_id = new_chat_id

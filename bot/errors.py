"""The failure tree: every failure answers one question, what happens to the job?

Third-party exceptions are translated into these once, at the edge that made the call.
"""

from storage.apology import Fact, Reason


class VerbatimError(Exception):
    """The root of every failure this project raises on purpose."""


class TemporaryError(VerbatimError):
    """The other side, or the way to it, is out of order: the step spends an attempt and is tried again.

    `retry_after` is how many seconds the other side asked for, if it did, as `bot.outgoing.waits` reads them. `reason`
    is what the user is told if it never gets better. `sure` is False when the request may have been carried out
    although its answer never came; after a create that means a generation may have been paid for.
    """

    def __init__(self, message: str, *, reason: Reason, retry_after: float | None = None, sure: bool = True) -> None:
        super().__init__(message)
        self.reason = reason
        self.retry_after = retry_after
        self.sure = sure


class UnknownMessageError(TemporaryError):
    """A message was sent, and nobody says which one it is: it cannot be changed, and must not be sent again."""

    def __init__(self, message: str) -> None:
        super().__init__(message, reason=Reason.TELEGRAM_DOWN, sure=False)


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

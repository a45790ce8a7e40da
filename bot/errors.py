"""The failure tree: every failure answers one question, what happens to the job? Each has a side that it lies with.

Third-party exceptions are translated into these once, at the edge that made the call.
"""

import errno
import os
from collections.abc import Mapping
from enum import StrEnum

from storage.apology import Fact, Reason


class Side(StrEnum):
    """Whose fault a failure is."""

    TELEGRAM = "Telegram"
    SPEECH_SERVICE = "the speech service"
    MACHINE = "this machine"
    RECORDING = "the recording"
    LINK = "the link"
    OPERATOR = "the operator"
    USER = "the user"
    PROGRAM = "this program"


# A failure has a reason, and a reason a side: there is no other way to make one, so none can be put on a wrong side
# because nobody thought of it.
SIDES: Mapping[Reason, Side] = {
    Reason.TOO_BIG: Side.RECORDING,
    Reason.EMPTY: Side.RECORDING,
    Reason.NOT_AUDIO: Side.RECORDING,
    Reason.NO_SOUND: Side.RECORDING,
    Reason.TOO_LONG: Side.RECORDING,
    Reason.TOO_DEMANDING: Side.RECORDING,
    Reason.FILE_GONE: Side.TELEGRAM,
    Reason.LINK_UNREACHABLE: Side.LINK,
    Reason.REFUSED: Side.SPEECH_SERVICE,
    Reason.PROVIDER_FAILED: Side.SPEECH_SERVICE,
    Reason.UNREADABLE: Side.SPEECH_SERVICE,
    Reason.PROVIDER_DOWN: Side.SPEECH_SERVICE,
    Reason.TELEGRAM_DOWN: Side.TELEGRAM,
    Reason.TOO_SLOW: Side.SPEECH_SERVICE,
    Reason.PAUSED: Side.OPERATOR,
    Reason.OVER_LIMIT: Side.OPERATOR,
    Reason.MACHINE: Side.MACHINE,
    Reason.NO_ROOM: Side.MACHINE,
    Reason.DEADLY: Side.RECORDING,
    Reason.INTERRUPTED: Side.MACHINE,
    Reason.INTERNAL: Side.PROGRAM,
    Reason.CANCELLED: Side.USER,
}


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


class HardlyDoneError(TemporaryError):
    """The other side says itself that it is out of order: it has hardly done what was asked, and nobody is sure."""

    def __init__(self, message: str, *, reason: Reason) -> None:
        super().__init__(message, reason=reason, sure=False)


class RateLimitedError(VerbatimError):
    """The other side asks for patience: wait `retry_after` seconds (None: our own choice), spend nothing."""

    def __init__(self, message: str, *, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class RoomError(RateLimitedError):
    """There is no space on this machine's disk for now, as others need it."""


class PermanentError(VerbatimError):
    """Trying again cannot help this job: it ends in the apology made of `reason` and `facts`."""

    def __init__(self, reason: Reason, message: str = "", **facts: Fact) -> None:
        super().__init__(message or reason.value)
        self.reason = reason
        self.facts = facts


class Need(StrEnum):
    """What the operator has to see to."""

    KEY = "key"
    CREDITS = "credits"
    SETUP = "setup"  # an address, a proxy, or something else


class OperatorError(VerbatimError):
    """No job can work until the operator acts (wrong key, no credits): hold, spend nothing, log loudly."""

    def __init__(self, message: str, *, need: Need = Need.SETUP) -> None:
        super().__init__(message)
        self.need = need


class OtherReceiverError(OperatorError):
    """Another program receives the updates of this bot, or a webhook is set."""


class UndeliverableError(VerbatimError):
    """The chat is lost for good: the bot was blocked or removed, or the chat is gone."""


class RefusedError(VerbatimError):
    """Something cannot be said in a chat for now: it is said otherwise, or later.

    `retry_after` is when the chat is asked again, in seconds from now. `known` is False for a refusal that nobody
    knows, which is unlikely to end.
    """

    def __init__(self, message: str, *, known: bool = True, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.known = known
        self.retry_after = retry_after


class FormRefusedError(RefusedError):
    """The chat does not take this form of message, such as a file; another form may be allowed."""


class ChatRefusesError(RefusedError):
    """The chat takes no message at all for now. For a job nothing is paid meanwhile."""


class PlaceholderGoneError(VerbatimError):
    """The message to edit was deleted, or cannot be edited any more; the answer needs a new one."""


class MessageGoneError(PlaceholderGoneError):
    """The message is not there any more."""


class ChatMovedError(VerbatimError):
    """The group became a supergroup: everything of the old chat belongs to `new_chat_id` now."""

    def __init__(self, new_chat_id: int) -> None:
        super().__init__(f"the chat moved to {new_chat_id}")
        self.new_chat_id = new_chat_id


# What the operator can do about an error of the system.
_ADVICE: Mapping[int, str] = {
    errno.ENOSPC: "free some space, or set TMPDIR to a folder with more of it",
    errno.EDQUOT: "free some space, or raise the quota",
    errno.EROFS: "mount the file system writable, or set TMPDIR to a folder that is",
    errno.EACCES: "let this program's user read and write there",
    errno.EPERM: "let this program's user do that",
    errno.EMFILE: "raise the limit of open files of this program (ulimit -n)",
    errno.ENFILE: "raise the limit of open files of the system (fs.file-max)",
    errno.EIO: "look at the health of the disk",
    errno.ENOMEM: "give it more memory",
    errno.ENOBUFS: "give it more memory",
    errno.ENOENT: "is a file system not mounted?",
    errno.ESTALE: "mount the file system anew",
    errno.ENOTCONN: "mount the file system anew",
    errno.ECONNREFUSED: "is its server up, and its address right?",
    errno.EHOSTUNREACH: "check the network, the firewall and the address",
    errno.ETIMEDOUT: "check the network, the firewall and the address",
    errno.ENETUNREACH: "it has no way to the network",
    errno.ENETDOWN: "its network is down",
    errno.EADDRNOTAVAIL: "it has no address or no port left for another connection",
}


def told(error: OSError) -> str:
    """Return the name, the number and the words of an error of the system, and what to do about it; no path."""
    number = error.errno
    if number is None:
        return "an error that the system gave no number"
    name = errno.errorcode.get(number, "error")
    return "; ".join(filter(None, (f"{name} ({number}, {os.strerror(number)})", _ADVICE.get(number))))


def machine_failure(error: OSError, doing: str, *, sure: bool = True) -> TemporaryError:
    """Return the failure of this machine that an error of its system is; `doing` says at what."""
    return TemporaryError(f"this machine, while {doing}: {told(error)}", reason=Reason.MACHINE, sure=sure)

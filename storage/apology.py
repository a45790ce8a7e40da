"""What a chat is told instead of a transcript: the Apology at the end of a job, the Notice during its wait."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

Fact = str | int | float


class Reason(StrEnum):
    """Why there will be no transcript; `bot.text.rooms.apologies` has the words for each."""

    TOO_BIG = "too_big"  # facts: limit_mb if it is the operator's limit, telegram_limit_mb if it is Telegram's
    EMPTY = "empty"
    NOT_AUDIO = "not_audio"
    NO_SOUND = "no_sound"  # a video without a sound track
    TOO_LONG = "too_long"  # facts: minutes, limit_minutes, with their fractions
    TOO_DEMANDING = "too_demanding"  # to read it takes more memory or time than one file may have
    FILE_GONE = "file_gone"  # Telegram does not hand out the file
    LINK_UNREACHABLE = "link_unreachable"  # the provider could not fetch it from its link; facts: host
    REFUSED = "refused"  # the provider will not take this file or these options
    PROVIDER_FAILED = "provider_failed"  # the provider tried and failed for good
    UNREADABLE = "unreadable"  # the provider finished, twice, and its answer had nothing in it that could be read
    PROVIDER_DOWN = "provider_down"  # it did not answer until the deadline
    TELEGRAM_DOWN = "telegram_down"  # the file could not be fetched until the deadline
    TOO_SLOW = "too_slow"  # the provider accepted it and never finished
    PAUSED = "paused"  # the operator's key or credits stayed unusable until the deadline
    OVER_LIMIT = (
        "over_limit"  # of a day; facts: whose (chat or person), limit_minutes, left_minutes, opens_in (seconds)
    )
    MACHINE = "machine"  # the bot's own machine could not do its part: a full disk, no more open files
    NO_ROOM = "no_room"  # no space on its disk, for a day or for ever; facts: megabytes, if it is too small
    DEADLY = "deadly"  # the process died of it, again and again
    INTERRUPTED = "interrupted"  # the process died again and again, whatever it died of
    INTERNAL = "internal"  # a bug, again and again
    CANCELLED = "cancelled"


# Whether another try with the same file may well come to something: not where the file itself is the reason.
_MAY_BE_TRIED_AGAIN: Mapping[Reason, bool] = {
    Reason.TOO_BIG: False,
    Reason.EMPTY: False,
    Reason.NOT_AUDIO: False,
    Reason.NO_SOUND: False,
    Reason.TOO_LONG: False,
    Reason.TOO_DEMANDING: False,
    Reason.FILE_GONE: False,
    Reason.LINK_UNREACHABLE: True,
    Reason.REFUSED: True,  # with another model
    Reason.PROVIDER_FAILED: True,
    Reason.UNREADABLE: True,  # the answer, and not the file
    Reason.PROVIDER_DOWN: True,
    Reason.TELEGRAM_DOWN: True,
    Reason.TOO_SLOW: True,
    Reason.PAUSED: True,
    Reason.OVER_LIMIT: True,
    Reason.MACHINE: True,
    Reason.NO_ROOM: True,  # once the operator has made room
    Reason.DEADLY: False,  # for all the others
    Reason.INTERRUPTED: True,
    Reason.INTERNAL: True,
    Reason.CANCELLED: False,  # on purpose
}


@dataclass(frozen=True, slots=True)
class Apology:
    """The reason, and the facts that belong to it."""

    reason: Reason
    facts: Mapping[str, Fact] = field(default_factory=dict)

    @property
    def may_be_tried_again(self) -> bool:
        return _MAY_BE_TRIED_AGAIN[self.reason]


class Notice(StrEnum):
    """What the placeholder says about the wait, beyond "Transcribing…"."""

    NONE = ""
    FAILED = "failed"  # why an earlier try has failed, until the next one begins
    RETRYING = "retrying"  # the provider does not answer
    TELEGRAM = "telegram"  # the file does not come
    MACHINE = "machine"  # the bot's own machine is in trouble
    ROOM = "room"  # there is no space on its disk for now
    DELAYED = "delayed"  # something else does not work
    PAUSED = "paused"  # only the operator can help

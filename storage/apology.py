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
    DEADLY = "deadly"  # the process died of it, again and again
    INTERRUPTED = "interrupted"  # the process died again and again, whatever it died of
    INTERNAL = "internal"  # a bug, again and again
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Apology:
    """The reason, and the facts that belong to it."""

    reason: Reason
    facts: Mapping[str, Fact] = field(default_factory=dict)


class Notice(StrEnum):
    """What the placeholder says about the wait, beyond "Transcribing…"."""

    NONE = ""
    RETRYING = "retrying"  # the provider does not answer
    TELEGRAM = "telegram"  # the file does not come
    MACHINE = "machine"  # the bot's own machine is in trouble
    DELAYED = "delayed"  # something else does not work
    PAUSED = "paused"  # only the operator can help

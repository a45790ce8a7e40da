"""Chats: what they chose, what they were told, and which ids they had before. Promises as in `storage.store`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from storage.words import Answers, Asked


class Mode(StrEnum):
    """Which recordings of a chat become text."""

    AUTO = "auto"  # all of them
    ASK = "ask"  # those that somebody asks for
    OFF = "off"  # those that somebody asks for with the command that is made for it


_TAKES: dict[Mode, frozenset[Asked]] = {
    Mode.AUTO: frozenset({Asked.NOT, Asked.WITH_A_MENTION, Asked.PLAINLY}),
    Mode.ASK: frozenset({Asked.WITH_A_COMMAND, Asked.WITH_A_MENTION, Asked.PLAINLY}),
    Mode.OFF: frozenset({Asked.PLAINLY}),
}

KEEP_DAYS = (0, 1, 7, 30)  # a text may be kept after its delivery
LONGEST_FOLD_FROM = 1_000_000  # characters
LONGEST_VIDEOS = 86_400  # seconds


@dataclass(frozen=True, slots=True)
class ChatSettings:
    """What this chat chose; None where it leaves the choice to the operator."""

    model: str | None = None
    language: str | None = None  # a BCP-47 tag, or "auto"
    mode: Mode | None = None
    videos: int | None = None  # seconds of the longest video that a group has transcribed by itself; 0 for none
    answers: Answers | None = None
    fold_from: int | None = None  # characters, for Answers.FOLD
    quiet: bool | None = None  # a reaction instead of a placeholder
    notify: bool | None = None  # a message that rings after a long wait
    interface: str | None = None  # the language tag of the bot's own sentences
    keep_days: int | None = None  # one of KEEP_DAYS
    times: bool | None = None  # in the texts
    speakers: bool | None = None  # this and the rest as in Options
    smart_format: bool | None = None
    fillers: bool | None = None
    profanity_filter: bool | None = None
    numerals: bool | None = None
    vocabulary: tuple[str, ...] | None = None

    def takes(self, asked: Asked, video_seconds: int | None = None) -> bool:
        """Tell whether a recording becomes text that was asked for so; `video_seconds` as in NewJob."""
        if asked is Asked.NOT and video_seconds is not None and not 0 < video_seconds <= (self.videos or 0):
            return False
        return asked in _TAKES[self.mode or Mode.AUTO]

    def takes_again(self, asked: Asked) -> bool:
        """Tell whether a recording becomes text once more that was asked for so."""
        return asked is Asked.PLAINLY or (asked is Asked.WITH_A_MENTION and self.mode is Mode.ASK)


class Chats(Protocol):
    """Keeps what chats chose and were told."""

    async def settings(self, chat_id: int) -> ChatSettings: ...

    async def change_settings(self, chat_id: int, change: Callable[[ChatSettings], ChatSettings]) -> ChatSettings:
        """Store what `change` makes of the settings of a chat, and return it; no write if that is the same.

        A change that names one field, as in `lambda chosen: replace(chosen, model="x")`, leaves the others as they
        are. It may be called again where the answer of a commit was lost.
        """

    async def tell_once(self, chat_id: int, what: str) -> bool:
        """Store that a chat is told something now, and tell whether it was not told that before."""

    async def tell_seldom(self, chat_id: int, what: str, now: float, every: float) -> bool:
        """Store as `tell_once`, and tell whether the chat was not told that within so many seconds."""

    async def tell_again(self, chat_id: int, what: str) -> None:
        """Forget that a chat was told something, as that has failed."""

    async def move_chat(self, old_chat_id: int, new_chat_id: int) -> None:
        """Move settings and jobs, as a group became a supergroup; old message ids are void."""

    async def moves(self) -> Mapping[int, int]:
        """Return the chats that had another id before: the earlier one by the later one."""

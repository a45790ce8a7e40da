"""What is known of a recording when a file is made of its transcript."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from types import MappingProxyType

from bot.documents.written import on_one_line
from bot.text.turns import order_of_speakers
from storage.naming import LONGEST_NAME
from storage.transcript import Transcript

NAMELESS = "Speaker {n}"
LONGEST_SENDER = 128  # characters: as long as Telegram lets names of people and titles of chats be


@dataclass(frozen=True)
class Known:
    """A transcript, and what is known of its recording.

    `names` are those that people gave to speakers, by what the provider calls them. Each of the other speakers is
    `nameless`, with the number `{n}` in which they begin to speak.
    """

    transcript: Transcript
    model: str
    date: datetime  # when the recording came, or another text of it was asked for; it has a time zone
    sender: str | None = None  # as Telegram tells it, if it does
    duration: float | None = None  # in seconds, where it was measured
    asked_language: str | None = None  # where the provider was told the language, and does not tell it itself
    names: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    nameless: str = NAMELESS

    @cached_property
    def sent_by(self) -> str | None:
        """The name of the sender on one short line, if anything of it can be shown."""
        return on_one_line(self.sender or "", LONGEST_SENDER) or None

    @property
    def seconds(self) -> float | None:
        """The duration that was measured, or else that of which the provider tells."""
        return self.transcript.duration if self.duration is None else self.duration

    @property
    def language(self) -> str | None:
        return self.transcript.language or self.asked_language

    @cached_property
    def speakers(self) -> Mapping[str, str]:
        """The name of each speaker by what the provider calls them, in the order in which they begin to speak."""
        return {each: self._name(each, number) for number, each in enumerate(order_of_speakers(self.transcript), 1)}

    def _name(self, speaker: str, number: int) -> str:
        return on_one_line(self.names.get(speaker, ""), LONGEST_NAME) or self.nameless.replace("{n}", str(number))

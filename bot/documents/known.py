"""What is known of a recording when a file is made of its transcript."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from types import MappingProxyType

from bot.documents.written import on_one_line
from storage.transcript import Segment, Transcript, Word

NAMELESS = "Speaker {n}"
LONGEST_NAME = 60  # characters


@dataclass(frozen=True)
class Known:
    """A transcript, and what is known of its recording.

    `names` are those that people gave to speakers, by what the provider calls them. Each of the other speakers is
    `nameless`, with the number `{n}` in which they begin to speak.
    """

    transcript: Transcript
    model: str
    date: datetime  # when the recording was sent; it has a time zone
    sender: str | None = None
    title: str | None = None
    duration: float | None = None  # in seconds, where it was measured
    names: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    nameless: str = NAMELESS

    @property
    def seconds(self) -> float | None:
        """The duration that was measured, or else that of which the provider tells."""
        return self.transcript.duration if self.duration is None else self.duration

    @cached_property
    def speakers(self) -> Mapping[str, str]:
        """The name of each speaker by what the provider calls them, in the order in which they begin to speak."""
        spoken: list[Word | Segment] = [*self.transcript.words, *self.transcript.segments]
        if self.transcript.segments:
            spoken.sort(key=lambda each: each.start)
        told_apart = dict.fromkeys(each.speaker for each in spoken if each.speaker is not None)
        return {each: self._name(each, number) for number, each in enumerate(told_apart, 1)}

    def _name(self, speaker: str, number: int) -> str:
        return on_one_line(self.names.get(speaker, ""), LONGEST_NAME) or self.nameless.replace("{n}", str(number))

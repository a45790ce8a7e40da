"""The port to a speech provider, which answers at once or names a generation that is asked for until it is done."""

from dataclasses import dataclass
from typing import Protocol

from bot.speech.catalogue import Model
from bot.uploads import Source
from storage.options import Options
from storage.transcript import Transcript


@dataclass(frozen=True, slots=True)
class Created:
    """The provider works on it, and knows it by this id."""

    generation_id: str


@dataclass(frozen=True, slots=True)
class Pending:
    """It is not finished."""


@dataclass(frozen=True, slots=True)
class Done:
    """It is finished. Silence is a transcript without text."""

    transcript: Transcript


@dataclass(frozen=True, slots=True)
class Failed:
    """The provider tried and gave up, in its own words, cut short.

    `unreachable` says that by these words it could not get the recording by its link, if it was given one.
    """

    name: str
    message: str
    unreachable: bool = False


@dataclass(frozen=True, slots=True)
class Unreadable:
    """It is finished, and nothing in the answer can be read as a transcript, nor as silence."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """The provider does not know the generation: not yet, or no longer."""


class Provider(Protocol):
    """Turns speech into text. Failures are raised as `bot.errors`; a call is made once, and repeated by the engine."""

    async def submit(self, source: Source, model: Model, options: Options) -> Created | Done:
        """Send one recording, or one part of it. A second call is a second generation, which may cost money.

        A TemporaryError with `sure=False` says that the generation may have been made. A link that the provider cannot
        follow is a PermanentError (LINK_UNREACHABLE).
        """

    async def fetch(self, generation_id: str) -> Pending | Done | Unreadable | Failed | Unknown:
        """Ask what became of a generation; costs nothing."""

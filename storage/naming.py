"""Names of those who speak: in the text of a job, and in later ones of a chat. Promises as in `storage.store`."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from storage.errands import NotAsked

LONGEST_NAME = 64  # characters
MOST_NAMED = 100  # speakers of a job


@dataclass(frozen=True, slots=True)
class Question:
    """A message that asks who a speaker is, and the job of the text. `speaker` is what the provider calls them."""

    job_id: int
    speaker: str


@dataclass(frozen=True, slots=True)
class Naming:
    """What somebody says the name of a speaker is; no name takes the one away that was given."""

    question: Question
    chat_id: int  # where it is said
    user_id: int | None  # as in Press: None for one who may name everybody here
    name: str


class Names(Protocol):
    """Keeps names. They go with their job, and those of a chat with its settings."""

    async def asked_who(self, chat_id: int, message_id: int, question: Question) -> bool:
        """Store what a message asks; False if its job is gone."""

    async def question_at(self, chat_id: int, message_id: int) -> Question | None:
        """Return what a message asks; None for every other one."""

    async def name_speaker(self, naming: Naming, now: float) -> NotAsked | None:
        """Store a name and have the text shown anew; or return why it is not taken.

        Files that were sent before have other names: they can be had anew. Those under way come once more.
        """

    async def names_of(self, job_id: int) -> Mapping[str, str]:
        """Return the names in the text of a job, by what the provider calls the speakers."""

    async def use_names(self, job_id: int, chat_id: int) -> int:
        """Let the names in the text of a job hold for later recordings of a chat, instead of others before.

        Return how many were given to that text.
        """

    async def uses_names(self, chat_id: int) -> bool:
        """Tell whether any names hold for later recordings of a chat."""

    async def use_no_names(self, chat_id: int) -> bool:
        """Let no names hold for later recordings of a chat; False if none did."""

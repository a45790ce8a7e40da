"""Intake: messages become jobs, at most once, and so do wishes for another text. Promises as in `storage.store`."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from storage.host import Rate, TooOften
from storage.words import Job, NewJob, Sent, TryAgain, Version


@dataclass(frozen=True, slots=True)
class Start:
    """A place that a step would begin in at once, if a new job may: its lease, and the slot that it may take.

    The token is the same when an `accept` is repeated, and another one for every message. `admission` tells the
    family of a model and how many of its jobs may be at the provider at once; None where none is admitted now.
    """

    lease_token: str
    lease_until: float
    admission: Callable[[str], tuple[str, int] | None]


@dataclass(frozen=True, slots=True)
class Refused:
    """The chat has as many open jobs as it may, or more than it or its sender may send in a minute.

    `tell` is true once in a burst of such recordings.
    """

    tell: bool
    too_often: TooOften | None = None


@dataclass(frozen=True, slots=True)
class HadAlready:
    """A version of a recording that is there, or under way."""

    job: Job

    @property
    def is_under_way(self) -> bool:
        return self.job.next_at is not None


class NotTaken(Enum):
    """Why a message has no job, beside that it has one already."""

    UNWANTED = "unwanted"  # its chat does not have such recordings transcribed
    OPTED_OUT = "opted_out"  # it was said by a person who wants no text in groups
    UNDER_WAY = "under_way"  # the recording that it asks for has a job without an answer
    NOT_THEIRS = "not_theirs"  # somebody else sent the recording that is to be tried again


class Intake(Protocol):
    """Makes jobs."""

    async def accept(
        self,
        new: NewJob,
        now: float,
        most_open: int | None = None,
        start: Start | None = None,
        rate: Rate | None = None,
    ) -> Job | Refused | NotTaken | None:
        """Make the job of a message, due at once, with what its chat chose; None if this message has one already.

        NotTaken where the chat chose to have no text of such a recording, or where its text is on the way.

        None also for a message of the same post as one that has a job: a channel's post, or the automatic forward of
        it. It is kept, and becomes a job if the other one fails.

        A chat that has `most_open` jobs without an answer gets no more, nor more in a minute than `rate` allows. The
        message of a refused one is not stored: when Telegram delivers it again, it is taken if there is room by then.

        With `start` the job is leased at once if it is the only one of its chat and no other one waits for its turn,
        and admitted to the provider if it may be; Job tells both. One that has to be sniffed is not.
        """

    async def unwanted(self, sent: Sent) -> NotTaken | None:
        """Tell why a chat would have no text of a recording, without making a job: it wants none, or its speaker.

        None where it would have one.
        """

    async def try_again(
        self, wanted: TryAgain, now: float, most_open: int, rate: Rate | None
    ) -> Job | Refused | NotTaken | None:
        """Put a new job in the place of one that ended with an apology after which another try may help.

        It has the same message, the same placeholder and what its chat chooses now. UNDER_WAY where there is one
        already. Refused as in `accept`. None where there is nothing to try again.
        """

    async def make_version(
        self, wanted: Version, now: float, most_open: int, rate: Rate | None
    ) -> Job | HadAlready | Refused | NotTaken:
        """Make the job of another text of a recording: once for each model and options, however often it is wanted.

        It is a reply to the recording. One that ended without a text, or was deleted on request, is made again, and so
        is one whose text is not kept any more, a day after it was shown. Refused and NotTaken as in `accept`, but each
        refusal is to be told.
        """

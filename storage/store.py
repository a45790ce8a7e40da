"""The Store: what durable state promises, on any database engine.

Every method is one transaction: all of it or nothing, also when the process dies or the caller is cancelled. Every
method can be repeated after a commit whose answer was lost. Methods that change a leased job are guarded by its lease:
they return False (or None) and change nothing when the lease was lost, and the caller drops what it holds.
`StorageUnavailableError` is raised when the database cannot be used just now (locked, disk full, I/O error); trying
again later is right.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from storage.apology import Notice
from storage.errands import Desk
from storage.errors import DatabaseDamagedError
from storage.host import Exhausted, Held, Host, Rate, Spending, TooOften
from storage.ledger import Ledger
from storage.naming import Names
from storage.outcomes import Admission, Outcome
from storage.pause import Pause
from storage.replicas import Replicas
from storage.transcript import Transcript
from storage.words import (
    ChatSettings,
    Form,
    Generation,
    Job,
    Membership,
    MembershipChange,
    NewJob,
    Press,
    Sent,
    TryAgain,
    Version,
)


@dataclass(frozen=True, slots=True)
class Claim:
    """The jobs now leased to the caller, and when the next one is due (None: nothing is waiting).

    `interrupted_at` is when the next one is due that was interrupted by a death of the process.
    """

    jobs: tuple[Job, ...]
    next_at: float | None
    interrupted_at: float | None


@dataclass(frozen=True, slots=True)
class Interrupted:
    """A job that was in a step when the process died, with its counts (see Job): zeros if it only waited there."""

    job_id: int
    interrupted: int
    deaths: int


@dataclass(frozen=True, slots=True)
class Start:
    """A place that a step would begin in at once, if a new job may: its lease, and the slot that it may take.

    The token is the same when an `accept` is repeated, and another one for every message. `admission` tells the
    family of a model and how many of its jobs may be at the provider at once; None where none is admitted now.
    """

    lease_token: str
    lease_until: float
    admission: Callable[[str], tuple[str, int] | None]


Wait = Callable[[int, int], float]  # from a job's `interrupted` and `deaths` to the seconds until its next step


@dataclass(frozen=True, slots=True)
class Refused:
    """The chat has as many open jobs as it may, or more than it or its sender may send in a minute.

    `tell` is true once in a burst of such recordings.
    """

    tell: bool
    too_often: TooOften | None = None


@dataclass(frozen=True, slots=True)
class Bounds:
    """What stored moments can be, in seconds, while nothing is wrong with a clock."""

    longest_wait: float  # from now to when a job is due
    longest_at_provider: float  # from the upload of a job that is not given up
    transcript_ttl: float
    jobs_kept_for: float  # after their end
    repeated_within: float  # of its first delivery, Telegram may deliver a message again
    shortest_gap: float  # between two lives, of which it matters whether the program or the clock was off


@dataclass(frozen=True, slots=True)
class Correction:
    """What was wrong with the stored moments, in seconds.

    `moved` is how far the system's clock went from the program's while that was running before, negative for back.
    `ahead` is how far moments of the past were in the future. `gap` is the time since the last known moment: the
    program was not running, or the clock was behind.
    """

    moved: float
    ahead: float
    gap: float


@dataclass(frozen=True, slots=True)
class CancelResult:
    """What pressing a cancel button came to.

    `job` is None when no such job exists, or where nothing was asked of it. `accepted` says that the job now
    ends as cancelled. An `orphan` is a message that no job points to: the process died between sending and storing it.
    `not_theirs` says that nothing was changed, as somebody else sent the recording.
    """

    job: Job | None
    accepted: bool
    orphan: bool
    not_theirs: bool = False


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


class Store(Host, Desk, Names, Protocol):
    """Jobs, their generations, chat settings and transcripts."""

    @property
    def replicas(self) -> Replicas:
        """The processes that work on this database."""

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

    async def claim(self, now: float, lease_until: float, limit: int, passed_over: Collection[int] = ()) -> Claim:
        """Lease up to `limit` due jobs that were not interrupted, in the order of their turns.

        None of the chats that are to be passed over.
        """

    async def claim_interrupted(self, now: float, lease_until: float) -> Claim:
        """Lease the due job that was interrupted the least often, of several the longest due one."""

    async def renew(self, job: Job, lease_until: float) -> bool:
        """Let the lease of a job last until another moment."""

    async def admit(self, job: Job, family: str, slots: int, now: float) -> Admission | None:
        """Decide whether a queued job may go to the provider; None if the lease was lost.

        A transcript of the same key is reused; behind an older job of the same key the job waits; at most
        `slots` jobs of a family are admitted at once, and of three or more slots one is kept for other chats. A slot
        that gets free is offered to the first in turn of the jobs that wait for one; a job whose turn is later stands
        behind all that still wait.
        """

    async def give_slot_back(self, job: Job, now: float) -> bool:
        """Give back the slot of a job that is not at the provider yet; True again for a job that has none."""

    async def take_slots(self, job: Job, family: str, wanted: int, slots: int) -> bool | None:
        """Let a job that has a slot of the family have `wanted` of its `slots`, for parts that go side by side.

        False where others need them: one waits for a slot, none would be left free, or more than half of all would
        belong to such parts. None if the lease was lost.
        """

    async def ahead(self, job: Job, family: str, most: int) -> int:
        """Count the jobs that wait for a slot of the family and come before this one, up to `most`."""

    async def place(self, job: Job, message_id: int, notice: Notice, form: Form = Form.EDIT) -> bool:
        """Store the placeholder of a job that has none; True again for the same message."""

    async def replace(self, job: Job, message_id: int, form: Form) -> bool:
        """Store another placeholder instead of the one that `job` has, which is left over from now on."""

    async def change_form(self, job: Job, form: Form) -> bool:
        """Store how the answer is shown from now on; the placeholder stays."""

    async def note(self, job: Job, notice: Notice) -> bool:
        """Store what the placeholder says now."""

    async def tell(self, job: Job, now: float) -> bool:
        """Store that the placeholder is about to tell how far the job is, instead of any notice."""

    async def ring(self, job: Job) -> bool:
        """Store that the message that rings is about to be sent: it comes once at the most."""

    async def start_create(
        self,
        job: Job,
        spending: Spending | None = None,
        unless_paused_at: float | None = None,
        under_way: int = 1,
    ) -> bool | Exhausted | Pause:
        """Store that a create is about to be sent, so that a lost answer leaves a trace.

        With it so many are `under_way`: each of them is in doubt where the process dies.

        Pause where one has creates wait at that moment; None is for the job that tries for all.

        The seconds that it spends are counted with it, once a job, and given back when it turns out that nothing was
        made. Exhausted, and nothing stored, where they are more than is left of the day.
        """

    async def created(self, job: Job, generation: Generation, under_way: int = 0) -> bool:
        """Store a generation, before anything else happens, and how many creates are still under way.

        A part has one: storing it again replaces it.
        """

    async def creates_under_way(self, job: Job, under_way: int) -> bool:
        """Store how many creates are still under way, as one has surely failed."""

    async def part_ready(self, job: Job, part: int, transcript: Transcript, now: float) -> bool:
        """Store the transcript of one part of a job, and let others have the slot that it took beside the first."""

    async def make_again(self, job: Job, parts: frozenset[int], now: float) -> bool:
        """Drop the generations of some parts of a job, which are made again, and count that as `Forgotten` does."""

    async def looked_in_vain(self, job: Job, part: int, looks: int) -> bool:
        """Store that so many looks at a part found it finished, with an answer that could not be read."""

    async def page_placed(self, job: Job, number: int, message_id: int) -> bool:
        """Store the message of page `number` (1, 2, …) of a long transcript; 0 for the first one, once it is shown."""

    async def record(self, job: Job, outcome: Outcome, now: float) -> bool:
        """Move the job on and give the lease back; jobs that waited for this outcome become due.

        So do those that their chat had refused, once one of the chat gets on.

        ImpossibleMoveError for an outcome that the job's state does not allow.
        """

    async def advance(self, job: Job, outcome: Outcome, now: float, lease_until: float) -> Job | None:
        """Record an outcome as `record` does, but keep the lease, until another moment.

        Return the job as it is then; None if the lease was lost. Only for outcomes after which the job is in another
        state and something is left to do, and for Sniffed.
        """

    async def cancel(self, job_id: int, chat_id: int, message_id: int, now: float) -> CancelResult:
        """Make a job say that it was cancelled, whatever step holds its lease; too late once its answer is on its way.

        Its generations go to a job that waits for the same transcript, if there is one: they are paid for.
        """

    async def press(self, press: Press, now: float) -> CancelResult:
        """Cancel as `cancel` does, unless the press is by somebody else or its button is invented."""

    async def cancel_at(self, chat_id: int, message_id: int, user_id: int | None, now: float) -> CancelResult:
        """Cancel the job of a recording, which a message brings or is the placeholder of.

        `user_id` as in Press. `job` is None where no job belongs to the message.
        """

    async def cancel_all(self, chat_id: int, user_id: int | None, now: float) -> int:
        """Cancel what a person sent to a chat and that is not answered; None for what has no sender.

        In a private chat that is everything, also what is shown there of a group. Return how many say so, or are about
        to.
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

    async def job(self, job_id: int) -> Job | None: ...

    async def job_at(self, chat_id: int, message_id: int) -> Job | None:
        """Return the job that a message shows, as its answer or as a page of it; else that of a recording.

        Of several jobs of a recording it is the newest one whose text is shown, or else the newest one.
        """

    async def generations(self, job: Job) -> tuple[Generation, ...]: ...

    async def pages(self, job: Job) -> Mapping[int, int]:
        """Return the message ids of pages by number: those after the first, and 0 for that once it is shown."""

    async def transcript(self, transcript_id: int) -> Transcript | None: ...

    async def text(self, transcript_id: int) -> str | None:
        """Return the text of a transcript without its words, which are most of it."""

    async def transcript_without_words(self, transcript_id: int) -> Transcript | None:
        """Return a transcript as `transcript` does, but for its words and segments, which are most of it."""

    async def duration(self, transcript_id: int) -> float | None:
        """Return the seconds of sound of a transcript, if it has them."""

    async def language(self, transcript_id: int) -> str | None:
        """Return the language of a transcript; None if it has none, or is not kept any more."""

    async def transcript_size(self, transcript_id: int) -> int:
        """Return the characters that a transcript takes up in the database; 0 if there is none."""

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

    async def pause(self) -> Pause:
        """Return how long creates have to wait, as the provider refuses all of them."""

    async def change_pause(self, change: Callable[[Pause], Pause]) -> Pause:
        """Store what `change` makes of the pause, and return it; of several processes one after the other.

        It may be called again where the answer of a commit was lost.
        """

    async def change_membership(self, change: MembershipChange, now: float) -> Membership:
        """Store what the bot is in a chat now, and what is to be said of that; return both.

        It introduces itself in a group that it joins, but for one where it has done so within a day. There the first
        interface is that of the person who added it. Later it says what it sees when that changes.
        """

    async def membership(self, chat_id: int) -> Membership | None:
        """Return what is stored of the bot in a chat; None for one where nothing of it matters."""

    async def begin_saying(self, chat_id: int, *, sees: bool) -> Membership | None:
        """Store that what is to be said in a chat is being said, with what it sees now; None if there is nothing."""

    async def end_saying(self, chat_id: int, now: float, *, said: bool) -> Membership | None:
        """Store whether it was said; return what is left to say by then, None if nothing was being said."""

    async def unsettled_memberships(self, now: float) -> tuple[Membership, ...]:
        """Return, at a start, where something is to be said, and where the bot is not any more.

        What was being said when the process died counts as said.
        """

    async def opt_out(self, user_id: int) -> None:
        """Store that a person wants no text of what they say in groups."""

    async def opt_in(self, user_id: int) -> None:
        """Forget that a person wanted no text."""

    async def move_chat(self, old_chat_id: int, new_chat_id: int) -> None:
        """Move settings and jobs, as a group became a supergroup; old message ids are void."""

    async def moves(self) -> Mapping[int, int]:
        """Return the chats that had another id before: the earlier one by the later one."""

    async def set_right(self, now: float, bounds: Bounds) -> Correction:
        """Set right, at a start, what clocks of earlier lives have stored; before the leases are released."""

    async def keep_time(self, now: float, moved: float) -> None:
        """Store the last known moment, and how far the system's clock has moved; also proof that writes are taken."""

    async def keep_learned(self, learned: Mapping[tuple[str, int], float]) -> None:
        """Store the seconds within which no generation is finished, by model and class of length; others stay."""

    async def learned(self) -> Mapping[tuple[str, int], float]:
        """Return what `keep_learned` stored, as far as it can be read."""

    async def recover(self, now: float, wait: Wait) -> tuple[Interrupted, ...]:
        """Give back every lease whose holder is gone: at the start of the only process on a database, all of them.

        Their jobs were interrupted, and become due after `wait` seconds, but for those that had only waited in line.
        The death of a holder is a job's own if its content was being worked on and the holder had leased no other one.
        One that has had such deaths waits at every start.
        """

    async def handle(self, job: Job, *, begun: bool) -> bool:
        """Store that work on the content of the job has begun or has ended."""

    async def purge(self, now: float, ended_before: float, limit: int) -> int:
        """Delete up to `limit` expired transcripts and as many jobs that ended before a moment; return how many.

        A job is kept for as long as its transcript.
        """

    async def forget(self, chat_id: int) -> None:
        """Forget the settings of a chat, and require `erase` to erase the rest; in private that of its person, too.

        What is kept: who may use the bot, who wants no text, and until the day is over what was used of its limits.
        """

    async def erase(self, now: float, limit: int) -> int:
        """Do a piece of what is to be erased, of about `limit` rows; return how many, 0 when all is done.

        Texts expire by it, which `purge` deletes. Jobs that are under way are cancelled, and deleted at their end.
        """

    async def held(self, chat_id: int, most_jobs: int) -> Held:
        """Return what is stored of a chat, in private also of its person, with the newest jobs."""

    async def scrub(self) -> None:
        """Overwrite what was erased since the last time, unless another program reads just now: then the next time."""

    async def backlog(self, now: float) -> Mapping[str, int]:
        """Count unfinished jobs by state, and under "due" those whose moment has come, of these up to a thousand."""

    async def slots_taken(self) -> Mapping[str, int]:
        """Count the jobs that hold a slot, by their family."""

    async def verify(self) -> None:
        """Look for damage in a file that has changed since the last look; DatabaseDamagedError if there is some."""

    async def until_damaged(self) -> DatabaseDamagedError:
        """Wait until damage was noticed by any method, and return what each of them raises from then on."""

    def require_place(self) -> None:
        """Raise StorageUnavailableError while the files of the database are not those that were opened."""

    async def ping(self) -> None:
        """Prove that the database takes writes."""

    @property
    def last_write_at(self) -> float:
        """When a write last succeeded, by the store's clock."""

    def now(self) -> float:
        """Tell the moment by the store's clock: the one that all processes share which work on this database."""

    @property
    def ledger(self) -> Ledger | None:
        """Return what counts the writes of all processes that share the database; None where there is only one."""

    def stop_waiting(self) -> None:
        """Fail at once from now on where the database is locked, instead of waiting for it; for a stop."""

    async def close(self) -> None: ...

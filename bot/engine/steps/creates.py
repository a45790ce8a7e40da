"""Creates: sending a recording to the provider; its beginning is stored before it, and what came of it afterwards."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from bot.activity import surely_ours
from bot.engine.hold import Hold
from bot.engine.lease import require_lease
from bot.engine.looks import Looks
from bot.engine.quotas import Quotas
from bot.engine.slots import Slots
from bot.engine.steps.keeping import ready
from bot.errors import OperatorError, RateLimitedError
from bot.log import get_logger
from bot.speech.catalogue import Family, Model
from bot.speech.provider import Created, Done, Provider
from bot.uploads import Source
from storage.outcomes import Outcome, Submitted
from storage.pause import Pause
from storage.store import Store
from storage.words import Generation, Job

log = get_logger(__name__)
PATIENCE = "the provider asks for patience"


@dataclass(frozen=True, slots=True)
class Creates:
    """Creates generations. Their failures trip the `hold`, which Submit asks first. `transcript_ttl` in seconds."""

    store: Store
    provider: Provider
    looks: Looks
    slots: Slots
    transcript_ttl: float
    now: Callable[[], float]
    quotas: Quotas = field(default_factory=Quotas)
    hold: Hold = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "hold", Hold(self.store, self.now))

    async def slots_now(self, family: Family) -> int:
        """Return how many slots the family has; none while the provider asks for patience."""
        return 0 if await self.hold.patience() else self.slots.allowed(family)

    async def send(
        self,
        job: Job,
        model: Model,
        sources: Sequence[Source],
        *,
        took_last: bool = False,
        alone: bool = False,
    ) -> Outcome:
        """Create the generation of a recording that goes up in one piece. It is stored with the outcome.

        `alone` tries for all that wait for the operator. Where the provider has refused everybody since the job was
        admitted, RateLimitedError or OperatorError is raised instead.
        """
        if wait := await self.hold.patience():
            raise RateLimitedError(PATIENCE, retry_after=wait)
        (source,) = sources
        await self.start(job, source.duration, alone=alone)
        made = await self.create(job, model, 0, source)
        slots = await self.slots_from_now_on(model.family, took_last=took_last)
        if made.transcript is not None:
            return ready(made.transcript, job.model, self.now(), self.transcript_ttl, is_faint=source.is_faint)
        first_look_at = self.now() + self.looks.next_look(job, 0.0)
        return Submitted(first_look_at, source.duration, made, slots, source.is_faint)

    async def slots_from_now_on(self, family: Family, *, took_last: bool) -> Mapping[str, int]:
        """Learn from a create that got through; return the slots of families that have more than before."""
        now = self.now()
        none_left = took_last or self.slots.lacks(family)
        more = self.slots.took_the_last(family, now) if none_left else {}
        if lasted := await self.hold.reset():
            log.info("pause.over", seconds=round(lasted))
            more = self.slots.all_allowed()
        return more

    async def start(self, job: Job, seconds: float, *, alone: bool, under_way: int = 1) -> None:
        """Store that a create begins, and how many are under way with it.

        `seconds` are those of the whole recording, counted with its first part.
        """
        now = self.now()
        unless_paused_at = None if alone else now
        spending = self.quotas.spending(seconds, now)
        started = await self.store.start_create(job, spending, unless_paused_at, under_way)
        if isinstance(started, Pause):
            self.hold.learn(started)
            raise _held(started, now)
        require_lease(self.quotas.require(started, job, now))

    async def create(self, job: Job, model: Model, part: int, source: Source) -> Generation:
        """Make a generation of one part; what the provider refuses to everybody holds back all."""
        begun_at = self.now()
        await surely_ours()
        try:
            answer = await self.provider.submit(source, model, job.options)
        except OperatorError:
            await self.hold.trip_for_operator()
            raise
        except RateLimitedError as error:
            self.slots.refused(model.family, begun_at, self.now())
            await self.hold.trip(error.retry_after)
            raise
        match answer:
            case Created(generation_id):
                named, transcript = generation_id, None
            case Done(transcript):
                named = ""
        made = Generation(part, named, source.start, self.now(), transcript)
        return replace(made, overlap=source.overlap, duration=source.duration)


def _held(pause: Pause, now: float) -> OperatorError | RateLimitedError:
    """Return the failure of a create that was not sent, as another process has met the same refusal."""
    if pause.by_operator:
        return OperatorError("the provider refuses every job, as another one has seen")
    return RateLimitedError(PATIENCE, retry_after=pause.until - now)

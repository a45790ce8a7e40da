"""Creates: sending the parts of a recording to the provider, each stored before the next one is begun."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from bot.engine.hold import Hold
from bot.engine.lease import require_lease, write_until_stored
from bot.engine.looks import Looks
from bot.engine.quotas import Quotas
from bot.engine.slots import Slots
from bot.engine.steps.keeping import ready
from bot.engine.steps.parts import joined
from bot.errors import OperatorError, RateLimitedError
from bot.log import get_logger
from bot.speech.catalogue import Family, Model
from bot.speech.provider import Created, Done, Provider
from bot.uploads import Source
from storage.outcomes import Outcome, Submitted
from storage.store import Store
from storage.words import Generation, Job

log = get_logger(__name__)


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
    hold: Hold = field(default_factory=Hold, init=False)

    def slots_now(self, family: Family) -> int:
        """Return how many jobs of the family may be at the provider; none while it asks for patience."""
        return 0 if self.hold.patience(self.now()) else self.slots.allowed(family)

    async def send(
        self,
        job: Job,
        model: Model,
        sources: Sequence[Source],
        known: Sequence[Generation] | None = None,
        *,
        took_last: bool = False,
    ) -> Outcome:
        """Create the generations that are missing after a crash, or all. The last is stored with the outcome.

        `known` are those that are stored already, None where the database knows. Where the provider has asked for
        patience since the job was admitted, RateLimitedError is raised instead.
        """
        if wait := self.hold.patience(self.now()):
            raise RateLimitedError("the provider asks for patience", retry_after=wait)
        made = await self.store.generations(job) if known is None else known
        stored = {generation.part: generation for generation in made}
        last, seconds = len(sources) - 1, sum(source.duration for source in sources)
        generation = None
        for part, source in enumerate(sources):
            if part not in stored:
                generation = stored[part] = await self._create(job, model, part, source, seconds)
                if part < last:
                    require_lease(await write_until_stored(job.id, partial(self.store.created, job, generation)))
        slots = self._slots_from_now_on(model.family, took_last=took_last)
        if (transcript := joined([stored[part] for part in range(len(sources))])) is not None:
            return ready(transcript, self.now(), self.transcript_ttl)
        first_look_at = self.now() + self.looks.next_look(job, 0.0)
        unstored = generation if generation and generation.part == last else None
        return Submitted(first_look_at, seconds, unstored, slots)

    def _slots_from_now_on(self, family: Family, *, took_last: bool) -> Mapping[str, int]:
        """Learn from a create that got through; return the slots of families that have more than before."""
        now = self.now()
        none_left = took_last or self.slots.lacks(family)
        more = self.slots.took_the_last(family, now) if none_left else {}
        if lasted := self.hold.lasted(now):
            log.info("pause.over", seconds=round(lasted))
            more = self.slots.all_allowed()
        self.hold.reset()
        return more

    async def _create(self, job: Job, model: Model, part: int, source: Source, seconds: float) -> Generation:
        """Create one generation; `seconds` are those of the whole recording, which are counted with its first part."""
        begun_at = self.now()
        counted = await self.store.start_create(job, self.quotas.spending(seconds, begun_at))
        require_lease(self.quotas.require(counted, job, begun_at))
        try:
            answer = await self.provider.submit(source, model, job.options)
        except OperatorError:
            self.hold.trip_for_operator(self.now())
            raise
        except RateLimitedError as error:
            self.slots.refused(model.family, begun_at, self.now())
            self.hold.trip(self.now(), error.retry_after)
            raise
        match answer:
            case Created(generation_id):
                return Generation(part, generation_id, source.start, self.now())
            case Done(transcript):
                return Generation(part, "", source.start, self.now(), transcript)

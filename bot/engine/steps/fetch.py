"""The step of a SUBMITTED job: ask the provider what became of it."""

from collections.abc import Callable, Sequence

from bot.engine.delivery import Delivery
from bot.engine.lease import require_lease
from bot.engine.policy import MOST_LOSSES
from bot.engine.schedule import Schedule, deadline
from bot.errors import PermanentError
from bot.log import get_logger
from bot.metrics import Metrics
from bot.speech.aimlapi.answers import Done, Failed, Pending
from bot.speech.aimlapi.client import SpeechClient
from storage.apology import Apology, Reason
from storage.outcomes import Forgotten, Hopeless, Outcome, Ready, Waiting
from storage.store import Store
from storage.transcript import Transcript, Word
from storage.words import Generation, Job

log = get_logger(__name__)

NOT_YET = 60.0  # seconds after a create in which "unknown generation" only means "not yet"


class Fetch:
    """Looks at generations until they are done. `transcript_ttl` in seconds."""

    def __init__(
        self,
        *,
        store: Store,
        speech: SpeechClient,
        delivery: Delivery,
        schedule: Schedule,
        metrics: Metrics,
        transcript_ttl: float,
        now: Callable[[], float],
    ) -> None:
        self._store = store
        self._speech = speech
        self._delivery = delivery
        self._schedule = schedule
        self._metrics = metrics
        self._transcript_ttl = transcript_ttl
        self._now = now

    async def __call__(self, job: Job) -> Outcome:
        """Ask for the first part that is not heard yet: parts are few, and finish in about their order."""
        await self._delivery.place_if_possible(job)
        generations = await self._store.generations(job)
        asked = next(generation for generation in generations if generation.transcript is None)
        elapsed = self._now() - asked.submitted_at
        match await self._speech.fetch(asked.generation_id):
            case None:
                return self._unknown(job, elapsed)
            case Pending(status, known):
                self._count_unknown(status, known=known)
                return self._look_again(job, elapsed)
            case Failed(name, message):
                return self._failed(job, name, message)
            case Done(transcript):
                self._schedule.learn(job.model, (job.audio_seconds or 0.0) / len(generations), elapsed)
                return await self._heard(job, generations, asked, transcript)

    def _unknown(self, job: Job, elapsed: float) -> Outcome:
        """A lost generation goes up again, but not for ever: each create may be paid for."""
        if elapsed < NOT_YET:
            return self._look_again(job, elapsed)
        log.warning("generation.forgotten", job=job.id, elapsed=round(elapsed, 1))
        if job.generations_lost + 1 >= MOST_LOSSES:
            raise PermanentError(Reason.PROVIDER_FAILED)
        return Forgotten(self._now())

    def _look_again(self, job: Job, elapsed: float) -> Outcome:
        if elapsed > deadline(job.audio_seconds or 0.0):
            return Hopeless(Apology(Reason.TOO_SLOW))
        return Waiting(self._now() + self._schedule.next_look(elapsed))

    def _count_unknown(self, status: str, *, known: bool) -> None:
        if not known:
            self._metrics.unknown_statuses.inc()
            log.warning("generation.unknown_status", status=status)

    def _failed(self, job: Job, name: str, message: str) -> Outcome:
        """A failed generation is not billed, so one more try costs nothing; if that fails too, it is meant."""
        log.warning("generation.failed", job=job.id, error=name[:80], message=message[:200])
        if job.generations_lost > 0:
            raise PermanentError(Reason.PROVIDER_FAILED)
        return Forgotten(self._now())

    async def _heard(
        self, job: Job, generations: Sequence[Generation], asked: Generation, transcript: Transcript
    ) -> Outcome:
        if sum(generation.transcript is None for generation in generations) > 1:
            require_lease(await self._store.part_ready(job, asked.part, transcript))
            return Waiting(self._now())
        heard = [(each.start, each.transcript or transcript) for each in generations]
        return Ready(join(heard), self._now() + self._transcript_ttl)


def join(parts: Sequence[tuple[float, Transcript]]) -> Transcript:
    """One transcript of the parts of a recording; each part's times are moved to where it begins."""
    if len(parts) == 1:
        return parts[0][1]
    words = tuple(
        Word(word.text, start + word.start, start + word.end, word.speaker)
        for start, transcript in parts
        for word in transcript.words
    )
    text = "\n\n".join(transcript.text for _, transcript in parts if transcript.text)
    language = next((transcript.language for _, transcript in parts if transcript.language), None)
    last_start, last = parts[-1]
    return Transcript(text, language, None if last.duration is None else last_start + last.duration, words)

"""How far a long recording is, told on its placeholder: what is heard, and how long the rest will take.

The provider does not tell how far it is. What is known is which parts are done, since when the others are there, and
how fast parts of the same model were heard before, in this recording or in others.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from bot.engine import forms, keyboards, patience
from bot.engine.learned import Learned
from bot.engine.lease import require_lease
from bot.engine.sent import uninterrupted
from bot.errors import VerbatimError
from bot.log import get_logger
from bot.telegram.pace import Urgency
from bot.telegram.writing.transport import Transport
from bot.text.texts import Texts
from storage.store import Store
from storage.words import Form, Generation, Job

log = get_logger(__name__)
NEARLY = 0.95  # of a part is taken to be heard at the most while it is not done
LEARNED_SHARE = 0.5  # of the way to the pace of the latest part


@dataclass(frozen=True, slots=True)
class Sound:
    """A part of a recording: its seconds, since when the provider has it, None for not yet, and whether it is heard."""

    seconds: float
    since: float | None = None
    is_heard: bool = False


@dataclass(frozen=True, slots=True)
class HowFar:
    """What is heard of a recording, and how long the rest will take, None where no pace is known. In seconds."""

    heard: float
    total: float
    left: float | None = None


def sounds_of(generations: Sequence[Generation], seconds: float) -> tuple[Sound, ...]:
    """Return the sound of all parts of a recording that lasts so many seconds; each lasts until the next begins."""
    ordered = sorted(generations, key=lambda each: each.part)
    ends = [*(each.start for each in ordered[1:]), max(seconds, ordered[-1].start if ordered else 0.0)]
    return tuple(
        Sound(max(0.0, end - each.start), each.submitted_at, each.transcript is not None)
        for each, end in zip(ordered, ends, strict=True)
    )


def how_far(sounds: Sequence[Sound], pace: float | None, now: float) -> HowFar:
    """Tell how far a recording is; `pace` is how many seconds of sound are heard in a second, of each part.

    What is left is heard as many parts at a time as are under way now.
    """
    total = sum(each.seconds for each in sounds)
    heard = sum(each.seconds for each in sounds if each.is_heard)
    if not pace:
        return HowFar(heard, total)
    under_way = [(each.seconds, each.since) for each in sounds if each.since is not None and not each.is_heard]
    reached = [min(NEARLY * seconds, pace * max(0.0, now - since)) for seconds, since in under_way]
    longest = max((seconds - done for (seconds, _), done in zip(under_way, reached, strict=True)), default=0.0)
    heard += sum(reached)
    left = max(longest, (total - heard) / max(1, len(under_way))) / pace
    return HowFar(heard, total, left)


@dataclass(frozen=True, slots=True)
class Progress:
    """Tells of jobs whose lease the caller holds how far they are, now and then, where there is room for that.

    When a placeholder told that last is stored before it does: no two processes tell in turn, nor a restart too soon.
    """

    store: Store
    transport: Transport
    now: Callable[[], float]
    learned: Learned = field(default_factory=Learned)
    _paces: dict[str, float] = field(default_factory=dict, init=False)
    _told: dict[int, tuple[float, str]] = field(default_factory=dict, init=False)  # when and what, by job

    def next_at(self, job: Job) -> float:
        """Return from when on the placeholder may be changed again."""
        return max(self._last(job) or 0.0, job.created_at) + patience.PROGRESS_EVERY

    def _last(self, job: Job) -> float | None:
        """Return when the placeholder told something last; an earlier step of this process may have changed that."""
        known = self._told.get(job.id)
        return max((at for at in (job.told_at, known and known[0]) if at is not None), default=None)

    def learn(self, model: str, seconds: float, took: float) -> None:
        """Learn from a part how fast a model hears."""
        pace = seconds / max(took, patience.FIRST_LOOK)
        before = self._paces.get(model, pace)
        self._paces[model] = before + LEARNED_SHARE * (pace - before)

    def _pace(self, model: str, sounds: Sequence[Sound]) -> float | None:
        """Return how many seconds of sound a model hears in a second, as far as is known here."""
        if (pace := self._paces.get(model)) is not None:
            return pace
        longest = max(each.seconds for each in sounds)
        soonest = self.learned.soonest(model, longest)
        return longest / soonest if soonest > 0 else None

    async def show(self, job: Job, sounds: Sequence[Sound]) -> None:
        """Tell how far a recording is, unless that was told just now."""
        now = self.now()
        if now >= self.next_at(job):
            found = how_far(sounds, self._pace(job.model, sounds), now)
            await self._tell(job, lambda texts: texts.waiting.heard(found.heard, found.total, found.left))

    async def show_ahead(self, job: Job, family: str) -> float:
        """Tell a job that waits for a slot how many are ahead; return when to tell it again."""
        now = self.now()
        at = job.created_at + patience.QUEUE_TOLD_AFTER if self._last(job) is None else self.next_at(job)
        if now < at:
            return at
        if self._can_tell(job):
            ahead = await self.store.ahead(job, family, patience.MOST_AHEAD) + 1
            await self._tell(job, lambda texts: texts.waiting.ahead(ahead, patience.MOST_AHEAD))
        return now + patience.ADMISSION_AGAIN_AFTER

    def _can_tell(self, job: Job) -> bool:
        """Tell whether the job has a placeholder that is a text, and its chat takes an edit at once."""
        has_text = job.placeholder_id is not None and job.form in {Form.EDIT, Form.PRIVATE}
        return has_text and self.transport.has_room_to_edit(job.shown_in)

    async def _tell(self, job: Job, said: Callable[[Texts], str]) -> None:
        """Change the placeholder, if it says something else, and there is room; the moment is stored first."""
        text, (_, last) = said(forms.texts_of(job, job.form)), self._told.get(job.id, (0.0, ""))
        if text == last or not self._can_tell(job) or job.placeholder_id is None:
            return
        now = self.now()
        if len(self._told) >= patience.MOST_TOLD:
            self._told.clear()
        require_lease(await self.store.tell(job, now))
        self._told[job.id] = now, text
        shown, rows = forms.progress(job, text), keyboards.cancel(job, job.form)
        try:
            await uninterrupted(
                self.transport.edit(job.shown_in, job.placeholder_id, shown, rows=rows, urgency=Urgency.PROGRESS)
            )
        except VerbatimError as error:
            log.debug("progress.skipped", job=job.id, error=str(error))

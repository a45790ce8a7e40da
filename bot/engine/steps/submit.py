"""The step of a QUEUED job: placeholder, download, upload, or the link alone; or the reason why not now."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from bot.engine import forms, patience
from bot.engine.hold import Way
from bot.engine.lease import LeaseLostError, handling, require_lease
from bot.engine.placeholders import Placeholders
from bot.engine.placing import Placing
from bot.engine.policy import is_to_be_told, too_much_doubt, wait_for_lost
from bot.engine.steps.creates import Creates
from bot.engine.steps.keeping import ready
from bot.engine.steps.parts import cut_otherwise
from bot.engine.steps.recordings import Recordings
from bot.engine.steps.side_by_side import SideBySide
from bot.errors import PermanentError, VerbatimError
from bot.log import get_logger
from bot.media.ffmpeg import Bench
from bot.speech.catalogue import Model, find
from bot.uploads import Linked, Source, Upload
from storage.apology import Apology, Notice, Reason
from storage.chats import ChatSettings
from storage.outcomes import Admission, Admitted, Attempted, Hopeless, Known, MustWait, Outcome, Waiting
from storage.store import Store
from storage.transcript import Transcript
from storage.words import LINK, PAUSED, SAME, Form, Generation, Job

log = get_logger(__name__)
REPLACED = "replaced "  # what a chat was told; the name of its model follows
Send = Callable[..., Awaitable[Outcome]]  # with what is to be sent


@dataclass(frozen=True, slots=True)
class Rules:
    """What the operator decided about creates."""

    default_model: Model  # for chats without one
    link_seconds: float  # that a recording has whose length nobody knows before it is transcribed


@dataclass(frozen=True, slots=True)
class Submit:
    """Brings a job to the provider. `nudge` is called when another job may have become due meanwhile.

    `slot_lent` and `asks_every` are in seconds.
    """

    store: Store
    placeholders: Placeholders
    recordings: Recordings
    creates: Creates
    side_by_side: SideBySide
    rules: Rules
    nudge: Callable[[], None]
    now: Callable[[], float]
    slot_lent: float = patience.SLOT_LENT
    asks_every: float = patience.SLOT_ASKED_FOR_EVERY

    async def __call__(
        self, job: Job, stored: Sequence[Generation] | None = None, placing: Placing | None = None
    ) -> Outcome:
        """Take the step; `stored` are the generations that the job has already, None where the database knows.

        A chat that can take no placeholder now need not be uploaded for yet. But where only other chats come first, the
        job goes ahead: its placeholder stands in line meanwhile, for some seconds; see `placing`.
        """
        if job.create_started:
            return self._answer_was_lost(job)
        placing = placing or Placing()
        goes_ahead = self.placeholders.goes_ahead(job)
        job = job if goes_ahead else await self.placeholders.begin(job)
        model = find(job.model) or await self._replace_model(job)
        match Admitted() if job.slot == model.family else await self._admit(job, model):
            case Known() as known:
                return known
            case MustWait(waiting_for):
                self._end_what_is_paused_for_too_long(job)
                again_in = await self._tell_to_wait(job, waiting_for, goes_ahead=goes_ahead)
                return Waiting(self.now() + again_in, waiting_for)
            case Admitted() as admitted:
                if (way := await self.creates.hold.ask()) is Way.CLOSED:
                    return await self._wait_for_the_provider(job)
                place = self.placeholders.line_up if goes_ahead else self.placeholders.place_beside
                place(job, placing)
                send = partial(self._send, job, model, stored=stored, alone=way is Way.ALONE, placing=placing)
                return await self._upload(job, model, admitted, send, placing)

    async def _send(
        self,
        job: Job,
        model: Model,
        sources: Sequence[Source],
        stored: Sequence[Generation] | None,
        placing: Placing,
        *,
        took_last: bool,
        **how: Any,
    ) -> Outcome:
        made = await self.store.generations(job) if stored is None else stored
        if others := cut_otherwise(made, sources):
            job = await self._drop(job, others)
        if len(sources) == 1:
            return await self.creates.send(job, model, sources, took_last=took_last, **how)
        known = [each for each in made if each.part not in others]
        return await self.side_by_side.send(job, model, sources, known, placing, **how)

    async def _drop(self, job: Job, others: frozenset[int]) -> Job:
        """Drop parts that were cut otherwise than they are now, by other settings or another version of the program.

        No others can be joined with them. As they may have been paid for, that happens a few times at the most.
        """
        log.warning("parts.cut_otherwise", job=job.id, parts=len(others))
        if job.generations_lost + 1 >= patience.MOST_GENERATIONS_LOST:
            raise PermanentError(Reason.PROVIDER_FAILED)
        require_lease(await self.store.make_again(job, others, self.now()))
        return replace(job, generations_lost=job.generations_lost + 1, more_slots=0)  # it asks for more again

    def admission(self, model: str) -> tuple[str, int] | None:
        """Tell how many slots the family of a model has; None while nothing may go to the provider."""
        found = find(model)
        if found is None or self.creates.hold.until > self.now():
            return None
        return found.family, self.creates.slots.allowed(found.family)

    async def _admit(self, job: Job, model: Model) -> Admission:
        slots = await self.creates.slots_now(model.family)
        admission = await self.store.admit(job, model.family, slots, self.now())
        if admission is None:
            raise LeaseLostError
        if admission == MustWait(model.family):
            self.creates.slots.lack(model.family)
        return admission

    def _answer_was_lost(self, job: Job) -> Outcome:
        """Count a create that may have been paid for: its process died before the answer was recorded."""
        in_doubt = job.creates_in_doubt + job.create_started
        log.warning("create.in_doubt", job=job.id, creates=in_doubt)
        if too_much_doubt(job, self.now()):
            return Hopeless(Apology(Reason.INTERRUPTED), in_doubt=True)
        return Attempted(self.now() + wait_for_lost(job), in_doubt=True)

    async def _replace_model(self, job: Job) -> Model:
        """Tell the chat, once, that its model left the catalogue, and use the default from now on."""
        default, chosen = self.rules.default_model, await self.store.settings(job.chat_id)
        if chosen.model == job.model:
            await self._tell_replaced(job, default)
            await self.store.change_settings(job.chat_id, partial(_without_model, job.model))
        return default

    async def _tell_replaced(self, job: Job, default: Model) -> None:
        """Say it unless another step does, or has done so; what Telegram does not take is said by the next step."""
        what = REPLACED + job.model
        if not await self.store.tell_once(job.chat_id, what):
            return
        try:
            await self.placeholders.say(job, forms.texts_of(job, Form.EDIT).models.replaced(job.model, default.name))
        except VerbatimError:
            await self.store.tell_again(job.chat_id, what)
            raise

    async def _tell_to_wait(self, job: Job, waiting_for: str, *, goes_ahead: bool) -> float:
        """Send the placeholder of a job without a slot, and return the seconds until the job asks again.

        One that could go ahead stands in no line: it would not hear there that a slot got free. One that waits for
        long is told how many are ahead.
        """
        if not goes_ahead:
            await self.placeholders.place_if_possible(job)
            if waiting_for == SAME:
                return patience.ADMISSION_AGAIN_AFTER
            told_at = await self.side_by_side.progress.show_ahead(job, waiting_for)
            return min(patience.ADMISSION_AGAIN_AFTER, max(patience.SHORTEST_WAIT, told_at - self.now()))
        again_in = await self.placeholders.place_at_once(job)
        return patience.ADMISSION_AGAIN_AFTER if again_in is None else min(again_in, patience.ADMISSION_AGAIN_AFTER)

    async def _upload(self, job: Job, model: Model, admitted: Admitted, send: Send, placing: Placing) -> Outcome:
        """Send what is to be transcribed, unless the chat refuses the placeholder before that is paid for."""
        if job.kind == LINK:
            await placing.before_paying(job)
            link = Linked(job.file_id, self.rules.link_seconds)
            return await send((link,), took_last=admitted.took_last)
        with self.recordings.bench(job) as bench:
            uploads, kept_slot = await self._prepare(job, bench, placing)
            if not uploads:
                return self._nothing_heard(job)
            match admitted if kept_slot else await self._admit_again(job, model):
                case Known() as known:
                    return known
                case MustWait(waiting_for):
                    return Waiting(self.now() + patience.ADMISSION_AGAIN_AFTER, waiting_for)
                case Admitted(took_last):
                    await placing.before_paying(job)
                    return await send(uploads, took_last=took_last)

    def _nothing_heard(self, job: Job) -> Outcome:
        """Answer without a create: in silence there is nothing to transcribe."""
        log.info("recording.silent", job=job.id)
        return ready(Transcript(""), job.model, self.now(), transcript_ttl=0.0, is_faint=True)

    async def _prepare(self, job: Job, bench: Bench, placing: Placing) -> tuple[tuple[Upload, ...], bool]:
        """Download and prepare the recording; tell also whether that was quick enough for the slot to be kept."""
        preparing = asyncio.create_task(self._download_and_prepare(job, bench, placing))
        try:
            _, late = await asyncio.wait({preparing}, timeout=self.slot_lent)
            if late:
                require_lease(await self.store.give_slot_back(job, self.now()))
                self.nudge()
            return await preparing, not late
        finally:
            preparing.cancel()
            await asyncio.gather(preparing, return_exceptions=True)  # what it still does on the bench

    async def _download_and_prepare(self, job: Job, bench: Bench, placing: Placing) -> tuple[Upload, ...]:
        audio = await self.recordings.download(job, bench)
        async with handling(self.store, await placing.before_paying(job)):
            return await self.recordings.prepare(job, audio, bench)

    async def _admit_again(self, job: Job, model: Model) -> Admission:
        """Ask for another slot, for a while: without one, what is prepared is lost."""
        for _ in range(patience.SLOT_ASKED_FOR):
            admission = await self._admit(job, model)
            if not isinstance(admission, MustWait) or admission.waiting_for == SAME:
                break
            await asyncio.sleep(self.asks_every)
        return admission

    async def _wait_for_the_provider(self, job: Job) -> Outcome:
        hold = self.creates.hold
        self._end_what_is_paused_for_too_long(job)
        if hold.by_operator and is_to_be_told(job, self.now()):
            await self.placeholders.note(job, Notice.PAUSED)
        else:
            await self.placeholders.place_if_possible(job)
        return Waiting(hold.until, PAUSED, hold.pause.since)

    def _end_what_is_paused_for_too_long(self, job: Job) -> None:
        hold = self.creates.hold
        lasted, age = hold.lasted(), self.now() - job.created_at
        if lasted > patience.PAUSE_GIVE_UP_AFTER or (
            lasted > patience.PAUSE_GIVE_UP_AFTER_RESTART and age > patience.DAY
        ):
            raise PermanentError(Reason.PAUSED if hold.by_operator else Reason.PROVIDER_DOWN)


def _without_model(model: str, chosen: ChatSettings) -> ChatSettings:
    """Leave the model to the operator again, unless another one was chosen meanwhile."""
    return replace(chosen, model=None) if chosen.model == model else chosen

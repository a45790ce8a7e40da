"""The step of a QUEUED job: placeholder, download, upload; or the reason why not now."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.engine.delivery import Delivery
from bot.engine.hold import Hold
from bot.engine.lease import LeaseLostError, require_lease, write_until_stored
from bot.engine.policy import MOST_DOUBTS
from bot.engine.schedule import Schedule
from bot.errors import OperatorError, PermanentError, RateLimitedError
from bot.formats import UploadFormats
from bot.log import get_logger
from bot.media.prepare import Limits, Upload, prepare
from bot.speech.aimlapi.client import SpeechClient
from bot.speech.aimlapi.options import form_fields
from bot.speech.catalogue import Family, Model, find
from bot.telegram.files import Files
from bot.text.sentences import model_replaced
from storage.apology import Apology, Notice, Reason
from storage.outcomes import Admitted, Attempted, Hopeless, Known, MustWait, Outcome, Submitted, Waiting
from storage.store import Store
from storage.words import PAUSED, Generation, Job

log = get_logger(__name__)

LOOK_AGAIN = 15.0  # seconds; for jobs that wait for a neighbour and are normally woken
UPLOAD_SECONDS = 60.0  # for an upload, plus a second for every UPLOAD_BYTES
UPLOAD_BYTES = 100_000
LONGEST_HOLD = 24 * 3600.0  # seconds after which those held back are told that nothing will come of it
HOLD_AFTER_RESTART = 600.0


@dataclass(frozen=True, slots=True)
class Rules:
    """What the operator decided about uploads, in the units of this room."""

    default_model: Model
    slots: Mapping[Family, int]  # generations at the provider at once
    limits: Limits
    formats: UploadFormats


class Submit:
    """Brings a job to the provider. `workplace` is a folder for files that live as long as a step."""

    def __init__(
        self,
        *,
        store: Store,
        speech: SpeechClient,
        files: Files,
        delivery: Delivery,
        schedule: Schedule,
        rules: Rules,
        workplace: Path,
        now: Callable[[], float],
    ) -> None:
        self._store = store
        self._speech = speech
        self._files = files
        self._delivery = delivery
        self._schedule = schedule
        self._rules = rules
        self._workplace = workplace
        self._now = now
        self._hold = Hold()
        self._replacing_model = asyncio.Lock()

    async def __call__(self, job: Job) -> Outcome:
        if job.create_started:
            return self._answer_was_lost(job)
        self._delivery.check_pace(job)  # what could not be answered in time need not be uploaded yet
        model = find(job.model) or await self._replace_model(job)
        match await self._store.admit(job, model.family, self._rules.slots[model.family], self._now()):
            case None:
                raise LeaseLostError
            case Known() as known:
                return known
            case MustWait(waiting_for):
                await self._delivery.place_if_possible(job)
                return Waiting(self._now() + LOOK_AGAIN, waiting_for)
            case Admitted():
                return await self._upload(job, model)

    def _answer_was_lost(self, job: Job) -> Outcome:
        """Whoever held this job died between a create and its record: the one window for paying twice."""
        log.warning("create.in_doubt", job=job.id, doubts=job.creates_in_doubt + 1)
        if job.creates_in_doubt + 1 >= MOST_DOUBTS:
            return Hopeless(Apology(Reason.PROVIDER_DOWN), in_doubt=True)
        return Attempted(self._now(), in_doubt=True)

    async def _replace_model(self, job: Job) -> Model:
        """The chosen model left the catalogue: the chat is told once and uses the default from now on."""
        default = self._rules.default_model
        async with self._replacing_model:
            chosen = await self._store.settings(job.chat_id)
            if chosen.model == job.model:
                await self._delivery.say(job, model_replaced(job.model, default.name))
                await self._store.change_settings(job.chat_id, replace(chosen, model=None), was=chosen)
        return default

    async def _upload(self, job: Job, model: Model) -> Outcome:
        if not self._hold.lets_through(self._now()):
            return await self._wait_for_the_provider(job)
        self._workplace.mkdir(mode=0o700, exist_ok=True)  # a cleaner of temporary files may have been here
        with TemporaryDirectory(dir=self._workplace) as name:
            folder = Path(name)
            audio = folder / "received"
            await self._place_and_download(job, audio)
            uploads = await prepare(
                audio, kind=job.kind, limits=self._rules.limits, formats=self._rules.formats, folder=folder
            )
            return await self._create_all(job, model, uploads)

    async def _wait_for_the_provider(self, job: Job) -> Outcome:
        if self._is_held_in_vain(job):
            raise PermanentError(Reason.ON_HOLD if self._hold.by_operator else Reason.PROVIDER_DOWN)
        if self._hold.by_operator:
            await self._delivery.note(job, Notice.PAUSED)
        else:
            await self._delivery.place_if_possible(job)
        return Waiting(self._hold.until, waiting_for=PAUSED)

    def _is_held_in_vain(self, job: Job) -> bool:
        """A day is enough; and so is a while where the job is older than a day, as after a restart."""
        lasted, age = self._hold.has_lasted(self._now()), self._now() - job.created_at
        return lasted > LONGEST_HOLD or (lasted > HOLD_AFTER_RESTART and age > LONGEST_HOLD)

    async def _place_and_download(self, job: Job, audio: Path) -> None:
        """Both at once, and both to their end: a download that fails must not cut a placeholder off."""
        for result in await asyncio.gather(
            self._delivery.place_if_possible(job),
            self._files.download(job.file_id, job.claimed_bytes, audio),
            return_exceptions=True,
        ):
            if isinstance(result, BaseException):
                raise result

    async def _create_all(self, job: Job, model: Model, uploads: tuple[Upload, ...]) -> Outcome:
        """Create the generations that are missing; a part that went up before a crash is not sent again.

        The last one is recorded together with the job's new state.
        """
        there = {generation.part for generation in await self._store.generations(job)}
        last = len(uploads) - 1
        generation = None
        for part, upload in enumerate(uploads):
            if part not in there:
                generation = await self._create(job, model, part, upload)
                if part < last:
                    require_lease(await write_until_stored(job.id, partial(self._store.created, job, generation)))
        self._open_for_all()
        seconds = sum(upload.duration for upload in uploads)
        first_look_at = self._now() + self._schedule.first_look(model.name, seconds / len(uploads))
        return Submitted(first_look_at, seconds, None if last in there else generation)

    def _open_for_all(self) -> None:
        if lasted := self._hold.has_lasted(self._now()):
            log.info("hold.over", seconds=round(lasted))
        self._hold.clear()

    async def _create(self, job: Job, model: Model, part: int, upload: Upload) -> Generation:
        require_lease(await self._store.start_create(job))
        try:
            generation_id = await self._speech.submit(
                upload.path,
                file_name=upload.file_name,
                content_type=upload.content_type,
                fields=form_fields(model, job.options.language),
                field=model.field,
                timeout=_upload_seconds(upload),
            )
        except OperatorError:
            self._hold.wait_for_operator(self._now())
            raise
        except RateLimitedError as error:
            self._hold.be_patient(self._now(), error.retry_after)
            raise
        return Generation(part, generation_id, upload.start, self._now())


def _upload_seconds(upload: Upload) -> float:
    return UPLOAD_SECONDS + upload.path.stat().st_size / UPLOAD_BYTES

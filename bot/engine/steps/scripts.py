"""What the chat of a job reads of its transcript: the text alone, or in paragraphs with their times and speakers."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial

from bot.engine import forms, patience
from bot.engine.lease import Told, handling
from bot.errors import RateLimitedError
from bot.machine.task_limit import TaskLimit
from bot.text.texts import Texts
from storage.store import Store
from storage.transcript import Transcript
from storage.words import LINK, Job

Worded = Callable[[Texts], str]


@dataclass(frozen=True, slots=True)
class Scripts:
    """Lays out transcripts of jobs whose lease the caller holds.

    Recordings longer than `times_from` seconds have times where their chat has not chosen.
    """

    store: Store
    times_from: float
    _long: TaskLimit = field(default_factory=lambda: TaskLimit(patience.LONG_TEXTS_AT_ONCE), init=False)

    async def write(self, job: Job, told: Told) -> Worded:
        """Return what is read of a transcript, in any language; where that is the text alone, no words are read.

        RateLimitedError where many words have to wait until few others are in memory.
        """
        transcript, times = told.transcript, self._has_times(job, told.transcript)
        if not (times or job.options.speakers) or not transcript.text:
            return lambda _texts: transcript.text
        async with handling(self.store, job):
            whole = transcript if told.has_words else await self._whole(job)
            names = await self.store.names_of(job.id) if job.options.speakers else {}
            lay_out = partial(_laid_out, whole, job, names, times=times)
            few = len(whole.words) + len(whole.segments) <= patience.WORDS_LAID_OUT_AT_ONCE
            return lay_out() if few else await asyncio.to_thread(lay_out)

    def named(self, job: Job, transcript: Transcript, names: Mapping[str, str]) -> str:
        """Return what is read of a transcript with names, by those who read the answer of its job."""
        written = _laid_out(transcript, job, names, times=self._has_times(job, transcript))
        return written(forms.texts_of(job, job.form))

    def _has_times(self, job: Job, transcript: Transcript) -> bool:
        if job.times is not None:
            return job.times
        return (_duration(job, transcript) or 0.0) > self.times_from

    async def _whole(self, job: Job) -> Transcript:
        """Read a transcript with its words."""
        assert job.transcript_id is not None
        await self.make_room(job.transcript_id)
        transcript = await self.store.transcript(job.transcript_id)
        assert transcript is not None, "a ready job keeps its transcript"
        return transcript

    async def make_room(self, transcript_id: int) -> None:
        """Raise RateLimitedError for a long transcript that has to wait until few others are in memory."""
        is_long = await self.store.transcript_size(transcript_id) > patience.LONG_TEXT
        if is_long and not await self._long.take_if_free():
            raise RateLimitedError("other long texts come first", retry_after=patience.LONG_TEXT_AGAIN_AFTER)


def folding(job: Job, text: str, script: Worded) -> Job:
    """Let a text fold from as many characters on as were said, without its times and names."""
    if job.fold_from is None:
        return job
    return replace(job, fold_from=job.fold_from + len(script(forms.texts_of(job, job.form))) - len(text))


def _duration(job: Job, transcript: Transcript) -> float | None:
    """Return how long a recording is: as it was measured, which is not done behind a link, else as its answer tells."""
    is_measured = job.audio_seconds is not None and job.kind != LINK
    return job.audio_seconds if is_measured else transcript.duration


def _laid_out(transcript: Transcript, job: Job, given: Mapping[str, str], *, times: bool) -> Worded:
    """Lay out a transcript; it stays as it is where its words tell nothing of what is wanted."""
    from bot.text.script import names_of, script  # noqa: PLC0415 - few texts need it, and the start waits for no code
    from bot.text.turns import order_of_speakers, paragraphs  # noqa: PLC0415

    speakers = order_of_speakers(transcript) if job.options.speakers else ()
    told_apart = len(speakers) > 1  # with one alone there is nobody to tell it from
    pieces = paragraphs(transcript, by_speaker=told_apart) if times or told_apart else ()
    if not pieces:
        return lambda _texts: transcript.text
    in_languages: dict[str, str] = {}

    def written(texts: Texts) -> str:
        if texts.language not in in_languages:
            names = names_of(speakers if told_apart else (), given, texts.answers.speaker)
            duration = _duration(job, transcript)
            in_languages[texts.language] = script(pieces, times=times, duration=duration, names=names)
        return in_languages[texts.language]

    written(forms.texts_of(job, job.form))  # which will be asked for where others would wait for it
    return written

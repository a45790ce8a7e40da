"""Files of a text, made and sent because somebody asks for one: each comes once, as a reply to the recording."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from bot.engine import patience
from bot.engine.errand_policy import SorryError
from bot.engine.forms import texts_of
from bot.telegram.writing.transport import Place, Shown
from bot.text.layout import Document, says_something
from storage.errands import Errand
from storage.options import AUTO
from storage.store import Store
from storage.transcript import Transcript
from storage.words import Job

SenderOf = Callable[[int, int | None], Awaitable[str | None]]  # of a chat, and a person in it if it was one
WITH_SENDER = frozenset({"vtt", "md", "json"})  # files that tell who has sent the recording


@dataclass(frozen=True, slots=True)
class ToSend:
    """A message that an errand comes to."""

    place: Place
    shown: Shown


@dataclass(frozen=True, slots=True)
class Exports:
    """Makes files of texts. Of long texts, one at a time is read, and becomes a file.

    `sender_of` asks what the sender is called, as no name is stored.
    """

    store: Store
    sender_of: SenderOf
    _long: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(1), init=False)

    async def __call__(self, errand: Errand, job: Job) -> ToSend:
        """Make the file that is asked for."""
        sender = await self._sender(errand, job)
        if job.transcript_id is not None and await self.store.transcript_size(job.transcript_id) > patience.LONG_TEXT:
            async with self._long:
                return await self._made(errand, job, sender)
        return await self._made(errand, job, sender)

    async def _sender(self, errand: Errand, job: Job) -> str | None:
        """Ask in the chat where the errand is done: the id that it had when the recording came may mean nothing now."""
        return await self.sender_of(errand.chat_id, job.user_id) if errand.what in WITH_SENDER else None

    async def _made(self, errand: Errand, job: Job, sender: str | None) -> ToSend:
        transcript = None if job.transcript_id is None else await self.store.transcript(job.transcript_id)
        if transcript is None:
            raise SorryError(lambda texts: texts.more.not_kept(), offers_again=True)
        if not says_something(transcript.text):
            raise SorryError(lambda texts: texts.answers.no_speech())
        names = await self.store.names_of(job.id) if job.options.speakers else {}
        file = await asyncio.to_thread(_document, errand.what, transcript, job, names, sender)
        return ToSend(place_of_errand(errand, job), file)


def _document(ending: str, transcript: Transcript, job: Job, names: Mapping[str, str], sender: str | None) -> Document:
    """Make a file; long texts take too long for an event loop."""
    from bot.documents.document import Ending, make  # noqa: PLC0415 - much code, which no text needs until then
    from bot.documents.known import Known  # noqa: PLC0415 - as above

    came_at = datetime.fromtimestamp(job.created_at, UTC)
    asked = None if job.options.language == AUTO else job.options.language
    texts = texts_of(job, job.form)
    known = Known(
        transcript,
        job.model,
        came_at,
        sender,
        duration=job.audio_seconds,
        names=names,
        nameless=texts.answers.speaker("{n}"),
        asked_language=asked,
    )
    file = make(Ending(ending), known)
    return Document(file.name, file.content, texts.more.estimated() if file.is_estimated else "")


def place_of_errand(errand: Errand, job: Job) -> Place:
    """Return where something goes that comes of an errand: to the recording, or else to a message of its text."""
    if errand.chat_id != job.chat_id:
        return Place(errand.chat_id, reply_to=errand.message_id)
    reply_to = errand.message_id if job.reply_to is None else job.reply_to
    return Place(job.chat_id, job.thread_id, reply_to, direct_topic_id=job.direct_topic_id)

"""Models that do not fit the language of a chat: it is told once which one is used, or that its own does not fit."""

from dataclasses import dataclass, field
from functools import partial

from telegram import Message

from bot.speech.catalogue import Model, find
from bot.speech.languages import LANGUAGES, misses
from bot.telegram.writing.messages import reply
from handlers.speaking import Speaking
from storage.options import AUTO
from storage.words import Job

FALLBACK = "fallback"  # what a chat was told; of a model that misses a language, MISSES and the model's name
MISSES = "misses "
MOST_KNOWN = 10_000  # chats that the database need not be asked for


@dataclass(frozen=True, slots=True)
class Misfits:
    """Tells a chat, when a recording was taken, what to know of its model. That it was told is stored before."""

    speaking: Speaking
    default: Model
    fallback: Model | None
    _known: set[tuple[int, str]] = field(default_factory=set, init=False)

    def tell(self, message: Message, speaks: str | None, job: Job) -> None:
        """Say what is to be said of the model of a job, whose sender has the language `speaks` in Telegram."""
        model = find(job.model)
        if model is None or job.is_quiet:
            return
        language = job.options.language if job.options.language != AUTO else speaks or job.interface
        if (missed := misses(model, language)) is not None:
            self._tell_once(message, MISSES + model.name, model, missed)
        elif model == self.fallback and (missed := misses(self.default, language)) is not None:
            self._tell_once(message, FALLBACK, model, missed)

    def _tell_once(self, message: Message, what: str, model: Model, missed: str) -> None:
        key = message.chat.id, what
        if key in self._known:
            return
        if len(self._known) >= MOST_KNOWN:
            self._known.clear()
        self._known.add(key)
        self.speaking.door.replies.put(message.chat.id, partial(self._say, message, what, model, missed), counts=True)

    async def _say(self, message: Message, what: str, model: Model, missed: str) -> None:
        store = self.speaking.store
        if what == FALLBACK and (await store.settings(message.chat.id)).model is not None:
            return  # which the chat chose itself
        if await store.tell_once(message.chat.id, what):
            words = (await self.speaking.texts(message.chat, message.from_user)).languages
            say = words.fallback_used if what == FALLBACK else words.perhaps_missed
            await reply(message, say(model.name, LANGUAGES[missed].own))

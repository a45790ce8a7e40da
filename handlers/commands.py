"""The commands: what the bot says of itself, and which model this chat uses."""

from dataclasses import dataclass, replace
from functools import partial

from telegram import Message, Update
from telegram.ext import ContextTypes

from bot.log import get_logger
from bot.speech.catalogue import MODELS, Model, find, suggest
from bot.telegram.receiving.door import Door
from bot.telegram.writing.messages import reply
from bot.telegram.writing.replies import Say
from bot.text import sentences
from storage.store import Store

log = get_logger(__name__)
LONGEST_NAME = 200  # characters of a model's name that are looked at; anybody can send thousands


@dataclass(frozen=True, slots=True)
class Commands:
    """Answers commands; settings belong to the chat. A model that was chosen is stored before Telegram is told."""

    door: Door
    store: Store
    default_model: Model
    limit_mb: int
    limit_minutes: int
    links: bool  # whether they are transcribed

    async def start(self, update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        message = _message(update)
        self._say(message, partial(self._welcome, message))

    async def help(self, update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        self._reply(_message(update), sentences.help_text(self.limit_mb, self.limit_minutes, links=self.links))

    async def models(self, update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        rows = [(model.name, model.about, model.language_note) for model in MODELS]
        self._reply(_message(update), sentences.models(rows))

    async def model(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Show the model; given a name, choose that model; given a wrong one, suggest some and change nothing."""
        message, asked = _message(update), " ".join(context.args or [])[:LONGEST_NAME]
        if not asked:
            self._say(message, partial(self._show, message))
        elif chosen := find(asked):
            write = partial(self.store.change_settings, message.chat.id, lambda now: replace(now, model=chosen.name))
            self.door.keep(write, lambda _: self._chosen(message, chosen))
        else:
            self._say(message, partial(_suggest, message, asked))

    def _chosen(self, message: Message, model: Model) -> None:
        log.info("model.chosen", model=model.name)
        told = partial(reply, message, sentences.model_set(model.name, model.about))
        self.door.replies.put(message.chat.id, told, counts=True)

    async def _welcome(self, message: Message) -> None:
        await reply(message, sentences.start((await self._model(message)).name))

    async def _show(self, message: Message) -> None:
        model = await self._model(message)
        await reply(message, sentences.model_shown(model.name, model.about, model.language_note))

    async def _model(self, message: Message) -> Model:
        chosen = (await self.store.settings(message.chat.id)).model
        return (find(chosen) if chosen else None) or self.default_model

    def _reply(self, message: Message, text: str) -> None:
        self._say(message, partial(reply, message, text))

    def _say(self, message: Message, say: Say) -> None:
        self.door.say(message.chat.id, say, counts=True)


async def _suggest(message: Message, asked: str) -> None:
    await reply(message, sentences.model_unknown(asked, [model.name for model in suggest(asked)]))


def _message(update: Update) -> Message:
    assert update.effective_message is not None
    return update.effective_message

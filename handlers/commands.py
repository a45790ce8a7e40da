"""The commands: what the bot says of itself, and which model this chat uses."""

from dataclasses import dataclass, replace
from functools import partial

from telegram import Message, Update
from telegram.ext import ContextTypes

from bot.log import get_logger
from bot.speech.catalogue import MODELS, Model, find, suggest
from bot.telegram.receiving.door import Door
from bot.text.texts import Texts
from handlers.speaking import Speaking
from storage.store import Store

log = get_logger(__name__)
LONGEST_NAME = 200  # characters of a model's name that are looked at; anybody can send thousands


@dataclass(frozen=True, slots=True)
class Commands:
    """Answers commands; settings belong to the chat. A model that was chosen is stored before Telegram is told."""

    door: Door
    speaking: Speaking
    store: Store
    default_model: Model
    limit_mb: int
    limit_minutes: int
    links: bool  # whether they are transcribed

    async def start(self, update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        message = _message(update)
        self.door.say(message.chat.id, partial(self._welcome, message), counts=True)

    async def help(self, update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        def said(texts: Texts) -> str:
            return texts.commands.help(self.limit_mb, self.limit_minutes, links=self.links)

        self.speaking.reply(_message(update), said)

    async def models(self, update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        rows = [(model.name, model.language_count) for model in MODELS]
        self.speaking.reply(_message(update), lambda texts: texts.models.listed(rows))

    async def model(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Show the model; given a name, choose that model; given a wrong one, suggest some and change nothing."""
        message, asked = _message(update), " ".join(context.args or [])[:LONGEST_NAME]
        if not asked:
            self.door.say(message.chat.id, partial(self._show, message), counts=True)
        elif chosen := find(asked):
            write = partial(self.store.change_settings, message.chat.id, lambda now: replace(now, model=chosen.name))
            self.door.keep(write, lambda _: self._chosen(message, chosen))
        else:
            self.speaking.reply(message, partial(_not_found, asked))

    def _chosen(self, message: Message, model: Model) -> None:
        log.info("model.chosen", model=model.name)
        self.speaking.reply_after(message, lambda texts: texts.models.chosen(model.name))

    async def _welcome(self, message: Message) -> None:
        model = await self._model(message)
        await self.speaking.reply_now(message, lambda texts: texts.commands.start(model.name))

    async def _show(self, message: Message) -> None:
        model = await self._model(message)
        await self.speaking.reply_now(message, lambda texts: texts.models.shown(model.name, model.language_count))

    async def _model(self, message: Message) -> Model:
        chosen = (await self.store.settings(message.chat.id)).model
        return (find(chosen) if chosen else None) or self.default_model


def _not_found(asked: str, texts: Texts) -> str:
    return texts.models.unknown(asked, [model.name for model in suggest(asked)])


def _message(update: Update) -> Message:
    assert update.effective_message is not None
    return update.effective_message

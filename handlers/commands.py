"""The commands with which the bot tells of itself."""

from dataclasses import dataclass
from functools import partial

from telegram import Message, Update
from telegram.constants import ChatType
from telegram.ext import ContextTypes

from bot.speech.catalogue import MODELS, Model, find
from bot.telegram.receiving.door import Door
from bot.telegram.writing.replies import Say
from bot.text.menu import Audience
from bot.text.texts import Texts
from handlers.asking import Asking
from handlers.joining import HERE
from handlers.speaking import Speaking
from storage.store import Store


@dataclass(frozen=True, slots=True)
class Commands:
    """Answers commands that change nothing. In reply to a recording, /start and /help may ask for its text instead."""

    door: Door
    speaking: Speaking
    asking: Asking
    store: Store
    default_model: Model
    limit_mb: int
    limit_minutes: int
    links: bool  # whether they are transcribed

    async def start(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Say what the bot does; not in a group to which a link of its own led, where it introduces itself."""
        message = _message(update)
        if context.args != [HERE] or message.chat.type == ChatType.PRIVATE:
            self._answer(message, partial(self._welcome, message))

    async def help(self, update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        message = _message(update)
        audience = Audience.PRIVATE if message.chat.type == ChatType.PRIVATE else Audience.ADMINS

        def said(texts: Texts) -> str:
            return texts.commands.help(audience, self.limit_mb, self.limit_minutes, links=self.links)

        self._answer(message, partial(self.speaking.reply_now, message, said))

    def _answer(self, message: Message, say: Say) -> None:
        """Say something, unless the message asks instead for the text of a recording that it replies to."""
        if not self.asking.instead(message, partial(self.door.replies.put, message.chat.id, say, counts=True)):
            self.door.say(message.chat.id, say, counts=True)

    async def models(self, update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        rows = [(model.name, model.language_count) for model in MODELS]
        self.speaking.reply(_message(update), lambda texts: texts.models.listed(rows))

    async def _welcome(self, message: Message) -> None:
        model = await self._model(message)
        await self.speaking.reply_now(message, lambda texts: texts.commands.start(model.name))

    async def _model(self, message: Message) -> Model:
        chosen = (await self.store.settings(message.chat.id)).model
        return (find(chosen) if chosen else None) or self.default_model


def _message(update: Update) -> Message:
    assert update.effective_message is not None
    return update.effective_message

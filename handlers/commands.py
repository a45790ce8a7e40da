"""The commands: what the bot says of itself, and which model this chat uses."""

from dataclasses import dataclass, replace

from telegram import Message, Update
from telegram.ext import ContextTypes

from bot.log import get_logger
from bot.speech.catalogue import MODELS, Model, find, suggest
from bot.telegram.messages import reply
from bot.text import sentences
from storage.store import Store

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Commands:
    """Answers commands; settings belong to the chat."""

    store: Store
    default_model: Model
    limit_mb: int
    limit_minutes: int

    async def start(self, update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        message = _message(update)
        await reply(message, sentences.start((await self._model(message)).name))

    async def help(self, update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        await reply(_message(update), sentences.help_text(self.limit_mb, self.limit_minutes))

    async def models(self, update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        rows = [(model.name, model.about, model.language_note) for model in MODELS]
        await reply(_message(update), sentences.models(rows))

    async def model(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Show the model; given a name, choose that model; given a wrong one, suggest some and change nothing."""
        message, asked = _message(update), " ".join(context.args or [])
        if not asked:
            model = await self._model(message)
            await reply(message, sentences.model_shown(model.name, model.about, model.language_note))
        elif chosen := find(asked):
            settings = await self.store.settings(message.chat.id)
            await self.store.change_settings(message.chat.id, replace(settings, model=chosen.name))
            log.info("model.chosen", model=chosen.name)
            await reply(message, sentences.model_set(chosen.name, chosen.about))
        else:
            await reply(message, sentences.model_unknown(asked, [model.name for model in suggest(asked)]))

    async def _model(self, message: Message) -> Model:
        chosen = (await self.store.settings(message.chat.id)).model
        return (find(chosen) if chosen else None) or self.default_model


def _message(update: Update) -> Message:
    assert update.effective_message is not None
    return update.effective_message

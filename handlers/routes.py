"""The routing table: which update goes where."""

from telegram import Update
from telegram.ext import CallbackQueryHandler, CommandHandler, MessageHandler, TypeHandler, filters

from bot.telegram.application import Telegram
from handlers.access import Access
from handlers.cancel import Cancel
from handlers.commands import Commands
from handlers.groups import Groups
from handlers.media import Media

NEW = filters.UpdateType.MESSAGE | filters.UpdateType.CHANNEL_POST  # never an edit
SPEECH = filters.VOICE | filters.AUDIO | filters.VIDEO_NOTE | filters.VIDEO | filters.Document.ALL


def register(
    application: Telegram,
    *,
    access: Access,
    media: Media,
    commands: Commands,
    cancel: Cancel,
    groups: Groups,
) -> None:
    """Add the handlers. None waits for anything: what takes time, they hand over at the door."""
    application.add_handler(TypeHandler(Update, access), group=-1)
    application.add_handler(MessageHandler(filters.StatusUpdate.MIGRATE, groups))
    application.add_handler(MessageHandler(NEW & SPEECH, media))
    for name in ("start", "help", "model", "models"):
        application.add_handler(CommandHandler(name, getattr(commands, name), filters=NEW))
    application.add_handler(CallbackQueryHandler(cancel))

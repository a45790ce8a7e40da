"""The routing table: which update goes where."""

from typing import Any

from telegram import Update
from telegram.ext import Application, CallbackQueryHandler, CommandHandler, MessageHandler, TypeHandler, filters

from handlers.access import Access
from handlers.cancel import Cancel
from handlers.commands import Commands
from handlers.groups import Migration
from handlers.media import Media

NEW = filters.UpdateType.MESSAGE | filters.UpdateType.CHANNEL_POST  # never an edit
SPEECH = filters.VOICE | filters.AUDIO | filters.VIDEO_NOTE | filters.VIDEO | filters.Document.ALL


def register(
    application: "Application[Any, Any, Any, Any, Any, Any]",
    *,
    access: Access,
    media: Media,
    commands: Commands,
    cancel: Cancel,
    migration: Migration,
) -> None:
    """Add the handlers. Each blocks: an update counts as handled when they have returned."""
    application.add_handler(TypeHandler(Update, access), group=-1)
    application.add_handler(MessageHandler(filters.StatusUpdate.MIGRATE, migration))
    application.add_handler(MessageHandler(NEW & SPEECH, media))
    for name in ("start", "help", "model", "models"):
        application.add_handler(CommandHandler(name, getattr(commands, name), filters=NEW))
    application.add_handler(CallbackQueryHandler(cancel))

"""The routing table: which update goes where."""

from dataclasses import dataclass
from functools import partial

from telegram import Message, Update
from telegram.ext import CallbackQueryHandler, ChatMemberHandler, CommandHandler, MessageHandler, TypeHandler, filters

from bot.telegram.application import Telegram
from handlers.access import Access
from handlers.asking import TRANSCRIBE, Asking
from handlers.cancel import Cancel
from handlers.choosing import Choosing
from handlers.commands import Commands
from handlers.errands import EXPORT, Errands
from handlers.groups import Groups
from handlers.hints import Hints
from handlers.joining import Joining
from handlers.media import Media, is_reply
from handlers.owning import Owning
from handlers.people import People
from handlers.privacy import Privacy
from handlers.taps import Taps
from handlers.using import Using
from handlers.versions import Versions
from handlers.who import Who, is_answer, is_for_all

NEW = filters.UpdateType.MESSAGE | filters.UpdateType.CHANNEL_POST  # never an edit
BY_SOMEBODY = NEW & ~filters.IS_AUTOMATIC_FORWARD  # its channel has the same message
SPEECH = filters.VOICE | filters.AUDIO | filters.VIDEO_NOTE | filters.VIDEO | filters.Document.ALL
SILENT = filters.ANIMATION  # which comes with a document
FORWARDED = NEW & filters.FORWARDED & filters.ChatType.PRIVATE & ~SPEECH & ~filters.COMMAND


class _Reply(filters.MessageFilter):
    """A message that replies to another one, in this chat or elsewhere."""

    def filter(self, message: Message) -> bool:
        return is_reply(message)


class _Answer(filters.MessageFilter):
    """A reply to a question for a name."""

    def filter(self, message: Message) -> bool:
        return is_answer(message)


class _ToList(filters.MessageFilter):
    """A reply to the list of those who may be named."""

    def filter(self, message: Message) -> bool:
        return is_for_all(message)


@dataclass(frozen=True, slots=True)
class Handlers:
    """One for each kind of update. What takes time, they hand over at the door."""

    access: Access
    owning: Owning
    media: Media
    asking: Asking
    versions: Versions
    who: Who
    hints: Hints
    cancel: Cancel
    errands: Errands
    commands: Commands
    choosing: Choosing
    using: Using
    people: People
    privacy: Privacy
    taps: Taps
    groups: Groups
    joining: Joining


def register(application: Telegram, handlers: Handlers) -> None:
    commands = handlers.commands
    for name in ("allow", "revoke", "owner"):  # before the access, as the owner may send them anywhere
        application.add_handler(CommandHandler(name, getattr(handlers.owning, name), filters=NEW), group=-2)
    application.add_handler(MessageHandler(FORWARDED, handlers.owning.forwarded), group=-2)
    application.add_handler(TypeHandler(Update, handlers.access), group=-1)
    application.add_handler(MessageHandler(filters.StatusUpdate.MIGRATE, handlers.groups))
    application.add_handler(ChatMemberHandler(handlers.joining, ChatMemberHandler.MY_CHAT_MEMBER))
    application.add_handler(MessageHandler(NEW & SPEECH & ~SILENT, handlers.media))
    for name in ("start", "help", "models"):
        application.add_handler(CommandHandler(name, getattr(commands, name), filters=BY_SOMEBODY))
    application.add_handler(CommandHandler("usage", handlers.using.usage, filters=BY_SOMEBODY))
    choosing = handlers.choosing
    application.add_handler(CommandHandler("settings", choosing.overview, filters=BY_SOMEBODY))
    for name in choosing.choices.by_name:
        application.add_handler(CommandHandler(name, partial(choosing.command, name), filters=BY_SOMEBODY))
    for name in ("privacy", "mydata", "forget"):
        application.add_handler(CommandHandler(name, getattr(handlers.privacy, name), filters=BY_SOMEBODY))
    application.add_handler(CommandHandler("optout", handlers.people.opt_out, filters=BY_SOMEBODY))
    application.add_handler(CommandHandler("optin", handlers.people.opt_in, filters=BY_SOMEBODY))
    application.add_handler(CommandHandler(TRANSCRIBE, handlers.asking.transcribe, filters=NEW))
    application.add_handler(CommandHandler("again", handlers.versions.command, filters=BY_SOMEBODY))
    application.add_handler(CommandHandler("cancel", handlers.cancel.command, filters=BY_SOMEBODY))
    application.add_handler(CommandHandler(EXPORT, handlers.errands.command, filters=BY_SOMEBODY))
    application.add_handler(MessageHandler(NEW & filters.TEXT & ~filters.COMMAND & _Answer(), handlers.who.reply))
    to_list = NEW & filters.TEXT & ~filters.COMMAND & _ToList()
    application.add_handler(MessageHandler(to_list, handlers.who.reply_to_list))
    application.add_handler(MessageHandler(NEW & filters.ChatType.PRIVATE, handlers.hints))  # nobody else took it
    application.add_handler(CallbackQueryHandler(handlers.taps))
    call = partial(handlers.asking.call, _commands(application))
    application.add_handler(MessageHandler(NEW & filters.TEXT & _Reply(), call), group=1)


def _commands(application: Telegram) -> frozenset[str]:
    """Return the names of all commands that have a handler."""
    found = (each.commands for each in application.handlers[0] if isinstance(each, CommandHandler))
    return frozenset[str]().union(*found)

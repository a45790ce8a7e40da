"""What is said in private to messages that no other handler takes, so that nobody is met with silence."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from functools import partial

from telegram import Message, MessageEntity, Update
from telegram.ext import ContextTypes

from bot.engine import patience
from bot.telegram.receiving.updates import OTHER
from bot.text.texts import Texts
from handlers.asking import Asking, command_of
from handlers.seldom import Seldom

MOST_CHATS = 10_000  # that are hinted at something in a while; more must not fill the memory
HINT = "hint"  # what a chat was told
ADDRESSES = ("http://", "https://", "www.")
SHOWS_LINK = frozenset({MessageEntity.URL, MessageEntity.TEXT_LINK})


@dataclass(frozen=True, slots=True)
class Hints:
    """Says in one sentence what to send instead, once in a while in each chat; messages of Telegram's own need none.

    The owner's commands mean nothing where others send them. `commands` are all that there are.
    """

    asking: Asking
    commands: Collection[str]
    now: Callable[[], float]
    _seldom: Seldom = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_seldom", Seldom(self.now, patience.HINT_EVERY, MOST_CHATS))

    async def __call__(self, update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        message = update.effective_message
        if message is None or self.asking.links.take_alone(message) or self.asking.is_call(message):
            return
        hint = self._hint(message)
        if hint is not None and self._seldom.is_time(message.chat.id):
            speaking = self.asking.media.speaking
            tell = partial(speaking.store.tell_seldom, message.chat.id, HINT, self.now(), patience.HINT_EVERY)
            speaking.door.keep(tell, lambda may: speaking.reply_after(message, hint) if may else None)

    def _hint(self, message: Message) -> Callable[[Texts], str] | None:
        other = message.api_kwargs.get(OTHER)
        if other is not None:
            return lambda texts: texts.hints.content(other)
        if not message.text:
            return None
        if _is_command(message):
            is_owners = command_of(message) in self.commands
            return None if is_owners else lambda texts: texts.hints.unknown_command()
        if not _has_link(message):
            return lambda texts: texts.hints.text()
        return (lambda texts: texts.hints.link()) if self.asking.links.on else lambda texts: texts.links.off()


def _is_command(message: Message) -> bool:
    first = next(iter(message.entities), None)
    return first is not None and first.type == MessageEntity.BOT_COMMAND and first.offset == 0


def _has_link(message: Message) -> bool:
    text = (message.text or "").lower()
    return any(each in text for each in ADDRESSES) or any(each.type in SHOWS_LINK for each in message.entities)

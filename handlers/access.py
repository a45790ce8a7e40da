"""Who may use the bot, and what is told to those who may not."""

import re
from collections.abc import Awaitable, Callable
from functools import partial

from telegram import CallbackQuery, Chat, ChatMember, ChatMemberUpdated, Message, Update, User
from telegram.constants import ChatType
from telegram.ext import ApplicationHandlerStop, ContextTypes

from bot.engine import patience
from bot.engine.guests import Guests
from bot.log import get_logger
from bot.telegram.writing.button_data import Admit
from bot.telegram.writing.buttons import button
from bot.telegram.writing.messages import answer, tell
from bot.telegram.writing.names import name_of, shown
from bot.text.texts import Texts
from handlers.seldom import Seldom
from handlers.speaking import Speaking
from storage.store import Store

log = get_logger(__name__)
MOST_STRANGERS = 1000  # told and logged in a while; they must fill neither the memory nor the log nor the pace
MOST_OFFERS = 20  # that the owner gets in a day of groups to which strangers have added the bot
GROUPS = frozenset({ChatType.GROUP, ChatType.SUPERGROUP})
GONE = frozenset({ChatMember.LEFT, ChatMember.BANNED})
OWNS = re.compile(r"/start(?:@\w+)? own-([0-9a-f]{1,64})")


class Access:
    """Lets the chats through that the bot is for: those of the operator's list, the owner's and those of guests.

    A group keeps its place when it becomes a supergroup. Only Telegram writes the messages that say so: one in the old
    chat, and one in the new chat that names the old one.
    """

    def __init__(self, speaking: Speaking, guests: Guests, store: Store, now: Callable[[], float]) -> None:
        self._speaking = speaking
        self._guests = guests
        self._store = store
        self._now = now
        self._told = {each: Seldom(now, patience.STRANGER_TOLD_EVERY, MOST_STRANGERS) for each in (True, False)}
        self._added: dict[int, ChatMemberUpdated] = {}  # groups to which strangers have just added the bot
        self._offered = Seldom(now, patience.STRANGER_TOLD_EVERY, MOST_OFFERS)
        # Apart, so that strangers hide no group of the operator's.
        self._logged = {each: Seldom(now, patience.STRANGER_LOGGED_EVERY, MOST_STRANGERS) for each in (True, False)}

    async def __call__(self, update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        """Stop every other handler for a chat that the bot is not for."""
        chat = update.effective_chat
        if chat is None:
            return
        if self._guests.is_shared and not self._guests.admits(chat.id):
            await self._guests.refresh()  # another process may have let it in; if nobody knows, the update comes again
        is_claimed = self._is_claimed(update.message)
        self._hear(update.effective_user)
        if is_claimed:
            raise ApplicationHandlerStop
        if update.my_chat_member is not None:
            self._let_in(update.my_chat_member)
        came_from = update.message and update.message.migrate_from_chat_id
        if self._guests.admits(chat.id) or (came_from and self._guests.admits(came_from)):
            return
        self._refuse(update, chat)
        raise ApplicationHandlerStop

    def _hear(self, person: User | None) -> None:
        """Learn the language of the owner, who hears of things that answer no message."""
        write = self._guests.hear(person.id, person.language_code) if person is not None else None
        if write is not None:
            self._speaking.door.keep(write)

    def _is_claimed(self, message: Message | None) -> bool:
        """Make the person the owner who opens the link for that; True if nothing else is to be made of a message."""
        found = OWNS.fullmatch(message.text or "") if message and message.chat.type == ChatType.PRIVATE else None
        if message is None or message.from_user is None or found is None or not self._guests.fits(found[1]):
            return False
        if self._guests.owner is None:
            self._speaking.door.keep(self._guests.claim(message.from_user.id), partial(self._greet_owner, message))
        elif not self._guests.is_owner(message.from_user.id):
            return False
        else:
            self._speaking.reply(message, lambda texts: texts.access.yours())
        return True

    def _greet_owner(self, message: Message, owns: bool) -> None:  # noqa: FBT001 - the answer of a write
        """Tell a person who has become the owner so; of two who open the link at once, one does."""
        if owns:
            log.info("owner.found")
            self._speaking.reply_after(message, lambda texts: texts.access.yours())
        else:
            self._speaking.reply_after(message, _not_allowed(message.chat.id))

    def _let_in(self, change: ChatMemberUpdated) -> None:
        """Let a group in to which somebody adds the bot who may use it."""
        if _is_added(change) and not self._guests.admits(change.chat.id) and self._guests.admits(change.from_user.id):
            log.info("guest.allowed", chat=change.chat.id)
            self._speaking.door.keep(self._guests.allow(change.chat.id))

    def _refuse(self, update: Update, chat: Chat) -> None:
        """Name the chat in the log, where the operator finds its id, and tell the chat the same, once a day."""
        is_private = chat.type == ChatType.PRIVATE
        if self._logged[is_private].is_time(chat.id):
            log.info("chat.not_allowed", chat=chat.id, type=chat.type)
        if query := update.callback_query:
            self._speaking.door.say(chat.id, partial(self._alert, query, chat))
        if (change := update.my_chat_member) and chat.type in GROUPS:
            self._change(change)
        message = update.message
        if message is not None and message.migrate_to_chat_id is not None:
            self._move(chat.id, message.migrate_to_chat_id)
        elif message is not None and message.migrate_from_chat_id is not None:
            self._move(message.migrate_from_chat_id, chat.id)
        elif message is not None and _says_something(message) and self._told[is_private].is_time(chat.id):
            say = partial(self._speaking.reply_now, message, _not_allowed(chat.id))
            put = partial(self._speaking.door.replies.put, chat.id, say, counts=True)
            self._speaking.door.keep(self._tell_stranger(chat.id), lambda may: put() if may else None)

    def _tell_stranger(self, chat_id: int) -> Callable[[], Awaitable[bool]]:
        """Return what stores, for restarts, that a chat is told, and tells whether it may be."""
        return partial(self._store.tell_stranger, chat_id, self._now(), MOST_STRANGERS)

    def _change(self, change: ChatMemberUpdated) -> None:
        """Speak in a moment of a group to which a stranger adds the bot, unless it leaves before."""
        if _is_added(change):
            self._added[change.chat.id] = change
            self._settle_later(change.chat.id)
        elif change.new_chat_member.status in GONE:
            self._added.pop(change.chat.id, None)

    def _move(self, old_chat_id: int, new_chat_id: int) -> None:
        """Take along what a group was told that becomes a supergroup."""
        for seldom in (self._told[False], self._offered):
            seldom.move(old_chat_id, new_chat_id)
        if (change := self._added.pop(old_chat_id, None)) is not None:
            self._added[new_chat_id] = change
            self._settle_later(new_chat_id)
        self._speaking.door.keep(partial(self._store.move_stranger, old_chat_id, new_chat_id))

    def _settle_later(self, chat_id: int) -> None:
        replies = self._speaking.door.replies
        replies.put_later(chat_id, partial(self._settle, chat_id), patience.MEMBERSHIP_SETTLES, counts=True)

    async def _settle(self, chat_id: int) -> None:
        """Tell a group that it may not use the bot, once a day, and let its owner change that.

        By now it may be known as one that has moved.
        """
        change, owner = self._added.pop(chat_id, None), self._guests.owner
        if change is None or self._guests.admits(chat_id) or not self._told[False].is_time(chat_id):
            return
        if not await self._tell_stranger(chat_id)():
            return
        texts = await self._speaking.texts(Chat(chat_id, change.chat.type), change.from_user)
        await tell(change.get_bot(), chat_id, texts.access.not_allowed(chat_id))
        if owner is not None and self._offered.is_time(chat_id):
            self._speaking.door.replies.put(owner, partial(self._offer, owner, chat_id, change), counts=True)

    async def _offer(self, owner: int, chat_id: int, change: ChatMemberUpdated) -> None:
        """Offer the owner to let in a group to which a stranger has added the bot."""
        person = change.from_user
        speaks = User(owner, "", is_bot=False, language_code=self._guests.owner_speaks)
        words = (await self._speaking.texts(Chat(owner, ChatType.PRIVATE), speaks)).access
        names = await name_of(change.get_bot(), chat_id), shown(person.full_name, person.id)
        text = words.added_by_stranger(names[0], chat_id, names[1], person.id)
        await tell(change.get_bot(), owner, text, [[button(words.allow_button(), Admit(chat_id, 1))]])

    async def _alert(self, query: CallbackQuery, chat: Chat) -> None:
        texts = await self._speaking.texts(chat, query.from_user)
        await answer(query, texts.access.not_here(), alert=True)


def _not_allowed(chat_id: int) -> Callable[[Texts], str]:
    return lambda texts: texts.access.not_allowed(chat_id)


def _is_added(change: ChatMemberUpdated) -> bool:
    """Tell whether the bot is in a chat now, and was not before."""
    return change.old_chat_member.status in GONE and change.new_chat_member.status not in GONE


def _says_something(message: Message) -> bool:
    """Tell whether somebody wrote a message there, and not Telegram."""
    return bool(message.text or message.effective_attachment) and not message.is_automatic_forward

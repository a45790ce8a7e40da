"""What the owner decides: who may use the bot, and who owns it. Of anybody else these commands mean nothing."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial

from telegram import (
    CallbackQuery,
    Chat,
    Message,
    MessageOriginChannel,
    MessageOriginChat,
    MessageOriginHiddenUser,
    MessageOriginUser,
    Update,
)
from telegram.constants import ChatType
from telegram.ext import ApplicationHandlerStop, ContextTypes

from bot.engine.guests import Guests, Write
from bot.links import leads_to
from bot.log import get_logger
from bot.media.listened_to import RECORDING_EXTENSIONS
from bot.telegram.receiving.door import Door
from bot.telegram.writing.button_data import Admit, HandOver, KeepOwner, ShowGuests
from bot.telegram.writing.buttons import Keyboard, button
from bot.telegram.writing.messages import answer, edit, reply, tell
from bot.telegram.writing.names import name_of, person_of
from bot.telegram.writing.replies import Say
from bot.text.texts import Texts
from handlers.speaking import Speaking

log = get_logger(__name__)
ON_A_PAGE = 10  # guests: Telegram is asked for the name of each
_ID = re.compile(r"-?[0-9]{1,18}")


@dataclass(frozen=True, slots=True)
class Owning:
    """Obeys the owner. A change holds at once, and is stored before Telegram is told that the update came."""

    door: Door
    speaking: Speaking
    guests: Guests
    greet: Callable[[int], Awaitable[None]]  # a group that was let in

    async def allow(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        self._change(update, context.args or [], let_in=True)

    async def revoke(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        self._change(update, context.args or [], let_in=False)

    def _change(self, update: Update, words: list[str], *, let_in: bool) -> None:
        """Let in, or no longer, who is named behind the command or in the message that it replies to.

        In a group the command alone means the group, and in private it shows who was let in.
        """
        message = self._of_owner(update)
        if message is None:
            return
        guest = _named(message, words)
        if guest is None and not words and message.reply_to_message is None:
            guest = None if message.chat.type == ChatType.PRIVATE else message.chat.id
            if guest is None:
                self.door.say(message.chat.id, partial(self._send_list, message), counts=True)
                raise ApplicationHandlerStop
        if guest is None:
            self.speaking.reply(message, lambda texts: texts.access.whom_do_you_mean())
        elif not let_in and self.guests.is_owner(guest):
            self.speaking.reply(message, lambda texts: texts.access.who_shall_own_it())
        elif not let_in and self.guests.is_listed(guest):
            self.speaking.reply(message, lambda texts: texts.access.is_listed(guest))
        else:
            self.door.keep(self._written(guest, let_in=let_in))
            self.door.say(message.chat.id, partial(self._tell_changed, message, guest, let_in=let_in), counts=True)
        raise ApplicationHandlerStop

    async def owner(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Ask whether a person is really to own the bot."""
        message = self._of_owner(update)
        if message is None:
            return
        person = _named(message, context.args or [])
        if person is None or person < 0 or self.guests.is_owner(person):
            self.speaking.reply(message, lambda texts: texts.access.who_shall_own_it())
        else:
            self.door.say(message.chat.id, partial(self._ask_to_hand_over, message, person), counts=True)
        raise ApplicationHandlerStop

    async def forwarded(self, update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        """Offer to let in who wrote a message that the owner forwards, unless it is one to be transcribed."""
        message = self._of_owner(update)
        if message is None or leads_to((message.text or "").strip(), RECORDING_EXTENSIONS):
            return
        guest = _author(message)
        if guest is None:
            self.speaking.reply(message, lambda texts: texts.access.author_hidden())
        else:
            self.door.say(message.chat.id, partial(self._offer, message, guest), counts=True)
        raise ApplicationHandlerStop

    def admit(self, query: CallbackQuery, carried: Admit) -> None:
        if self._is_by_owner(query):
            let_in = bool(carried.let_in)
            done = partial(self._admitted, query, carried.guest, let_in=let_in)
            self._keep(query, self._written(carried.guest, let_in=let_in), done)

    def hand_over(self, query: CallbackQuery, carried: HandOver) -> None:
        if self._is_by_owner(query):
            self.door.keep(self.guests.hand_over(carried.user_id), partial(self._tell_handed_over, query, carried))

    def _tell_handed_over(self, query: CallbackQuery, carried: HandOver, owns: bool) -> None:  # noqa: FBT001 - of a write
        """Tell what became of it: another process may have heard of another owner before."""
        assert query.message is not None
        if owns:
            log.info("owner.changed")
        say = partial(self._handed_over, query, carried) if owns else partial(self._tell_owners_only, query)
        self.door.replies.put(query.message.chat.id, say)

    async def _tell_owners_only(self, query: CallbackQuery) -> None:
        await self.speaking.alert(query, lambda texts: texts.access.owners_only())

    def keep_owner(self, query: CallbackQuery, _: KeepOwner) -> None:
        if self._is_by_owner(query):
            self._say(query, partial(self._edit, query, lambda texts: texts.access.still_yours()))

    def show(self, query: CallbackQuery, carried: ShowGuests) -> None:
        if self._is_by_owner(query):
            self._say(query, partial(self._show_list, query, carried.number))

    def _of_owner(self, update: Update) -> Message | None:
        """Return a message that the owner wrote; None for any other one."""
        message = update.effective_message
        person = message.from_user if message and message.sender_chat is None else None
        return message if person and self.guests.is_owner(person.id) else None

    def _is_by_owner(self, query: CallbackQuery) -> bool:
        """Tell whether the owner tapped; others get an alert."""
        if self.guests.is_owner(query.from_user.id) and query.message is not None:
            return True
        chat_id = query.from_user.id if query.message is None else query.message.chat.id
        self.door.say(chat_id, partial(self._tell_owners_only, query))
        return False

    def _written(self, guest: int, *, let_in: bool) -> Write:
        log.info("guest.allowed" if let_in else "guest.revoked", chat=guest)
        if let_in and guest < 0:
            self.door.say(guest, partial(self.greet, guest))
        return self.guests.allow(guest) if let_in else self.guests.revoke(guest)

    def _keep(self, query: CallbackQuery, write: Write, say: Say) -> None:
        assert query.message is not None
        chat_id = query.message.chat.id
        self.door.keep(write, lambda _: self.door.replies.put(chat_id, say))

    def _say(self, query: CallbackQuery, say: Say) -> None:
        assert query.message is not None
        self.door.say(query.message.chat.id, say)

    async def _tell_changed(self, message: Message, guest: int, *, let_in: bool) -> None:
        name = await name_of(message.get_bot(), guest)
        words = (await self.speaking.texts(message.chat, message.from_user)).access
        if let_in:
            await reply(message, words.allowed(name, guest))
        else:
            await reply(message, words.open_to_all() if self.guests.are_all else words.revoked(name, guest))

    async def _offer(self, message: Message, guest: int) -> None:
        name = await name_of(message.get_bot(), guest)
        words = (await self.speaking.texts(message.chat, message.from_user)).access
        if self.guests.admits(guest):
            revoke = [[button(words.revoke_button(), Admit(guest, 0))]]
            rows = revoke if self.guests.may_be_revoked(guest) else ()
            await reply(message, words.is_allowed(name, guest), rows)
        else:
            await reply(message, words.may_be_allowed(name, guest), [[button(words.allow_button(), Admit(guest, 1))]])

    async def _ask_to_hand_over(self, message: Message, person: int) -> None:
        name = await name_of(message.get_bot(), person)
        words = (await self.speaking.texts(message.chat, message.from_user)).access
        rows = [[button(words.hand_over_button(), HandOver(person))], [button(words.keep_button(), KeepOwner())]]
        await reply(message, words.really_hand_over(name, person), rows)

    async def _admitted(self, query: CallbackQuery, guest: int, *, let_in: bool) -> None:
        """Tell what a tap came to: who was let in, or who is left on the list."""
        texts = await self.speaking.texts_for(query)
        await answer(query, texts.settings.saved())
        if query.message is None or not query.message.is_accessible:
            return
        if let_in:
            name = await name_of(query.get_bot(), guest)
            await edit(query.message, texts.access.allowed(name, guest), ())
        else:
            await edit(query.message, *await self._list(query, texts, 0))

    async def _handed_over(self, query: CallbackQuery, carried: HandOver) -> None:
        name = await name_of(query.get_bot(), carried.user_id)
        await self._edit(query, lambda texts: texts.access.handed_over(name, carried.user_id))
        self.door.replies.put(carried.user_id, partial(self._greet_owner, query, carried.user_id), counts=True)

    async def _greet_owner(self, query: CallbackQuery, owner: int) -> None:
        """Tell somebody who owns the bot now, in their language, which is asked for: they have not written."""
        person = await person_of(query.get_bot(), owner)
        write = self.guests.hear(owner, person.language_code) if person is not None else None
        if write is not None:
            await write()
        texts = await self.speaking.texts(Chat(owner, ChatType.PRIVATE), person)
        await tell(query.get_bot(), owner, texts.access.yours())

    async def _edit(self, query: CallbackQuery, said: Callable[[Texts], str]) -> None:
        texts = await self.speaking.texts_for(query)
        await answer(query, None)
        assert query.message is not None
        await edit(query.message, said(texts), ())

    async def _send_list(self, message: Message) -> None:
        texts = await self.speaking.texts(message.chat, message.from_user)
        await reply(message, *await self._list(message, texts, 0))

    async def _show_list(self, query: CallbackQuery, number: int) -> None:
        texts = await self.speaking.texts_for(query)
        await answer(query, None)
        assert query.message is not None
        await edit(query.message, *await self._list(query, texts, number))

    async def _list(self, of: Message | CallbackQuery, texts: Texts, number: int) -> tuple[str, Keyboard]:
        """Return a page of the guests, each with a button that lets it in no more."""
        everybody = self.guests.invited
        pages = max(1, -(-len(everybody) // ON_A_PAGE))
        number = min(max(number, 0), pages - 1)
        shown = everybody[number * ON_A_PAGE : (number + 1) * ON_A_PAGE]
        names = await asyncio.gather(*(name_of(of.get_bot(), guest) for guest in shown))
        rows = [[button(f"✕ {name}", Admit(guest, 0))] for name, guest in zip(names, shown, strict=True)]
        turns = [("◀", number - 1), ("▶", number + 1)]
        turning = [button(label, ShowGuests(to)) for label, to in turns if 0 <= to < pages]
        lines = [texts.access.guest(name, guest) for name, guest in zip(names, shown, strict=True)]
        told = texts.access.guests(lines, are_all=self.guests.are_all)
        return told, [*rows, *([turning] if turning else [])]


def _named(message: Message, words: list[str]) -> int | None:
    """Return the id behind a command, or that of the author of the message that it replies to."""
    if words:
        return int(words[0]) if len(words) == 1 and _ID.fullmatch(words[0]) and int(words[0]) else None
    replied = message.reply_to_message
    return None if replied is None else _author(replied)


def _author(message: Message) -> int | None:
    """Return who wrote a message, or what it was forwarded from; None where Telegram does not tell, and for the bot."""
    match message.forward_origin:
        case MessageOriginUser(sender_user=person):
            return person.id
        case MessageOriginChat(sender_chat=chat) | MessageOriginChannel(chat=chat):
            return chat.id
        case MessageOriginHiddenUser():
            return None
    if message.sender_chat is not None:
        return message.sender_chat.id
    author = message.from_user
    return None if author is None or author.id == message.get_bot().id else author.id

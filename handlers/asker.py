"""Somebody who wants something of a recording: whether it is theirs, and whether they may have it otherwise."""

from dataclasses import dataclass

from telegram import CallbackQuery, Chat, Message, User
from telegram.constants import ChatType

from handlers.admins import is_admin, speaks_for_its_chat
from handlers.at_hand import AtHand, Found
from handlers.media import sender_of


@dataclass(frozen=True, slots=True)
class NotAllowed:
    """Somebody may not have a recording transcribed again; `admin` is None where Telegram does not say who is one."""

    admin: bool | None


@dataclass(frozen=True, slots=True)
class Asker:
    """Somebody in a chat. Who `decides` for it may have any recording there transcribed again."""

    chat: Chat
    person: User | None
    user_id: int | None
    decides: bool

    def sent(self, at_hand: AtHand) -> bool:
        """Tell whether the recording is theirs, or may be taken for theirs."""
        return self.decides or (self.user_id is not None and self.user_id == at_hand.new.user_id)

    async def is_admin(self) -> bool | None:
        return self.person is not None and await is_admin(self.chat, self.person)

    async def may_have(self, found: Found) -> Found | NotAllowed:
        """Return what was found, unless it is the recording of somebody else and they are no admin."""
        if isinstance(found, AtHand) and not self.sent(found) and not (admin := await self.is_admin()):
            return NotAllowed(admin)
        return found


def asker_of(message: Message) -> Asker:
    return Asker(message.chat, message.from_user, sender_of(message), speaks_for_its_chat(message))


def asker_with(query: CallbackQuery) -> Asker:
    assert query.message is not None
    chat, person = query.message.chat, query.from_user
    return Asker(chat, person, person.id, chat.type == ChatType.PRIVATE)

"""Who decides for a chat: everybody in a private chat, the posts of a channel, and the admins of a group."""

from telegram import Chat, ChatMember, Message, User
from telegram.constants import ChatType

from bot.errors import RefusedError, VerbatimError
from bot.log import get_logger
from bot.telegram.failures import translated

log = get_logger(__name__)

ADMINS = frozenset({ChatMember.OWNER, ChatMember.ADMINISTRATOR})


def speaks_for_its_chat(message: Message) -> bool:
    """Tell whether a message is by somebody who decides for its chat, without asking Telegram.

    Only admins can post in a channel, and only admins who are anonymous write in the name of their group.
    """
    is_anonymous = message.sender_chat is not None and message.sender_chat.id == message.chat.id
    return message.chat.type in {ChatType.PRIVATE, ChatType.CHANNEL} or is_anonymous


async def is_admin(chat: Chat, person: User) -> bool | None:
    """Ask whether a person is an admin of a chat; None if Telegram does not say.

    It is asked every time: an answer that is remembered would keep the rights of somebody who has lost them.
    """
    try:
        with translated():
            return await _is_admin(chat, person)
    except VerbatimError as error:
        log.warning("admin.unknown", reason=str(error))
        return None


async def _is_admin(chat: Chat, person: User) -> bool:
    """Ask for the member, or for the admins in a group that does not show its members."""
    try:
        with translated():
            return (await chat.get_member(person.id)).status in ADMINS
    except RefusedError:
        return person.id in {admin.user.id for admin in await chat.get_administrators()}

"""Who decides for a chat: everybody in a private chat, the posts of a channel, and the admins of a group."""

from telegram import Bot, Chat, ChatMember, Message, User
from telegram.constants import ChatType

from bot.errors import ChatMovedError, RefusedError, VerbatimError
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
    """Ask whether a person is an admin of a chat, or of what it has become; None if Telegram does not say.

    It is asked every time: an answer that is remembered would keep the rights of somebody who has lost them.
    """
    try:
        try:
            return await _is_admin(chat.get_bot(), chat.id, person.id)
        except ChatMovedError as moved:
            return await _is_admin(chat.get_bot(), moved.new_chat_id, person.id)
    except VerbatimError as error:
        log.warning("admin.unknown", reason=str(error))
        return None


async def _is_admin(bot: Bot, chat_id: int, user_id: int) -> bool:
    """Ask for the member, or for the admins in a group that does not show its members."""
    try:
        with translated():
            return (await bot.get_chat_member(chat_id, user_id)).status in ADMINS
    except RefusedError:
        with translated():
            return user_id in {admin.user.id for admin in await bot.get_chat_administrators(chat_id)}

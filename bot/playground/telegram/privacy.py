"""The messages that reach the bot: those that its membership and the privacy mode of the chat allow."""

from typing import Any

from bot.playground.telegram.conversation import INSIDE, Conversation
from bot.playground.telegram.people import User
from bot.playground.telegram.text import cut_out

SERVICE = frozenset(
    {
        "new_chat_members",
        "left_chat_member",
        "migrate_to_chat_id",
        "migrate_from_chat_id",
        "forum_topic_created",
        "forum_topic_closed",
    }
)


def reaches_bot(chat: Conversation, message: dict[str, Any], bot: User) -> bool:
    if message.get("left_chat_member", {}).get("id") == bot.id:
        return True
    if chat.bot_status not in INSIDE:
        return False
    if message.get("from", {}).get("id") == bot.id:
        return False
    if chat.type in {"private", "channel"} or not chat.privacy or chat.bot_status == "administrator":
        return True
    return bool(SERVICE & message.keys()) or _answers(message, bot) or _commands(message, bot)


def _answers(message: dict[str, Any], bot: User) -> bool:
    replied = message.get("reply_to_message", {})
    return bool(replied.get("from", {}).get("id") == bot.id)


def _commands(message: dict[str, Any], bot: User) -> bool:
    """Say whether a message has a command for this bot, or for no bot by name."""
    for entity in message.get("entities", []):
        if entity["type"] == "bot_command":
            _, _, addressee = cut_out(message["text"], entity).partition("@")
            return addressee.lower() in {"", str(bot.username).lower()}
    return False

"""The messages that reach the bot: those that its membership and the privacy mode of the chat allow.

With privacy mode on a bot sees in groups, as the documentation of Telegram says: service messages, commands that name
it, commands that name no bot if no other bot has written since, and replies to its messages and to those that were
meant for it. A reply to another bot belongs to that one alone. A mention is nothing that it sees.
"""

from typing import Any

from bot.playground.telegram.conversation import INSIDE, Conversation
from bot.playground.telegram.people import ACCOUNTS, User
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
    if chat.bot_status not in INSIDE or is_by_a_bot(message):
        return False
    if chat.type in {"private", "channel"} or not chat.privacy or chat.bot_status == "administrator":
        return True
    return bool(SERVICE & message.keys()) or is_meant_for(chat, message, bot)


def is_by_a_bot(message: dict[str, Any]) -> bool:
    """Say whether a bot wrote a message, and not an account of Telegram's that stands for a chat."""
    author = message.get("from", {})
    return bool(author.get("is_bot")) and author["id"] not in ACCOUNTS


def is_meant_for(chat: Conversation, message: dict[str, Any], bot: User) -> bool:
    """Say whether a message of a person in a group is meant for the bot."""
    replied = message.get("reply_to_message", {})
    if is_by_a_bot(replied):
        return bool(replied["from"]["id"] == bot.id)
    addressee = _addressee(message)
    if addressee is not None:
        return addressee == str(bot.username).lower() or (not addressee and chat.last_bot in {None, bot.id})
    return "message_id" in replied and is_meant_for(chat, chat.find(replied["message_id"]) or replied, bot)


def _addressee(message: dict[str, Any]) -> str | None:
    """Return the bot that a command names, "" if it names none, or None if there is no command."""
    for entity in message.get("entities", []):
        if entity["type"] == "bot_command":
            return cut_out(message["text"], entity).partition("@")[2].lower()
    return None

"""The names of chats and people, as Telegram tells them when they are needed: none is stored."""

from telegram import Bot

from bot.errors import VerbatimError
from bot.telegram.failures import translated

LONGEST = 40  # characters


async def name_of(bot: Bot, chat_id: int) -> str:
    """Return the name of a chat or a person on one line; the id where Telegram does not tell it."""
    try:
        with translated():
            chat = await bot.get_chat(chat_id)
    except VerbatimError:
        return str(chat_id)
    name = " ".join((chat.title or chat.full_name or "").split())
    printable = "".join(each for each in name if each.isprintable())[:LONGEST].strip()
    return printable or str(chat_id)

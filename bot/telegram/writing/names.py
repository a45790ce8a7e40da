"""Who chats and people are, as Telegram tells it when it is needed: no name is stored."""

from telegram import Bot, User

from bot.errors import VerbatimError
from bot.telegram.calls import Calls
from bot.telegram.failures import translated

LONGEST = 40  # characters
SECONDS = 5.0  # after which a name is not worth more waiting


async def name_of(bot: Bot, chat_id: int) -> str:
    """Return the name of a chat or a person on one line; the id where Telegram does not tell it."""
    try:
        with translated():
            chat = await bot.get_chat(chat_id)
    except VerbatimError:
        return str(chat_id)
    return shown(chat.title or chat.full_name, chat_id)


async def person_of(bot: Bot, user_id: int) -> User | None:
    """Return a person with whom the bot has a private chat; None where Telegram does not tell."""
    try:
        with translated():
            return (await bot.get_chat_member(user_id, user_id)).user
    except VerbatimError:
        return None


async def sender_of(calls: Calls, chat_id: int, user_id: int | None) -> str | None:
    """Return what the sender of something in a chat is called, in their own words; None where Telegram does not tell.

    Where nobody is named, the chat itself has sent it.
    """
    about = {"chat_id": chat_id} if user_id is None else {"chat_id": chat_id, "user_id": user_id}
    try:
        with translated():
            told = await calls.make("getChat" if user_id is None else "getChatMember", about, seconds=SECONDS)
            named = told if user_id is None else told["user"]
            names = [named.get(name) for name in ("title", "first_name", "last_name")]
    except VerbatimError:
        return None
    return " ".join(each for each in names if isinstance(each, str) and each) or None


def shown(name: str | None, chat_id: int) -> str:
    """Return a name that people have given on one short line; the id where nothing of it can be shown."""
    printable = "".join(each for each in " ".join((name or "").split()) if each.isprintable())
    return printable[:LONGEST].strip() or str(chat_id)

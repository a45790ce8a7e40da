"""Pictures that the bot sends, with a text below them."""

from telegram import Message

from bot.telegram.calls import Calls, Picture
from bot.telegram.failures import translated


async def reply_with_picture(calls: Calls, message: Message, picture: bytes, caption: str) -> None:
    """Reply to a private message with a picture; a failure raises one of `bot.errors`."""
    reply = {"message_id": message.message_id, "allow_sending_without_reply": True}
    parameters = {"chat_id": message.chat.id, "caption": caption, "reply_parameters": reply}
    with translated():
        await calls.make("sendPhoto", parameters, document=Picture(picture))

"""Pictures and files that the bot replies with, with a text below them."""

from telegram import Message

from bot.telegram.calls import Calls, Picture
from bot.telegram.failures import translated
from bot.telegram.writing.messages import direct_topic_of
from bot.text.layout import Document


async def reply_with(calls: Calls, message: Message, attached: Picture | Document, caption: str) -> None:
    """Reply in the message's topic; a failure raises one of `bot.errors`."""
    parameters = {
        "chat_id": message.chat.id,
        "message_thread_id": message.message_thread_id if message.is_topic_message else None,
        "direct_messages_topic_id": direct_topic_of(message),
        "caption": caption,
        "reply_parameters": {"message_id": message.message_id, "allow_sending_without_reply": True},
    }
    method = "sendPhoto" if isinstance(attached, Picture) else "sendDocument"
    with translated():
        await calls.make(method, parameters, document=attached)

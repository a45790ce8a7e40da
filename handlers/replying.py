"""Answering a message where it was written."""

from telegram import LinkPreviewOptions, Message, ReplyParameters
from telegram.error import RetryAfter, TelegramError

from bot.log import get_logger

log = get_logger(__name__)


async def reply(message: Message, text: str) -> None:
    """Reply in the message's topic. A reply that Telegram does not take is let go: the asker can ask again."""
    try:
        await message.get_bot().send_message(
            message.chat.id,
            text,
            message_thread_id=message.message_thread_id if message.is_topic_message else None,
            reply_parameters=ReplyParameters(message.message_id, allow_sending_without_reply=True),
            link_preview_options=LinkPreviewOptions(is_disabled=True),
        )
    except RetryAfter:
        log.info("reply.dropped", reason="Telegram asks for patience")
    except TelegramError as error:
        log.warning("reply.dropped", reason=type(error).__name__)

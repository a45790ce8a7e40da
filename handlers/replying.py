"""Answering a message where it was written."""

from telegram import LinkPreviewOptions, Message, ReplyParameters
from telegram.error import RetryAfter, TelegramError
from telegram.ext import ExtBot

from bot.errors import RateLimitedError
from bot.log import get_logger
from bot.telegram.pace import Urgency

log = get_logger(__name__)


async def reply(message: Message, text: str) -> None:
    """Reply in the message's topic. A reply that does not get through is let go: the asker can ask again."""
    bot = message.get_bot()
    assert isinstance(bot, ExtBot)
    try:
        await bot.send_message(
            message.chat.id,
            text,
            message_thread_id=message.message_thread_id if message.is_topic_message else None,
            reply_parameters=ReplyParameters(message.message_id, allow_sending_without_reply=True),
            link_preview_options=LinkPreviewOptions(is_disabled=True),
            rate_limit_args=Urgency.PLACEHOLDER,
        )
    except (RetryAfter, RateLimitedError):
        log.info("reply.dropped", reason="there is no room for it in the pace")
    except TelegramError as error:
        log.warning("reply.dropped", reason=type(error).__name__)

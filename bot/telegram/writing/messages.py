"""What handlers say and ask over the network, behind the door: each waits for Telegram, and is put into `Replies`."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from telegram import (
    Bot,
    CallbackQuery,
    ForceReply,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    LinkPreviewOptions,
    MaybeInaccessibleMessage,
    Message,
    ReplyParameters,
)
from telegram.ext import ExtBot

from bot.errors import ChatMovedError, MessageGoneError, VerbatimError
from bot.log import get_logger
from bot.telegram.failures import translated
from bot.telegram.pace import Urgency
from bot.telegram.refusals import NotModifiedError
from bot.telegram.writing.buttons import Keyboard

log = get_logger(__name__)


@contextmanager
def _once(event: str) -> Iterator[None]:
    """Log a failure under `event` and go on. ChatMovedError is raised, so that the chat is followed."""
    try:
        with translated():
            yield
    except ChatMovedError:
        raise
    except VerbatimError as error:
        log.info(event, reason=str(error))


def direct_topic_of(message: Message) -> int | None:
    """Return the topic of a message in the direct messages of a channel, where every message needs one."""
    topic = message.direct_messages_topic
    return None if topic is None else topic.topic_id


async def reply(message: Message, text: str, rows: Keyboard = (), *, to: int | None = None) -> None:
    """Reply in the message's topic, unless that does not get through or would have to wait for long.

    `to` is another message of the chat, which is replied to instead.
    """
    bot = message.get_bot()
    assert isinstance(bot, ExtBot)
    with _once("reply.dropped"):
        await bot.send_message(
            message.chat.id,
            text,
            message_thread_id=message.message_thread_id if message.is_topic_message else None,
            direct_messages_topic_id=direct_topic_of(message),
            reply_parameters=ReplyParameters(to or message.message_id, allow_sending_without_reply=True),
            link_preview_options=LinkPreviewOptions(is_disabled=True),
            reply_markup=_markup(rows),
            rate_limit_args=Urgency.PLACEHOLDER,
        )


async def reply_to_it(message: MaybeInaccessibleMessage, text: str, rows: Keyboard) -> None:
    """Reply to a message of the bot's, unless that does not get through or would have to wait for long.

    Where the chat has moved, the text is sent to the new one, and ChatMovedError is raised after it.
    """
    bot = message.get_bot()
    assert isinstance(bot, ExtBot)
    try:
        with _once("reply.dropped"):
            await bot.send_message(message.chat.id, text, reply_markup=_markup(rows), **_beside(message))
    except ChatMovedError as moved:
        await tell(bot, moved.new_chat_id, text, rows)
        raise


async def ask(message: MaybeInaccessibleMessage, text: str, placeholder: str) -> tuple[int, int] | None:
    """Reply with a question, for whose answer apps open a field; return its chat and its id, None without it.

    Where the chat has moved, the question is sent to the new one.
    """
    bot = message.get_bot()
    assert isinstance(bot, ExtBot)
    chat_id, sent = message.chat.id, None
    force = ForceReply(input_field_placeholder=placeholder)
    with _once("question.dropped"):
        try:
            with translated():
                sent = await bot.send_message(chat_id, text, reply_markup=force, **_beside(message))
        except ChatMovedError as moved:
            chat_id = moved.new_chat_id
            sent = await bot.send_message(chat_id, text, reply_markup=force, rate_limit_args=Urgency.PLACEHOLDER)
    return None if sent is None else (chat_id, sent.message_id)


def _beside(message: MaybeInaccessibleMessage) -> dict[str, Any]:
    """Return where a reply to a message of the bot's goes."""
    seen = message if isinstance(message, Message) else None
    return {
        "message_thread_id": seen.message_thread_id if seen and seen.is_topic_message else None,
        "direct_messages_topic_id": direct_topic_of(seen) if seen else None,
        "reply_parameters": ReplyParameters(message.message_id, allow_sending_without_reply=True),
        "link_preview_options": LinkPreviewOptions(is_disabled=True),
        "rate_limit_args": Urgency.PLACEHOLDER,
    }


async def tell(bot: Bot, chat_id: int, text: str, rows: Keyboard = ()) -> None:
    """Send a message that replies to none, unless that does not get through or would have to wait for long."""
    assert isinstance(bot, ExtBot)
    with _once("message.dropped"):
        await bot.send_message(
            chat_id,
            text,
            link_preview_options=LinkPreviewOptions(is_disabled=True),
            reply_markup=_markup(rows),
            rate_limit_args=Urgency.PLACEHOLDER,
        )


async def edit(message: MaybeInaccessibleMessage, text: str, rows: Keyboard) -> bool:
    """Turn a message of the bot's into another one, which it may be already.

    Return False where that does not get through or would have to wait for long.
    """
    bot = message.get_bot()
    assert isinstance(bot, ExtBot)
    try:
        with translated():
            await bot.edit_message_text(
                text,
                message.chat.id,
                message.message_id,
                reply_markup=_markup(rows),
                link_preview_options=LinkPreviewOptions(is_disabled=True),
                rate_limit_args=Urgency.PLACEHOLDER,
            )
    except NotModifiedError:
        return True
    except ChatMovedError:
        raise
    except VerbatimError as error:
        log.info("page.not_shown", reason=str(error))
        return False
    return True


async def change_buttons(message: MaybeInaccessibleMessage, rows: Keyboard) -> None:
    """Give a message of the bot's other buttons, unless that does not get through or would have to wait for long."""
    bot = message.get_bot()
    assert isinstance(bot, ExtBot)
    with suppress(NotModifiedError), _once("buttons.not_shown"):
        await bot.edit_message_reply_markup(
            message.chat.id,
            message.message_id,
            reply_markup=_markup(rows),
            rate_limit_args=Urgency.PLACEHOLDER,
        )


async def is_gone(bot: Bot, chat_id: int, message_id: int, rows: Keyboard) -> bool:
    """Tell whether a message of the bot's was deleted. If it is there, or Telegram does not tell, it has these buttons.

    Nothing else tells that without being seen: nobody is told of a deletion.
    """
    assert isinstance(bot, ExtBot)
    try:
        with translated():
            await bot.edit_message_reply_markup(
                chat_id, message_id, reply_markup=_markup(rows), rate_limit_args=Urgency.PLACEHOLDER
            )
    except MessageGoneError:
        return True
    except VerbatimError:
        return False
    return False


def _markup(rows: Keyboard) -> InlineKeyboardMarkup | None:
    buttons = [[InlineKeyboardButton(each.text, callback_data=each.data) for each in row] for row in rows]
    return InlineKeyboardMarkup(buttons) if rows else None


async def answer(query: CallbackQuery, text: str | None, *, alert: bool = False) -> None:
    """Answer a press with a toast or an alert; one that is too old for that has been acted upon all the same."""
    with _once("query.unanswered"):
        await query.answer(text, show_alert=alert)


async def remove(message: MaybeInaccessibleMessage) -> None:
    """Delete a message of the bot's, if Telegram lets it."""
    with _once("orphan.left"):
        await message.get_bot().delete_message(message.chat.id, message.message_id)

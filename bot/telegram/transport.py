"""What the engine writes in Telegram, one method each, with failures in this project's words."""

from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from telegram import InlineKeyboardMarkup, InputMediaDocument, LinkPreviewOptions, MessageEntity, ReplyParameters
from telegram.ext import ExtBot

from bot.activity import Doing, doing
from bot.errors import UnknownMessageError
from bot.telegram.buttons import cancel_button
from bot.telegram.failures import NotModifiedError, ThreadGoneError, translated
from bot.telegram.pace import Pace, Urgency
from bot.text.layout import Document, Page, utf16_length

NO_PREVIEW = LinkPreviewOptions(is_disabled=True)


@dataclass(frozen=True, slots=True)
class Transport:
    """Sends, edits and deletes messages. Writes beyond the pace raise RateLimitedError."""

    bot: ExtBot[str] = field(repr=False)  # which shows its token
    pace: Pace

    def check_pace(self, chat_id: int) -> None:
        """Raise RateLimitedError if a placeholder could not be sent to the chat now."""
        self.pace.check(chat_id, Urgency.PLACEHOLDER)

    async def send_placeholder(  # noqa: PLR0913 - where a message goes is said by four numbers
        self,
        chat_id: int,
        text: str,
        *,
        job_id: int,
        thread_id: int | None,
        reply_to: int | None,
        urgency: Urgency,
        direct_topic_id: int | None = None,
    ) -> int:
        """Send a message with a cancel button, and return its id."""
        return await self._send(
            chat_id,
            text,
            thread_id,
            direct_messages_topic_id=direct_topic_id,
            reply_parameters=_reply(reply_to),
            reply_markup=cancel_button(job_id),
            link_preview_options=NO_PREVIEW,
            disable_notification=True,
            rate_limit_args=urgency,
        )

    async def send_answer(self, chat_id: int, text: str, *, thread_id: int | None, reply_to: int | None) -> int:
        """Send a message that is to stay as it is, and return its id."""
        return await self._send(
            chat_id,
            text,
            thread_id,
            reply_parameters=_reply(reply_to),
            link_preview_options=NO_PREVIEW,
            disable_notification=True,
            rate_limit_args=Urgency.ANSWER,
        )

    async def _send(self, chat_id: int, text: str, thread_id: int | None, **options: Any) -> int:
        """Send a message and return its id; where its topic is gone, or the chat has none, to the chat itself."""
        try:
            with doing(Doing.WRITING), translated():
                message = await self.bot.send_message(chat_id, text, message_thread_id=thread_id, **options)
        except ThreadGoneError:
            if thread_id is None and options.get("direct_messages_topic_id") is None:
                raise
            return await self._send(chat_id, text, None, **options | {"direct_messages_topic_id": None})
        return message.message_id

    async def edit_placeholder(self, chat_id: int, message_id: int, text: str, *, job_id: int) -> None:
        """Let the placeholder say something else, its button staying."""
        await self._edit(chat_id, message_id, Page(text, collapsed=False), cancel_button(job_id), Urgency.PLACEHOLDER)

    async def show(self, chat_id: int, message_id: int, answer: Page | Document) -> None:
        """Turn a message into (a page of) the answer; doing it again changes nothing."""
        if isinstance(answer, Page):
            await self._edit(chat_id, message_id, answer, None, Urgency.ANSWER)
            return
        media = InputMediaDocument(answer.content, filename=answer.file_name, caption=answer.caption)
        with doing(Doing.WRITING), translated():
            await self.bot.edit_message_media(media, chat_id, message_id, rate_limit_args=Urgency.ANSWER)

    async def _edit(
        self, chat_id: int, message_id: int, page: Page, button: InlineKeyboardMarkup | None, urgency: Urgency
    ) -> None:
        try:
            with doing(Doing.WRITING), translated():
                await self.bot.edit_message_text(
                    page.text,
                    chat_id,
                    message_id,
                    entities=_entities(page),
                    reply_markup=button,
                    link_preview_options=NO_PREVIEW,
                    rate_limit_args=urgency,
                )
        except NotModifiedError:
            pass

    async def say(self, chat_id: int, text: str, *, thread_id: int | None, direct_topic_id: int | None = None) -> None:
        """Send a message of its own, such as news about the chat's settings; nobody needs to know its id."""
        with suppress(UnknownMessageError):
            await self._send(
                chat_id,
                text,
                thread_id,
                direct_messages_topic_id=direct_topic_id,
                rate_limit_args=Urgency.ANSWER,
            )

    async def delete(self, chat_id: int, message_id: int) -> None:
        with doing(Doing.WRITING), translated():
            await self.bot.delete_message(chat_id, message_id)


def _reply(message_id: int | None) -> ReplyParameters | None:
    return None if message_id is None else ReplyParameters(message_id, allow_sending_without_reply=True)


def _entities(page: Page) -> list[MessageEntity] | None:
    if not page.collapsed:
        return None
    return [MessageEntity(MessageEntity.EXPANDABLE_BLOCKQUOTE, 0, utf16_length(page.text))]

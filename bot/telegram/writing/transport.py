"""What the engine writes in Telegram, one method each, with failures in this project's words."""

from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from telegram import InputFile, InputMediaDocument, LinkPreviewOptions, MessageEntity, ReplyParameters
from telegram.ext import ExtBot

from bot.activity import Doing, doing
from bot.errors import ChatRefusesError, PlaceholderGoneError, UnknownMessageError
from bot.telegram.failures import translated
from bot.telegram.pace import Pace, Urgency
from bot.telegram.refusals import NotModifiedError, ThreadGoneError
from bot.telegram.writing.buttons import cancel_button
from bot.text.layout import Document, Page, utf16_length

NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
Shown = Page | Document


@dataclass(frozen=True, slots=True)
class Place:
    """Where a message goes: a chat, a topic of it, the message it replies to and, if that is elsewhere, its chat.

    `direct_topic_id` is the topic of a person in the direct messages of a channel.
    """

    chat_id: int
    thread_id: int | None = None
    reply_to: int | None = None
    reply_chat_id: int | None = None
    direct_topic_id: int | None = None

    @property
    def topics(self) -> dict[str, Any]:
        """The topics, as a call names them."""
        return {"message_thread_id": self.thread_id, "direct_messages_topic_id": self.direct_topic_id}


@dataclass(frozen=True, slots=True)
class Transport:
    """Sends, edits and deletes messages. Writes beyond the pace raise RateLimitedError.

    A message that names a job has its cancel button.
    """

    bot: ExtBot[str] = field(repr=False)  # which shows its token
    pace: Pace

    def check_pace(self, chat_id: int) -> None:
        """Raise RateLimitedError if a placeholder could not be sent to the chat now."""
        self.pace.check(chat_id, Urgency.PLACEHOLDER)

    def is_known_to_refuse(self, chat_id: int) -> bool:
        """Tell whether the chat has refused a message, and has taken none since."""
        return self.pace.refusing.is_known(chat_id)

    def is_known_to_take(self, chat_id: int) -> bool:
        """Tell whether the chat has taken a message lately."""
        return self.pace.refusing.is_known_to_take(chat_id)

    def ask_again(self, chat_id: int) -> None:
        """Let the next message go to a chat that refused one, as somebody there has written."""
        self.pace.refusing.ask_again(chat_id)

    async def send(self, place: Place, shown: Shown, *, urgency: Urgency, job_id: int | None = None) -> int:
        """Send a message, quietly, and return its id.

        Where its topic takes none, or nothing can reply to that message, it goes to the chat itself, as no reply: one
        would lead to the topic again.
        """
        options = _options(shown, job_id) | {"disable_notification": True, "rate_limit_args": urgency}
        return await self._send(place, shown, reply_parameters=_reply(place), **options)

    async def _send(self, place: Place, shown: Shown, **options: Any) -> int:
        try:
            with doing(Doing.WRITING), translated():
                if isinstance(shown, Page):
                    sent = await self.bot.send_message(place.chat_id, shown.text, **place.topics, **options)
                else:
                    file = InputFile(shown.content, shown.file_name)
                    sent = await self.bot.send_document(place.chat_id, file, **place.topics, **options)
        except (ThreadGoneError, PlaceholderGoneError) as error:
            if place == Place(place.chat_id):
                raise ChatRefusesError(str(error), known=False) from None
            return await self._send(Place(place.chat_id), shown, **options | {"reply_parameters": None})
        return sent.message_id

    async def edit(
        self, chat_id: int, message_id: int, shown: Shown, *, urgency: Urgency, job_id: int | None = None
    ) -> None:
        """Turn a message into another one, a text also into a file; doing it again changes nothing."""
        options = _options(shown, job_id) | {"rate_limit_args": urgency}
        try:
            with doing(Doing.WRITING), translated():
                if isinstance(shown, Page):
                    await self.bot.edit_message_text(shown.text, chat_id, message_id, **options)
                else:
                    caption = options.pop("caption")
                    media = InputMediaDocument(shown.content, filename=shown.file_name, caption=caption)
                    await self.bot.edit_message_media(media, chat_id, message_id, **options)
        except NotModifiedError:
            pass
        except ThreadGoneError as error:
            raise PlaceholderGoneError(str(error)) from None

    async def say(self, place: Place, text: str) -> None:
        """Send a message of its own, such as news about the chat's settings; nobody needs to know its id."""
        with suppress(UnknownMessageError):
            await self._send(place, Page(text, collapsed=False), rate_limit_args=Urgency.ANSWER)

    async def delete(self, chat_id: int, message_id: int) -> None:
        with doing(Doing.WRITING), translated():
            await self.bot.delete_message(chat_id, message_id)


def _options(shown: Shown, job_id: int | None) -> dict[str, Any]:
    """Return what the calls that send and that edit have in common."""
    button = {"reply_markup": None if job_id is None else cancel_button(job_id)}
    if isinstance(shown, Document):
        return button | {"caption": shown.caption}
    return button | {"entities": _entities(shown), "link_preview_options": NO_PREVIEW}


def _reply(place: Place) -> ReplyParameters | None:
    if place.reply_to is None:
        return None
    return ReplyParameters(place.reply_to, chat_id=place.reply_chat_id, allow_sending_without_reply=True)


def _entities(page: Page) -> list[MessageEntity] | None:
    if not page.collapsed:
        return None
    return [MessageEntity(MessageEntity.EXPANDABLE_BLOCKQUOTE, 0, utf16_length(page.text))]

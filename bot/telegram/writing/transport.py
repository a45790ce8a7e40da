"""What the engine writes in Telegram, one method each, with failures in this project's words."""

from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from bot.activity import Doing, doing, surely_ours
from bot.errors import ChatRefusesError, PlaceholderGoneError, UnknownMessageError
from bot.telegram.calls import DOCUMENT, Calls
from bot.telegram.failures import translated
from bot.telegram.pace import Pace, Urgency
from bot.telegram.refusals import NotModifiedError, ThreadGoneError
from bot.telegram.writing.buttons import Keyboard, keyboard
from bot.text.layout import Document, Page, utf16_length

Shown = Page | Document
Parameters = dict[str, Any]  # of a call


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
    """Sends, edits and deletes messages. Writes beyond the pace wait for it, or raise RateLimitedError."""

    calls: Calls = field(repr=False)  # which know the token
    pace: Pace

    async def await_pace(self, chat_id: int) -> None:
        """Wait until a placeholder may be sent to the chat, at once then; RateLimitedError where that takes long."""
        await self.pace.reserve(chat_id)

    async def ask_pace(self, chat_id: int) -> None:
        """Raise RateLimitedError, with the seconds to wait, unless a placeholder may be sent to the chat at once."""
        await self.pace.reserve(chat_id, longest=0.0)

    def has_room_to_edit(self, chat_id: int) -> bool:
        """Tell whether an edit may go to the chat at once that takes no place of an answer."""
        return not self.is_known_to_refuse(chat_id) and self.pace.has_room_to_edit(chat_id)

    def others_come_first(self, chat_id: int) -> bool:
        """Tell whether a placeholder has to wait, for seconds, only as all chats together are written to so much.

        That is so of a chat that takes messages, as far as anybody knows: it has taken the last one, or it is a private
        chat, where somebody has just written, which a person who has blocked the bot cannot do.
        """
        refusing = self.pace.refusing
        takes = refusing.is_known_to_take(chat_id) or (chat_id > 0 and not refusing.is_known(chat_id))
        return takes and self.pace.others_come_first(chat_id)

    def is_known_to_refuse(self, chat_id: int) -> bool:
        """Tell whether the chat has refused a message, and has taken none since."""
        return self.pace.refusing.is_known(chat_id)

    def is_known_to_take(self, chat_id: int) -> bool:
        """Tell whether the chat has taken a message lately."""
        return self.pace.refusing.is_known_to_take(chat_id)

    def ask_again(self, chat_id: int) -> None:
        """Let the next message go to a chat that refused one, as somebody there has written."""
        self.pace.refusing.ask_again(chat_id)

    async def send(self, place: Place, shown: Shown, *, urgency: Urgency, rows: Keyboard = ()) -> int:
        """Send a message, quietly, and return its id.

        Where its topic takes none, or nothing can reply to that message, it goes to the chat itself, as no reply: one
        would lead to the topic again.
        """
        said = _said(shown, rows) | {"disable_notification": True}
        return await self._send(place, shown, said | {"reply_parameters": _reply(place)}, urgency)

    async def _send(self, place: Place, shown: Shown, said: Parameters, urgency: Urgency) -> int:
        method = "sendMessage" if isinstance(shown, Page) else "sendDocument"
        try:
            sent = await self._write(method, shown, place.topics | {"chat_id": place.chat_id} | said, urgency)
        except (ThreadGoneError, PlaceholderGoneError) as error:
            if place == Place(place.chat_id):
                raise ChatRefusesError(str(error), known=False) from None
            return await self._send(Place(place.chat_id), shown, said | {"reply_parameters": None}, urgency)
        message_id: int = sent["message_id"]
        return message_id

    async def _write(self, method: str, shown: Shown, parameters: Parameters, urgency: Urgency) -> Any:
        """Make a call that writes, in its pace."""
        document = shown if isinstance(shown, Document) else None
        topic = parameters.get("message_thread_id") or parameters.get("direct_messages_topic_id")
        call = partial(self._show, method, parameters, document)
        with doing(Doing.WRITING), translated():
            return await self.pace.paced(method, parameters["chat_id"], topic, urgency, call)

    async def _show(self, method: str, parameters: Parameters, document: Document | None = None) -> Any:
        await surely_ours(edits=method.startswith("edit"))
        return await self.calls.make(method, parameters, document=document)

    async def edit(self, chat_id: int, message_id: int, shown: Shown, *, urgency: Urgency, rows: Keyboard = ()) -> None:
        """Turn a message into another one, a text also into a file; doing it again changes nothing."""
        method, parameters = "editMessageText", _said(shown, rows) | {"chat_id": chat_id, "message_id": message_id}
        if isinstance(shown, Document):
            method, caption = "editMessageMedia", parameters.pop("caption")
            parameters["media"] = {"type": "document", "media": f"attach://{DOCUMENT}", "caption": caption}
        try:
            await self._write(method, shown, parameters, urgency)
        except NotModifiedError:
            pass
        except ThreadGoneError as error:
            raise PlaceholderGoneError(str(error)) from None

    async def say(self, place: Place, text: str) -> None:
        """Send a message of its own, such as news about the chat's settings; nobody needs to know its id."""
        with suppress(UnknownMessageError):
            await self._send(place, Page(text, collapsed=False), {"text": text}, Urgency.ANSWER)

    async def ring(self, place: Place, text: str) -> None:
        """Send a message that is heard, as a reply; nobody needs to know its id."""
        said = {"text": text, "reply_parameters": _reply(place)}
        with suppress(UnknownMessageError):
            await self._send(place, Page(text, collapsed=False), said, Urgency.ANSWER)

    async def react(self, chat_id: int, message_id: int, emoji: str | None) -> None:
        """Set the bot's reaction to a message, or take it back, which counts as no write.

        Doing it again changes nothing.
        """
        reaction = [] if emoji is None else [{"type": "emoji", "emoji": emoji}]
        with doing(Doing.WRITING), translated():
            await self._show("setMessageReaction", {"chat_id": chat_id, "message_id": message_id, "reaction": reaction})

    async def delete(self, chat_id: int, message_id: int) -> None:
        """Delete a message, also one that was sent for a job which another replica leads by now."""
        with doing(Doing.WRITING), translated():
            await self.calls.make("deleteMessage", {"chat_id": chat_id, "message_id": message_id})


def _said(shown: Shown, rows: Keyboard) -> Parameters:
    """Return what the calls that send and that edit have in common."""
    markup = {"reply_markup": keyboard(rows) if rows else None}
    if isinstance(shown, Document):
        return markup | {"caption": shown.caption or None}
    return markup | {"text": shown.text, "entities": _entities(shown), "link_preview_options": {"is_disabled": True}}


def _reply(place: Place) -> Parameters | None:
    if place.reply_to is None:
        return None
    elsewhere = {} if place.reply_chat_id is None else {"chat_id": place.reply_chat_id}
    return {"message_id": place.reply_to, "allow_sending_without_reply": True} | elsewhere


def _entities(page: Page) -> list[Parameters] | None:
    if not page.collapsed:
        return None
    return [{"type": "expandable_blockquote", "offset": 0, "length": utf16_length(page.text)}]

"""A chat with the actions of its people: they write, send, edit, delete, react and press."""

from typing import Any, Literal, Unpack

from bot.playground.telegram.conversation import JSON, Ref, id_of
from bot.playground.telegram.membership import By, Membership
from bot.playground.telegram.people import User
from bot.playground.telegram.pictures import measure
from bot.playground.telegram.posting import Around, Sender, with_entities
from bot.playground.telegram.state import QUERY_TTL, Query


class Chat(Membership):
    """A chat. Its actions queue updates for the bot; those that send or edit return the message as in the Bot API."""

    @property
    def bot_messages(self) -> list[JSON]:
        """The messages of the bot that have not been deleted."""
        return [message for message in self.messages if self.is_by(self._state.bot, message)]

    def say(self, sender: Sender, text: str, **around: Unpack[Around]) -> JSON:
        return self._post(sender, with_entities("text", "entities", text), around)

    def send_voice(
        self,
        sender: Sender,
        data: bytes,
        *,
        duration: int = 3,
        mime_type: str | None = "audio/ogg",
        file_size: int | None = None,
        **around: Unpack[Around],
    ) -> JSON:
        """Send a voice note. Its duration, type and size are what the sender claims; the size is measured if None."""
        file = self._state.files.store("voice", data, size=file_size, mime_type=mime_type)
        return self._post(sender, self._state.attach(file, duration=duration), around)

    def send_audio(
        self,
        sender: Sender,
        data: bytes,
        *,
        duration: int = 3,
        mime_type: str | None = "audio/mpeg",
        file_name: str | None = "song.mp3",
        file_size: int | None = None,
        **around: Unpack[Around],
    ) -> JSON:
        file = self._state.files.store("audio", data, size=file_size, name=file_name, mime_type=mime_type)
        return self._post(sender, self._state.attach(file, duration=duration), around)

    def send_video(
        self,
        sender: Sender,
        data: bytes,
        *,
        duration: int = 3,
        mime_type: str | None = "video/mp4",
        file_name: str | None = "video.mp4",
        file_size: int | None = None,
        **around: Unpack[Around],
    ) -> JSON:
        file = self._state.files.store("video", data, size=file_size, name=file_name, mime_type=mime_type)
        return self._post(sender, self._state.attach(file, duration=duration, width=640, height=360), around)

    def send_video_note(
        self,
        sender: Sender,
        data: bytes,
        *,
        duration: int = 3,
        file_size: int | None = None,
        **around: Unpack[Around],
    ) -> JSON:
        """Send a round video, which has neither a MIME type nor a file name."""
        file = self._state.files.store("video_note", data, size=file_size)
        return self._post(sender, self._state.attach(file, duration=duration, length=240), around)

    def send_document(
        self,
        sender: Sender,
        data: bytes,
        *,
        file_name: str | None = "notes.txt",
        mime_type: str | None = "text/plain",
        file_size: int | None = None,
        **around: Unpack[Around],
    ) -> JSON:
        file = self._state.files.store("document", data, size=file_size, name=file_name, mime_type=mime_type)
        return self._post(sender, self._state.attach(file), around)

    def send_photo(self, sender: Sender, data: bytes, **around: Unpack[Around]) -> JSON:
        width, height = measure(data)
        file = self._state.files.store("photo", data)
        return self._post(sender, self._state.attach(file, width=width or 90, height=height or 90), around)

    def send_sticker(self, sender: Sender, emoji: str = "👋", **around: Unpack[Around]) -> JSON:
        file = self._state.files.store("sticker", b"RIFF")
        fields: JSON = {"type": "regular", "width": 512, "height": 512, "is_animated": False, "is_video": False}
        return self._post(sender, self._state.attach(file, **fields, emoji=emoji), around)

    def share_contact(self, sender: Sender, person: User, **around: Unpack[Around]) -> JSON:
        contact = {"phone_number": f"+49{person.id}", "first_name": person.first_name, "user_id": person.id}
        return self._post(sender, {"contact": contact}, around)

    def share_location(self, sender: Sender, **around: Unpack[Around]) -> JSON:
        return self._post(sender, {"location": {"latitude": 52.5, "longitude": 13.4}}, around)

    def forward(self, sender: Sender, message: JSON, **around: Unpack[Around]) -> JSON:
        """Forward a message of any chat into this one. Its file gets another file_id and keeps its file_unique_id."""
        origin = message.get("forward_origin") or self._origin(message)
        return self._post(sender, self._state.content_again(message) | {"forward_origin": origin}, around)

    def edit_text(self, message: Ref, text: str) -> JSON:
        return self._edit(message, with_entities("text", "entities", text))

    def edit_caption(self, message: Ref, caption: str) -> JSON:
        """Change the caption of a message, or remove it if the new one is empty."""
        self._messages[id_of(message)].pop("caption", None)
        return self._edit(message, with_entities("caption", "caption_entities", caption) if caption else {})

    def delete(self, message: Ref) -> None:
        """Delete a message as one of the people; the bot gets no update."""
        self.remove(message)
        self._state.notifier.notify()

    def react(self, user: User, message: Ref, emoji: str | None) -> None:
        """React to a message as one of the people.

        The bot gets an update in a private chat or as an admin, if it has asked for such updates.
        """
        before = self.reactions(message).get(user.id)
        self.react_with(message, user, emoji)
        if self.type == "private" or self.bot_status == "administrator":
            change = {"chat": self.as_json(), "message_id": id_of(message), "user": user.as_json()}
            change |= {"date": int(self._clock()), "old_reaction": _emoji(before), "new_reaction": _emoji(emoji)}
            self._state.updates.add("message_reaction", change)
        self._state.notifier.notify()

    def limit_reactions(self, *emoji: str) -> None:
        """Allow only these reactions in this chat; none at all without any."""
        self.available_reactions = emoji
        self._state.notifier.notify()

    def press(self, user: User, message: Ref, button: str, *, inaccessible: bool = False) -> str:
        """Press the button with this text or callback data, and return the id of the query.

        With `inaccessible` the bot gets only the ids of the message, as for very old messages.
        """
        shown = self.message(message)
        query_id = str(4_000_000_000_000_000_000 + len(self._state.queries))
        if inaccessible:
            shown = {"chat": shown["chat"], "message_id": shown["message_id"], "date": 0}
        query = {
            "id": query_id,
            "from": user.as_json(),
            "message": shown,
            "chat_instance": str(self.id * 1_000_003),
            "data": self._button(message, button)["callback_data"],
        }
        self._state.queries[query_id] = Query(user.id, self._clock() + QUERY_TTL)
        self._state.updates.add("callback_query", query)
        return query_id

    def link_of(self, message: Ref, label: str) -> str | None:
        """Return the link behind the button with this text; None if there is none."""
        return next((button.get("url") for button in self._buttons(message) if button["text"] == label), None)

    def button_texts(self, message: Ref) -> list[str]:
        return [button["text"] for button in self._buttons(message)]

    def topic(self, name: str, by: User | None = None) -> int:
        """Open a topic of a forum, and return its message_thread_id."""
        head = self._head(by or self._any_person())
        thread = int(head["message_id"])
        self.topics[thread] = name
        opened: JSON = {"message_thread_id": thread, "is_topic_message": True}
        opened["forum_topic_created"] = {"name": name, "icon_color": 7322096}
        self._state.publish(self, head | opened)
        return thread

    def close_topic(self, thread: int) -> None:
        self.closed_topics.add(thread)

    def reopen_topic(self, thread: int) -> None:
        self.closed_topics.discard(thread)

    def delete_topic(self, thread: int) -> None:
        """Delete a topic with all its messages."""
        del self.topics[thread]
        for message in self.messages:
            if message.get("message_thread_id") == thread:
                self.remove(message)

    def upgrade(self, by: By = None) -> "Chat":
        """Upgrade a group to a supergroup, and return that. The ids of old messages are not valid in it.

        The bot is told that it is a member of the new chat, but never that it is none of the old one.
        """
        new = Chat(self._state, -1_000_000_000_000 + self.id, "supergroup", self.name)
        new.people, new.statuses, new.anonymous, new.privacy = self.people, self.statuses, self.anonymous, self.privacy
        new.permissions, new.bot_status = self.permissions, "left"
        new._change_bot(self.bot_status, by, rights=self.bot_rights)
        self._post(by or self._any_person(), {"migrate_to_chat_id": new.id}, {})
        self.migrated_to = new.id
        new._post(new, {"migrate_from_chat_id": self.id}, {})
        return new

    def _edit(self, ref: Ref, content: JSON) -> JSON:
        message = self._messages[id_of(ref)]
        for field in ("entities", "caption_entities"):
            message.pop(field, None)
        message |= content | {"edit_date": int(self._clock())}
        kind: Literal["edited_channel_post", "edited_message"]
        kind = "edited_channel_post" if self.type == "channel" else "edited_message"
        self._state.tell(self, kind, message)
        return self.message(ref)

    def _buttons(self, message: Ref) -> list[dict[str, Any]]:
        keyboard = self.message(message).get("reply_markup", {}).get("inline_keyboard", [])
        return [button for row in keyboard for button in row]

    def _button(self, message: Ref, wanted: str) -> dict[str, Any]:
        for button in self._buttons(message):
            if wanted in {button["text"], button.get("callback_data")}:
                if "callback_data" not in button:
                    raise LookupError("it has no callback data, so the bot would not hear of it")
                return button
        raise LookupError(f"there is no button {wanted!r}, only {self.button_texts(message)}")


def _emoji(emoji: str | None) -> list[JSON]:
    return [{"type": "emoji", "emoji": emoji}] if emoji else []

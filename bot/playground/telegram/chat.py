"""A chat with the actions of its people: they write, send, edit, delete, react, press, and change the bot's status."""

import itertools
from dataclasses import replace
from typing import Any, Literal, TypedDict, Unpack

from bot.playground.telegram.conversation import JSON, ChatType, Conversation, Ref, Status, id_of
from bot.playground.telegram.people import ANONYMOUS_ADMIN, CHANNEL_MEMBER, TELEGRAM, User
from bot.playground.telegram.permissions import EVERYTHING, Permissions
from bot.playground.telegram.state import QUERY_TTL, Query, State
from bot.playground.telegram.text import add_found

Sender = User | Conversation | None  # a chat: its anonymous admin or linked channel; None: the channel itself


class Around(TypedDict, total=False):
    """What any message of a person may have."""

    reply_to: Ref | None
    thread: int | None
    caption: str | None
    media_group_id: str | None
    forwarded_from: User | Conversation | str | None  # a str: the name of a person who hides the account


class Chat(Conversation):
    """A chat. Its actions queue updates for the bot; those that send or edit return the message as in the Bot API."""

    def __init__(self, state: State, chat_id: int, kind: ChatType, name: str) -> None:
        own_ids = kind in {"supergroup", "channel"}
        ids = itertools.count(2) if own_ids else state.ids  # 1 is the service message of its creation
        super().__init__(chat_id, kind, name=name, clock=state.clock, ids=ids)
        self._state = state
        state.chats[chat_id] = self

    @property
    def bot_messages(self) -> list[JSON]:
        """The messages of the bot that have not been deleted."""
        return [message for message in self.messages if self.is_by(self._state.bot, message)]

    def say(self, sender: Sender, text: str, **around: Unpack[Around]) -> JSON:
        return self._post(sender, _text("text", "entities", text), around)

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

    def forward(self, sender: Sender, message: JSON, **around: Unpack[Around]) -> JSON:
        """Forward a message of any chat into this one. Its file gets another file_id and keeps its file_unique_id."""
        origin = message.get("forward_origin") or self._origin(message)
        return self._post(sender, self._state.content_again(message) | {"forward_origin": origin}, around)

    def edit_text(self, message: Ref, text: str) -> JSON:
        return self._edit(message, _text("text", "entities", text))

    def edit_caption(self, message: Ref, caption: str) -> JSON:
        """Change the caption of a message, or remove it if the new one is empty."""
        self._messages[id_of(message)].pop("caption", None)
        return self._edit(message, _text("caption", "caption_entities", caption) if caption else {})

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

    def button_texts(self, message: Ref) -> list[str]:
        return [button["text"] for button in self._buttons(message)]

    def block(self) -> None:
        """Block the bot as the user of a private chat."""
        self._change_bot("kicked")

    def unblock(self) -> None:
        self._change_bot("member")

    def kick_bot(self, by: User | None = None) -> None:
        self._change_bot("kicked", by)

    def add_bot(self, by: User | None = None, *, admin: bool = False) -> None:
        self._change_bot("administrator" if admin else "member", by)
        if self.type in {"group", "supergroup"}:
            self._post(by or self._any_person(), {"new_chat_members": [self._state.bot.as_json()]}, {})

    def promote_bot(self, by: User | None = None) -> None:
        self._change_bot("administrator", by)

    def demote_bot(self, by: User | None = None) -> None:
        self._change_bot("member", by)

    def deactivate(self) -> None:
        """Delete the account of the user of a private chat; the bot gets no update."""
        self.deactivated = True

    def permit(self, **changes: Any) -> None:
        """Change some of the permissions of everybody in the chat, at any moment; the bot gets no update."""
        self.permissions = replace(self.permissions, **changes)
        self._state.notifier.notify()

    def restrict_bot(self, by: User | None = None, **changes: Any) -> None:
        """Take permissions from the bot alone, which gets an update. `demote_bot` gives them all back."""
        if self.type != "supergroup":
            raise ValueError(f"nobody is restricted in a {self.type}")
        self._change_bot("restricted", by, replace(self.restriction, **changes))

    def silence_bot(self) -> None:
        """Let nobody but administrators send anything. The bot stays in the chat, and may read."""
        self.permit(text=False, documents=False, other_media=False)

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

    def upgrade(self, by: User | None = None) -> "Chat":
        """Upgrade a group to a supergroup, and return that. The ids of old messages are not valid in it."""
        new = Chat(self._state, -1_000_000_000_000 + self.id, "supergroup", self.name)
        new.people, new.statuses, new.privacy = self.people, self.statuses, self.privacy
        new.bot_status, new.permissions = self.bot_status, self.permissions
        self._post(by or self._any_person(), {"migrate_to_chat_id": new.id}, {})
        self.migrated_to = new.id
        new._post(new, {"migrate_from_chat_id": self.id}, {})
        return new

    def _post(self, sender: Sender, content: JSON, around: Around) -> JSON:
        head = self._head(sender)
        reply_to = around.get("reply_to")
        head |= self.place(None if reply_to is None else id_of(reply_to), around.get("thread"))
        if self.parent is not None and isinstance(sender, User):
            head |= self.direct_topic(sender)
        if caption := around.get("caption"):
            content = content | _text("caption", "caption_entities", caption)
        if group := around.get("media_group_id"):
            head["media_group_id"] = group
        if origin := around.get("forwarded_from"):
            head["forward_origin"] = self._origin_of(origin)
        return self._state.publish(self, head | content)

    def _head(self, sender: Sender) -> JSON:
        head = self.stamp()
        if self.type == "channel":
            return head | {"sender_chat": self.as_json()}
        if isinstance(sender, User):
            return head | {"from": sender.as_json()}
        speaker = sender or self
        account = ANONYMOUS_ADMIN if speaker is self else CHANNEL_MEMBER
        return head | {"from": account.as_json(), "sender_chat": speaker.as_json()}

    def _origin(self, message: JSON) -> JSON:
        if "sender_chat" in message:
            chat = self._state.chats[message["sender_chat"]["id"]]
            return self._origin_of(chat, message["message_id"]) | {"date": message["date"]}
        return {"type": "user", "sender_user": message["from"], "date": message["date"]}

    def _origin_of(self, author: User | Conversation | str, message_id: int = 1) -> JSON:
        date = int(self._clock())
        if isinstance(author, User):
            return {"type": "user", "sender_user": author.as_json(), "date": date}
        if isinstance(author, str):
            return {"type": "hidden_user", "sender_user_name": author, "date": date}
        if author.type == "channel":
            return {"type": "channel", "chat": author.as_json(), "message_id": message_id, "date": date}
        return {"type": "chat", "sender_chat": author.as_json(), "date": date}

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

    def _change_bot(self, status: Status, by: User | None = None, restriction: Permissions = EVERYTHING) -> None:
        self._state.change_bot(self, status, by or self._any_person(), restriction)

    def _any_person(self) -> User:
        return self.user or next(iter(self.people.values()), TELEGRAM)


def _emoji(emoji: str | None) -> list[JSON]:
    return [{"type": "emoji", "emoji": emoji}] if emoji else []


def _text(field: str, entities_field: str, text: str) -> JSON:
    entities = add_found(text, [])
    return {field: text} | ({entities_field: entities} if entities else {})

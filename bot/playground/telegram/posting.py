"""A chat in which messages appear: their senders, their places, and where forwards come from."""

import itertools
from typing import TypedDict

from bot.playground.telegram.conversation import FILES, GENERAL_TOPIC, JSON, ChatType, Conversation, Ref, id_of
from bot.playground.telegram.people import ANONYMOUS_ADMIN, CHANNEL_MEMBER, TELEGRAM, User
from bot.playground.telegram.state import State
from bot.playground.telegram.text import add_found, utf16_length

OUTSIDE = (*FILES, "contact", "location")  # what is shown of a message in another chat
Sender = User | Conversation | None  # a chat: its anonymous admin or linked channel; None: the channel itself


class Around(TypedDict, total=False):
    """What any message of a person may have. `reply_to` may be of another chat, and `quote` is a part of its text."""

    reply_to: Ref | None
    quote: str | None
    thread: int | None
    caption: str | None
    media_group_id: str | None
    forwarded_from: User | Conversation | str | None  # a str: the name of a person who hides the account


class Posting(Conversation):
    """A chat that tells the bot about its messages."""

    def __init__(self, state: State, chat_id: int, kind: ChatType, name: str) -> None:
        own_ids = kind in {"supergroup", "channel"}
        ids = itertools.count(2) if own_ids else state.ids  # 1 is the service message of its creation
        super().__init__(chat_id, kind, name=name, clock=state.clock, ids=ids)
        self._state = state
        state.chats[chat_id] = self

    def _post(self, sender: Sender, content: JSON, around: Around) -> JSON:
        head = self._head(sender)
        head |= self._reply(around.get("reply_to"), around.get("thread"), around.get("quote"))
        if self.parent is not None and isinstance(sender, User):
            head |= self.direct_topic(sender)
        if caption := around.get("caption"):
            content = content | with_entities("caption", "caption_entities", caption)
        if group := around.get("media_group_id"):
            head["media_group_id"] = group
        if origin := around.get("forwarded_from"):
            head["forward_origin"] = self._origin_of(origin)
        return self._state.publish(self, head | content)

    def _reply(self, reply_to: Ref | None, thread: int | None, quote: str | None) -> JSON:
        """Return the fields for the topic of a message and for what it replies to, here or elsewhere."""
        if reply_to is None:
            return self.place(None, thread)
        source = self._state.chats[reply_to["chat"]["id"]] if isinstance(reply_to, dict) else self
        replied = source.message(reply_to)
        fields = {"quote": _quoted_part(replied, quote)} if quote else {}
        if source is not self or self._is_in_another_topic(replied, thread):
            return fields | self.place(None, thread) | {"external_reply": self._seen_from_outside(source, replied)}
        return fields | self.place(id_of(reply_to), thread)

    def _is_in_another_topic(self, replied: JSON, thread: int | None) -> bool:
        return self.is_forum and bool(thread) and replied.get("message_thread_id", GENERAL_TOPIC) != thread

    def _seen_from_outside(self, source: Conversation, message: JSON) -> JSON:
        """Return the ExternalReplyInfo of a message, which names the chat only if that is a supergroup or a channel."""
        found: JSON = {"origin": message.get("forward_origin") or self._origin(message)}
        if source.type in {"supergroup", "channel"}:
            found |= {"chat": source.as_json(), "message_id": message["message_id"]}
        content = self._state.content_again(message)
        return found | {kind: content[kind] for kind in OUTSIDE if kind in content}

    def _head(self, sender: Sender) -> JSON:
        head = self.stamp()
        if self.type == "channel":
            return head | {"sender_chat": self.as_json()}
        speaker = self._speaker(sender)
        if isinstance(speaker, User):
            return head | {"from": speaker.as_json()}
        account = ANONYMOUS_ADMIN if speaker is self else CHANNEL_MEMBER
        return head | {"from": account.as_json(), "sender_chat": speaker.as_json()}

    def _speaker(self, sender: Sender) -> User | Conversation:
        """Return who is seen to speak: a person, a chat, or this chat for its anonymous admins."""
        if isinstance(sender, User):
            return self if sender.id in self.anonymous else sender
        return sender or self

    def _origin(self, message: JSON) -> JSON:
        if "sender_chat" in message:
            chat = self._state.chats[message["sender_chat"]["id"]]
            return self._origin_of(chat, message["message_id"]) | {"date": message["date"]}
        author = self._state.users.get(message["from"]["id"])
        if author is not None and author.hides_account:
            return {"type": "hidden_user", "sender_user_name": author.full_name, "date": message["date"]}
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

    def _any_person(self) -> User:
        return self.user or next(iter(self.people.values()), TELEGRAM)


def _quoted_part(message: JSON, quote: str) -> JSON:
    text = str(message.get("text", message.get("caption", "")))
    position = utf16_length(text[: text.index(quote)])
    return {"text": quote, "position": position, "is_manual": True}


def with_entities(field: str, entities_field: str, text: str) -> JSON:
    entities = add_found(text, [])
    return {field: text} | ({entities_field: entities} if entities else {})

"""The state of a chat: its people, its messages, and the history of what the bot made visible."""

import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from bot.playground.telegram.people import User
from bot.playground.telegram.permissions import EVERYTHING, Permissions, of_administrators, together

JSON = dict[str, Any]
ChatType = Literal["private", "group", "supergroup", "channel"]
Status = Literal["creator", "administrator", "member", "restricted", "left", "kicked"]
Ref = int | JSON  # a message, by its id or as the Bot API gives it
GENERAL_TOPIC = 1
MEDIA = ("voice", "audio", "video", "video_note", "document", "sticker")
FILES = (*MEDIA, "photo")  # a photo is a list of its sizes, each with a file
INSIDE: frozenset[Status] = frozenset({"creator", "administrator", "member", "restricted"})


@dataclass(frozen=True, slots=True)
class Seen:
    """One thing that the bot made visible: the text (or caption) of a message at the moment `at`."""

    at: float
    method: str
    message_id: int
    text: str | None
    reply_markup: JSON | None = None


def id_of(message: Ref) -> int:
    return message if isinstance(message, int) else int(message["message_id"])


class Conversation:
    """The state of one chat. `bot_status` is that of the bot, `statuses` are those of everybody who is or was in it.

    `people` are those who are in it now.
    """

    def __init__(
        self,
        chat_id: int,
        kind: ChatType,
        *,
        name: str,
        clock: Callable[[], float],
        ids: Iterator[int],
    ) -> None:
        self.id = chat_id
        self.type = kind
        self.name = name
        self.username: str | None = None
        self.user: User | None = None  # the other side of a private chat
        self.is_forum = False
        self.privacy = True  # the privacy mode of the bot when it was added
        self.last_bot: int | None = None  # that wrote last, by its id
        self.permissions = EVERYTHING  # of everybody
        self.restriction = EVERYTHING  # of the bot alone
        self.bot_rights: frozenset[str] = frozenset()  # of the bot as an admin
        self.deactivated = False  # the other side of a private chat has deleted the account
        self.parent: Conversation | None = None  # the channel whose direct messages these are
        self.bot_status: Status = "member"
        self.people: dict[int, User] = {}
        self.statuses: dict[int, Status] = {}
        self.restrictions: dict[int, Permissions] = {}  # of people
        self.anonymous: set[int] = set()  # admins who act as the chat
        self.hides_members = False
        self.available_reactions: tuple[str, ...] | None = None  # None: all of them
        self.topics: dict[int, str] = {}
        self.closed_topics: set[int] = set()
        self.linked: Conversation | None = None
        self.migrated_to: int | None = None
        self.history: list[Seen] = []
        self._clock = clock
        self._ids = ids
        self._messages: dict[int, JSON] = {}
        self._reactions: dict[int, dict[int, str]] = {}
        self._ringing: set[int] = set()

    def as_json(self) -> JSON:
        fields: JSON = {"id": self.id, "type": self.type}
        if self.user is not None:
            person = self.user.as_json()
            fields |= {key: person[key] for key in ("first_name", "last_name", "username") if key in person}
            return fields
        fields["title"] = self.name
        if self.username:
            fields["username"] = self.username
        if self.is_forum:
            fields["is_forum"] = True
        if self.parent is not None:
            fields["is_direct_messages"] = True
        return fields

    @property
    def rights(self) -> Permissions:
        """What the bot may do here now."""
        given = together(self.permissions, self.restriction)
        return of_administrators(given) if self.bot_status == "administrator" else given

    @property
    def sent_at(self) -> float | None:
        """When the bot last sent a message."""
        return next((seen.at for seen in reversed(self.history) if seen.method.startswith("send")), None)

    @property
    def messages(self) -> list[JSON]:
        """The messages that are visible now, oldest first, as in the Bot API."""
        return [copy.deepcopy(message) for message in self._messages.values()]

    def message(self, message: Ref) -> JSON:
        """Return a copy of a message as it is now. Raises LookupError if it has been deleted."""
        return copy.deepcopy(self._messages[id_of(message)])

    def find(self, message_id: int) -> JSON | None:
        """Find a message that may be changed in place; None if there is none."""
        return self._messages.get(message_id)

    def is_by(self, bot: User, message: JSON) -> bool:
        """Say whether the bot wrote a message. A post in a channel has no author, so the history is asked there."""
        if self.type == "channel":
            return any(seen.message_id == message["message_id"] for seen in self.history)
        return bool(message.get("from", {}).get("id") == bot.id)

    def stamp(self) -> JSON:
        """Return the fields of every new message, with the next id."""
        return {"message_id": next(self._ids), "date": int(self._clock()), "chat": self.as_json()}

    def keep(self, message: JSON) -> JSON:
        self._messages[message["message_id"]] = message
        return copy.deepcopy(message)

    def remove(self, message: Ref) -> None:
        del self._messages[id_of(message)]
        self._reactions.pop(id_of(message), None)

    def reactions(self, message: Ref) -> dict[int, str]:
        """Return the reactions to a message: emojis by the id of the user."""
        return dict(self._reactions.get(id_of(message), {}))

    def react_with(self, message: Ref, by: User, emoji: str | None) -> None:
        """Set the one reaction of a user to a message; None removes it."""
        reactions = self._reactions.setdefault(id_of(message), {})
        reactions.pop(by.id, None)
        if emoji is not None:
            reactions[by.id] = emoji

    def album_head(self, message: JSON) -> JSON:
        """Return the message that reactions to this one go to: the first of its album, or itself."""
        album = message.get("media_group_id")
        return next((one for one in self._messages.values() if album and one.get("media_group_id") == album), message)

    def ring(self, message: JSON) -> None:
        """Note that a message of the bot came with a sound."""
        self._ringing.add(message["message_id"])

    def rang(self, message: Ref) -> bool:
        """Say whether a message of the bot came with a sound, also one that was deleted since. Edits make none."""
        return id_of(message) in self._ringing

    def note(self, method: str, message: JSON) -> None:
        """Add a message to the history as the bot has just made it visible."""
        shown = message.get("text", message.get("caption"))
        markup = copy.deepcopy(message.get("reply_markup"))
        self.history.append(Seen(self._clock(), method, message["message_id"], shown, markup))

    def place(self, reply_to: int | None, thread: int | None) -> JSON:
        """Return the fields for the topic of a message and for the message that it replies to."""
        replied = self._messages.get(reply_to) if reply_to is not None else None
        if self.is_forum:
            return self._in_topic(replied, thread)
        if replied is None:
            return {}
        fields: JSON = {"reply_to_message": quoted(replied)}
        if self.type == "supergroup":
            fields["message_thread_id"] = replied.get("message_thread_id", replied["message_id"])
        return fields

    def direct_topic(self, person: User) -> JSON:
        """Return the field of a message for the topic that a person has in the direct messages of a channel."""
        return {"direct_messages_topic": {"topic_id": person.id, "user": person.as_json()}}

    def _in_topic(self, replied: JSON | None, thread: int | None) -> JSON:
        if not thread and replied is not None:
            thread = replied.get("message_thread_id")
        if not thread or thread == GENERAL_TOPIC:
            return {"reply_to_message": quoted(replied)} if replied is not None else {}
        replied = replied if replied is not None else self._messages.get(thread)
        fields: JSON = {"message_thread_id": thread, "is_topic_message": True}
        return fields | ({"reply_to_message": quoted(replied)} if replied is not None else {})


def quoted(message: JSON) -> JSON:
    """Return a message as it is shown inside a reply to it, where it has no reply_to_message itself."""
    return {key: copy.deepcopy(value) for key, value in message.items() if key != "reply_to_message"}

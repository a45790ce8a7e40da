"""The state of the fake Telegram: the bot, chats, files, updates, and records of what the bot did."""

import asyncio
import copy
import itertools
from collections.abc import Callable, Iterator
from dataclasses import astuple, dataclass, field, replace
from pathlib import Path
from typing import Any

from bot.playground.notifier import Notifier
from bot.playground.telegram.conversation import FILES, JSON, MEDIA, Conversation, Status, quoted
from bot.playground.telegram.files import Files, StoredFile
from bot.playground.telegram.members import EVERY_RIGHT, member, person_in
from bot.playground.telegram.people import TELEGRAM, User
from bot.playground.telegram.permissions import EVERYTHING, Permissions
from bot.playground.telegram.privacy import is_by_a_bot, reaches_bot
from bot.playground.telegram.updates import UpdateQueue

QUERY_TTL = 60.0
CUT = 0
CONTENT = ("text", "entities", "caption", "caption_entities", "contact", "location", *FILES)


@dataclass(slots=True)
class Call:
    """One request of the bot. `status` is None while it is under way, and CUT if it got no answer."""

    method: str
    params: JSON
    at: float
    status: int | None = None
    answer: JSON | None = None


@dataclass(slots=True)
class Query:
    """A pressed button, to be answered once and until `answer_until`."""

    user_id: int
    answer_until: float


@dataclass(frozen=True, slots=True)
class CallbackAnswer:
    query_id: str
    user_id: int
    text: str
    show_alert: bool
    at: float


@dataclass(frozen=True, slots=True)
class Reaction:
    """A reaction of the bot; without an emoji if it removed its reaction."""

    chat_id: int
    message_id: int
    emoji: str | None
    at: float


@dataclass(frozen=True, slots=True)
class ChatAction:
    chat_id: int
    action: str
    message_thread_id: int | None
    at: float


@dataclass
class Webhook:
    """Where updates are sent; `places` are for those on their way."""

    url: str
    secret_token: str = ""
    max_connections: int = 40
    ip_address: str = ""
    last_error: tuple[float, str] | None = None

    def __post_init__(self) -> None:
        self.places = asyncio.Semaphore(self.max_connections)

    def is_like(self, other: "Webhook") -> bool:
        """Tell whether it is set as another one is."""
        return astuple(replace(self, last_error=None)) == astuple(replace(other, last_error=None))


@dataclass
class State:
    token: str
    bot: User
    clock: Callable[[], float]
    privacy: bool = True
    local_folder: Path | None = None
    plain_webhooks: bool = False
    notifier: Notifier = field(default_factory=Notifier)
    chats: dict[int, Conversation] = field(default_factory=dict)
    users: dict[int, User] = field(default_factory=dict)
    calls: list[Call] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)
    queries: dict[str, Query] = field(default_factory=dict)
    callback_answers: list[CallbackAnswer] = field(default_factory=list)
    reactions: list[Reaction] = field(default_factory=list)
    chat_actions: list[ChatAction] = field(default_factory=list)
    commands: dict[tuple[str, str], list[dict[str, str]]] = field(default_factory=dict)
    descriptions: dict[str, str] = field(default_factory=dict)
    short_descriptions: dict[str, str] = field(default_factory=dict)
    webhook: Webhook | None = None
    webhook_again_at: float = float("-inf")  # setWebhook is taken once a second
    upstreams: list[str] = field(default_factory=list)  # what stands behind the proxy that every webhook leads to
    logged_out: bool = False
    ids: Iterator[int] = field(default_factory=lambda: itertools.count(1))  # of private chats and groups

    def __post_init__(self) -> None:
        self.updates = UpdateQueue(self.clock, self.notifier)
        self.files = Files(self.clock, self.local_folder)

    def publish(self, chat: Conversation, message: JSON) -> JSON:
        """Add a message to its chat, queue an update for the bot, and forward a channel post to the linked group."""
        kept = chat.keep(message)
        if is_by_a_bot(message):
            chat.last_bot = message["from"]["id"]
        self.tell(chat, "channel_post" if chat.type == "channel" else "message", kept)
        if chat.type == "channel" and chat.linked is not None:
            self._forward_automatically(chat, chat.linked, kept)
        return kept

    def tell(self, chat: Conversation, kind: str, message: JSON) -> None:
        if reaches_bot(chat, message, self.bot):
            self.updates.add(kind, copy.deepcopy(message))
        self.notifier.notify()

    def _forward_automatically(self, channel: Conversation, group: Conversation, post: JSON) -> None:
        origin = {"type": "channel", "chat": channel.as_json(), "message_id": post["message_id"], "date": post["date"]}
        head = group.stamp() | {"from": TELEGRAM.as_json(), "sender_chat": channel.as_json()}
        head |= {"is_automatic_forward": True, "forward_origin": post.get("forward_origin", origin)}
        self.publish(group, head | self.content_again(post))

    def bot_in(self, chat: Conversation) -> JSON:
        """Return the ChatMember that the bot is."""
        return member(chat, self.bot, chat.bot_status, restriction=chat.restriction, rights=chat.bot_rights)

    def change_bot(
        self,
        chat: Conversation,
        status: Status,
        by: User,
        *,
        restriction: Permissions = EVERYTHING,
        rights: frozenset[str] = EVERY_RIGHT,
    ) -> None:
        """Set the status of the bot in a chat, and queue the update about it."""
        old = self.bot_in(chat)
        chat.bot_status, chat.restriction, chat.bot_rights = status, restriction, rights
        self._tell_of_change("my_chat_member", chat, by, (old, self.bot_in(chat)))

    def change_person(
        self, chat: Conversation, person: User, status: Status, by: User, restriction: Permissions = EVERYTHING
    ) -> None:
        """Set the status of a person in a chat, which the bot is told of if it is an admin there."""
        old = person_in(chat, person)
        chat.statuses[person.id], chat.restrictions[person.id] = status, restriction
        if chat.bot_status == "administrator":
            self._tell_of_change("chat_member", chat, by, (old, person_in(chat, person)))
        self.notifier.notify()

    def _tell_of_change(self, kind: str, chat: Conversation, by: User, members: tuple[JSON, JSON]) -> None:
        change = {"chat": chat.as_json(), "from": by.as_json(), "date": int(self.clock())}
        self.updates.add(kind, change | {"old_chat_member": members[0], "new_chat_member": members[1]})

    def content_again(self, message: JSON) -> JSON:
        """Return the content of a message for a forward: the same, with another file_id."""
        content: JSON = {key: value for key, value in quoted(message).items() if key in CONTENT}
        for part in _file_parts(content):
            part["file_id"] = self.files.hand_out(self.file_in(message))
        return content

    def file_in(self, message: JSON) -> StoredFile:
        """Return the file of a message. Raises LookupError if there is none."""
        file_ids = [part["file_id"] for part in _file_parts(message)]
        file = self.files.find(file_ids[0]) if file_ids else None
        if file is None:
            raise LookupError(f"there is no file in message {message['message_id']}")
        return file

    def attach(self, file: StoredFile, **fields: Any) -> JSON:
        """Return the field of a message for a file: a new file_id, its size, and the given fields."""
        said = {"mime_type": file.mime_type, "file_name": file.name, **fields}
        part: JSON = {"file_id": self.files.hand_out(file), "file_unique_id": file.unique_id}
        part |= {key: value for key, value in said.items() if value is not None}
        part["file_size"] = file.size
        return {file.kind: [part] if file.kind == "photo" else part}


def _file_parts(message: JSON) -> list[JSON]:
    """Return the parts of a message that have a file_id."""
    return [message[kind] for kind in MEDIA if kind in message] + list(message.get("photo", []))

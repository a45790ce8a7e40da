"""Places where people speak to the bot, what Telegram refuses there, and what the bot leaves behind."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Literal

from bot.playground.telegram import Chat, FakeTelegram
from bot.playground.telegram.faults import Fault
from bot.playground.telegram.permissions import EVERYTHING
from bot.playground.telegram.posting import Sender
from bot.telegram.writing.button_data import CancelJob, TryAgain, read
from storage.apology import Notice
from tests.english import ENGLISH

Kind = Literal["private", "group", "supergroup", "topic", "channel", "direct messages"]
# What a trouble stops: to send texts, to send files, to edit into a text, to edit into a file, or to delete.
Act = Literal["text", "file", "edit", "edit into a file", "delete"]
UNFINISHED = frozenset({"…", *map(ENGLISH.waiting.placeholder, Notice)})
WRITING: tuple[Act, ...] = ("text", "file", "edit", "edit into a file")
ALL: tuple[Act, ...] = (*WRITING, "delete")
GROUPS: tuple[Kind, ...] = ("group", "supergroup", "topic")
SUPERGROUPS: tuple[Kind, ...] = ("supergroup", "topic")
EVERYWHERE: tuple[Kind, ...] = ("private", *GROUPS, "channel", "direct messages")
METHODS: dict[Act, str] = {
    "text": "sendMessage",
    "file": "sendDocument",
    "edit": "editMessageText",
    "edit into a file": "editMessageMedia",
    "delete": "deleteMessage",
}


@dataclass
class Place:
    """A chat of some kind with a person of its own in it. `begun`: the person has a private chat with the bot too."""

    telegram: FakeTelegram
    kind: Kind
    begun: bool = False
    thread: int | None = None
    faults: list[Fault] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.person = self.telegram.user("Alice")
        self.chat = self._chat()
        if self.begun:
            self.telegram.private(self.person)

    def _chat(self) -> Chat:
        match self.kind:
            case "private":
                return self.telegram.private(self.person)
            case "group":
                return self.telegram.group("Team", [self.person], privacy=False)
            case "supergroup":
                return self.telegram.supergroup("Team", [self.person], privacy=False)
            case "topic":
                forum = self.telegram.supergroup("Forum", [self.person], privacy=False, topics=True)
                self.thread = forum.topic("Voices", self.person)
                return forum
            case "channel":
                return self.telegram.channel("News")
            case "direct messages":
                return self.telegram.direct_messages(self.telegram.channel("News"), [self.person])

    def speak(self, recording: bytes) -> None:
        sender: Sender = None if self.kind == "channel" else self.person
        self.chat.send_voice(sender, recording, thread=self.thread)

    def refuse(self, acts: Iterable[Act], wording: str, status: int = 400) -> None:
        """Refuse these acts in this chat, in these words, until `allow`."""
        self.faults += [
            self.telegram.refuse(METHODS[act], wording, status, times=None, chat_id=self.chat.id) for act in acts
        ]

    def allow(self) -> None:
        for fault in self.faults:
            fault.clear()

    @property
    def written(self) -> list[Any]:
        """What the bot has left here and, for a person in a group, in their private chat."""
        beside = self.telegram.state.chats.get(self.person.id)
        chats = [self.chat] if beside is self.chat or not isinstance(beside, Chat) else [self.chat, beside]
        return [message for chat in chats for message in chat.bot_messages]

    @property
    def unfinished(self) -> list[Any]:
        """Messages that promise something, or still have a button to cancel or to try again."""
        return [message for message in self.written if self._is_unfinished(message)]

    @property
    def answers(self) -> list[Any]:
        """What is neither unfinished nor rings for a late answer."""
        return [each for each in self.written if not self._is_unfinished(each) and not self.chat.rang(each)]

    def _is_unfinished(self, message: Any) -> bool:
        return _has_button(message) or self.says(message) in UNFINISHED

    @property
    def shown(self) -> list[str]:
        """What each message says, or the name of the file in it; of those beside this chat also where they are."""
        return [
            ("" if message["chat"]["id"] == self.chat.id else "in private: ")
            + str(message.get("text") or message["document"]["file_name"])
            for message in self.written
        ]

    def says(self, message: Any) -> str:
        """The words of a message, or of the file in it."""
        if document := message.get("document"):
            return self.telegram.file_bytes(document["file_id"]).decode()
        return str(message["text"])

    def calls(self, since: float = 0.0, seconds: float = float("inf")) -> int:
        """How many calls named this chat, in the seconds after a moment."""
        calls = [call for call in self.telegram.calls if call.params.get("chat_id") == self.chat.id]
        return sum(since <= call.at <= since + seconds for call in calls)


def _has_button(message: Any) -> bool:
    rows = message.get("reply_markup", {}).get("inline_keyboard", [])
    return any(isinstance(read(button["callback_data"]), CancelJob | TryAgain) for row in rows for button in row)


Change = Callable[[Place], object]


@dataclass(frozen=True)
class Trouble:
    """Something that Telegram refuses in places of these kinds. `begin` brings it about, and `end` ends it, if it can.

    It `stops` acts. One that is not `known` is in no table of refusals. `destroys` tells that messages go with it.
    """

    name: str
    kinds: tuple[Kind, ...]
    stops: tuple[Act, ...]
    begin: Change = field(repr=False)
    end: Change | None = field(default=None, repr=False)
    known: bool = True
    destroys: bool = False

    def __str__(self) -> str:
        return self.name


def permission(name: str, kinds: tuple[Kind, ...], stops: tuple[Act, ...], **taken: Any) -> Trouble:
    """A trouble that is a permission of the chat."""
    given = {right: getattr(EVERYTHING, right) for right in taken}
    return Trouble(
        name,
        kinds,
        stops,
        lambda place: place.chat.permit(**taken),
        lambda place: place.chat.permit(**given),
        destroys="keeps" in taken,
    )


def wording(said: str, stops: tuple[Act, ...], kinds: tuple[Kind, ...] = EVERYWHERE, **about: Any) -> Trouble:
    """A trouble that is nothing but the words of a refusal, with the status 400."""
    return Trouble(said, kinds, stops, lambda place: place.refuse(stops, said), Place.allow, **about)


def _close_all(place: Place) -> None:
    place.chat.close_topic(place.thread or 0)
    place.chat.permit(general_closed=True)


def _open_all(place: Place) -> None:
    place.chat.reopen_topic(place.thread or 0)
    place.chat.permit(general_closed=False)


TEXTS: tuple[Act, ...] = ("text", "edit")
FILES: tuple[Act, ...] = ("file", "edit into a file")
EDITS: tuple[Act, ...] = ("edit", "edit into a file")
NEW: tuple[Act, ...] = ("text", "file")
NO_FILES = permission("no files", GROUPS, FILES, documents=False)
TROUBLES = (
    permission("no messages at all", GROUPS, WRITING, text=False, documents=False, other_media=False),
    permission("no texts", GROUPS, TEXTS, text=False),
    NO_FILES,
    permission("no edits", EVERYWHERE, EDITS, edits=False),
    permission("messages vanish", EVERYWHERE, EDITS, keeps=False),
    permission("slow mode", SUPERGROUPS, (), slow_mode=30),
    permission("CHAT_WRITE_FORBIDDEN", GROUPS, WRITING, shut="CHAT_WRITE_FORBIDDEN"),
    permission("CHAT_RESTRICTED", GROUPS, WRITING, shut="CHAT_RESTRICTED"),
    permission("CHAT_GUEST_SEND_FORBIDDEN", SUPERGROUPS, WRITING, shut="CHAT_GUEST_SEND_FORBIDDEN"),
    permission("USER_BANNED_IN_CHANNEL", SUPERGROUPS, ALL, shut="USER_BANNED_IN_CHANNEL"),
    permission("CHANNEL_PRIVATE", (*SUPERGROUPS, "channel"), ALL, shut="CHANNEL_PRIVATE"),
    permission("CHAT_ADMIN_REQUIRED", ("channel", "direct messages"), ALL, shut="CHAT_ADMIN_REQUIRED"),
    Trouble(
        "bot restricted",
        SUPERGROUPS,
        WRITING,
        lambda place: place.chat.restrict_bot(text=False, documents=False, other_media=False),
        lambda place: place.chat.demote_bot(),
    ),
    Trouble(
        "topic closed",
        ("topic",),
        (),
        lambda place: place.chat.close_topic(place.thread or 0),
        lambda place: place.chat.reopen_topic(place.thread or 0),
    ),
    Trouble(
        "topic and General closed",
        ("topic",),
        NEW,
        _close_all,
        _open_all,
    ),
    Trouble("topic deleted", ("topic",), (), lambda place: place.chat.delete_topic(place.thread or 0), destroys=True),
    Trouble("blocked", ("private",), ALL, lambda place: place.chat.block()),
    Trouble("user is deactivated", ("private",), ALL, lambda place: place.chat.deactivate()),
    Trouble("kicked", (*GROUPS, "channel"), ALL, lambda place: place.chat.kick_bot()),
    Trouble(
        "no administrator",
        ("channel",),
        WRITING,
        lambda place: place.chat.demote_bot(),
        lambda place: place.chat.promote_bot(),
    ),
    wording("have no rights to send a message", NEW, GROUPS),
    wording("CHAT_SEND_PLAIN_FORBIDDEN", TEXTS, GROUPS),
    wording("CHAT_SEND_DOCS_FORBIDDEN", FILES, GROUPS),
    wording("CHAT_SEND_MEDIA_FORBIDDEN", FILES, GROUPS),
    wording("message can't be edited", EDITS),
    wording("MESSAGE_ID_INVALID", EDITS),
    wording("message to edit not found", EDITS),
    wording("NOBODY_KNOWS_THIS", WRITING, known=False),
    Trouble("PEER_ID_INVALID", EVERYWHERE, ALL, lambda place: place.refuse(ALL, "PEER_ID_INVALID")),
    Trouble(
        "the group chat was deleted",
        ("group",),
        ALL,
        lambda place: place.refuse(ALL, "the group chat was deleted", 403),
    ),
    Trouble(
        "a right that was invented yesterday is missing",
        EVERYWHERE,
        WRITING,
        lambda place: place.refuse(WRITING, "a right that was invented yesterday is missing", 403),
        Place.allow,
        known=False,
    ),
)

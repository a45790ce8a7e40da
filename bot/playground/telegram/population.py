"""The people and the chats of the fake Telegram, most with the bot in them."""

import itertools
from collections.abc import Iterable

from bot.playground.telegram.chat import Chat
from bot.playground.telegram.conversation import INSIDE, JSON, ChatType
from bot.playground.telegram.invitations import read_invitation
from bot.playground.telegram.members import EVERY_RIGHT
from bot.playground.telegram.people import User
from bot.playground.telegram.state import State

FIRST_USER_ID = 1001
FIRST_GROUP_ID = -5001
FIRST_CHANNEL_ID = -1_001_000_000_001


class Population:
    """People and chats. The bot is in each new chat, unless `bot` is False; then somebody may add it."""

    def __init__(self, state: State) -> None:
        self.state = state
        self._user_ids = itertools.count(FIRST_USER_ID)
        self._group_ids = itertools.count(FIRST_GROUP_ID, -1)
        self._channel_ids = itertools.count(FIRST_CHANNEL_ID, -1)

    @property
    def chats(self) -> list[Chat]:
        return [chat for chat in self.state.chats.values() if isinstance(chat, Chat)]

    def user(
        self,
        first_name: str,
        *,
        username: str | None = None,
        language_code: str | None = "en",
        last_name: str | None = None,
        hides_account: bool = False,
    ) -> User:
        user = User(next(self._user_ids), first_name, username, language_code, last_name, hides_account=hides_account)
        self.state.users[user.id] = user
        return user

    def other_bot(self, username: str) -> User:
        """Return a bot of somebody else, which may write in groups, and whose messages no bot sees."""
        other = User(next(self._user_ids), username, username=username, is_bot=True)
        self.state.users[other.id] = other
        return other

    def set_privacy(self, *, on: bool) -> None:
        """Switch the privacy mode of the bot. A group has the old mode until the bot is added to it again."""
        self.state.privacy = on
        self.state.notifier.notify()

    def private(self, user: User) -> Chat:
        """Return the private chat of a user, who has started the bot. Each user has one."""
        known = self.state.chats.get(user.id)
        if isinstance(known, Chat):
            return known
        chat = Chat(self.state, user.id, "private", user.first_name)
        chat.user = user
        chat.people, chat.statuses = {user.id: user}, {user.id: "member"}
        return chat

    def group(  # noqa: PLR0913 - one option a kind of group
        self,
        title: str,
        members: Iterable[User] = (),
        admins: Iterable[User] = (),
        *,
        owner: User | None = None,
        privacy: bool | None = None,
        bot: bool = True,
        bot_admin: bool = False,
    ) -> Chat:
        """Create a basic group. `privacy` overrides the privacy mode of the bot."""
        chat = self._new_chat(next(self._group_ids), "group", title, members, admins, owner)
        return self._with_bot(chat, privacy=privacy, bot=bot, admin=bot_admin)

    def supergroup(  # noqa: PLR0913 - one option a kind of group
        self,
        title: str,
        members: Iterable[User] = (),
        admins: Iterable[User] = (),
        *,
        owner: User | None = None,
        privacy: bool | None = None,
        bot: bool = True,
        bot_admin: bool = False,
        topics: bool = False,
        username: str | None = None,
    ) -> Chat:
        chat = self._new_chat(next(self._channel_ids), "supergroup", title, members, admins, owner)
        chat.is_forum, chat.username = topics, username
        return self._with_bot(chat, privacy=privacy, bot=bot, admin=bot_admin)

    def channel(
        self,
        title: str,
        *,
        linked_group: Chat | None = None,
        owner: User | None = None,
        bot: bool = True,
        bot_admin: bool = True,
        username: str | None = None,
    ) -> Chat:
        chat = self._new_chat(next(self._channel_ids), "channel", title, (), (), owner)
        chat.username, chat.linked = username, linked_group
        if linked_group is not None:
            linked_group.linked = chat
        return self._with_bot(chat, privacy=False, bot=bot, admin=bot_admin)

    def direct_messages(self, channel: Chat, people: Iterable[User] = ()) -> Chat:
        """Open the direct messages of a channel, which the bot administers. Each person has a topic there."""
        chat = self._new_chat(next(self._channel_ids), "supergroup", channel.name, people, (), None)
        chat.parent = channel
        return self._with_bot(chat, privacy=False, bot=True, admin=True)

    def _new_chat(
        self,
        chat_id: int,
        kind: ChatType,
        title: str,
        members: Iterable[User],
        admins: Iterable[User],
        owner: User | None,
    ) -> Chat:
        chat = Chat(self.state, chat_id, kind, title)
        for status, people in (("member", members), ("administrator", admins)):
            for person in people:
                chat.people[person.id] = person
                chat.statuses[person.id] = "administrator" if status == "administrator" else "member"
        if owner is not None:
            chat.people[owner.id] = owner
            chat.statuses[owner.id] = "creator"
        return chat

    def _with_bot(self, chat: Chat, *, privacy: bool | None, bot: bool, admin: bool) -> Chat:
        chat.privacy = self.state.privacy if privacy is None else privacy
        chat.bot_rights = EVERY_RIGHT
        if bot:
            chat.bot_status = "administrator" if admin else "member"
        else:
            chat.bot_status = "left"
        return chat

    def open_link(self, person: User, url: str, to: Chat | None = None) -> JSON | None:
        """Open a link to the bot as a person, who then starts it in private or adds it to the chat `to`.

        Return the message with /start, if one is sent. Raises ValueError if no app would do that.
        """
        asked = read_invitation(url, str(self.state.bot.username))
        if asked.place == "private":
            return self._start(self.private(person), person, asked.payload)
        if to is None or (to.type == "channel") != (asked.place == "channel"):
            raise ValueError(f"{url} asks for a {asked.place}")
        if asked.rights or asked.place == "channel":
            if to.statuses.get(person.id) not in {"creator", "administrator"}:
                raise ValueError(f"{person.first_name} is no admin, and can make nobody one")
            to.add_bot(person, admin=True, rights=asked.rights)
        elif to.bot_status not in INSIDE:
            to.add_bot(person)
        return to.say(person, f"/start@{self.state.bot.username} {asked.payload}") if asked.payload else None

    def _start(self, chat: Chat, person: User, payload: str) -> JSON:
        if chat.bot_status == "kicked":
            chat.unblock()
        return chat.say(person, f"/start {payload}".rstrip())

    def tap(self, person: User, message: JSON, label: str, to: Chat | None = None) -> JSON | str | None:
        """Tap the button with this text: open its link, or press it and return the id of the query."""
        chat = self.state.chats[message["chat"]["id"]]
        assert isinstance(chat, Chat)
        url = chat.link_of(message, label)
        return chat.press(person, message, label) if url is None else self.open_link(person, url, to)

    def answers_to(self, person: User) -> list[str]:
        """Return what the bot told a person who tapped its buttons, oldest first; "" where it told nothing."""
        return [answer.text for answer in self.state.callback_answers if answer.user_id == person.id]

    def menu(self, person: User, chat: Chat) -> list[dict[str, str]]:
        """Return the commands that a person is offered in a chat, as the documentation of BotCommandScope says."""
        language = (person.language_code or "")[:2]
        for scope in _scopes(person, chat):
            for code in (language, ""):
                if commands := self.state.commands.get((scope, code)):
                    return commands
        return []


def _scopes(person: User, chat: Chat) -> list[str]:
    if chat.type == "private":
        return [f"chat:{chat.id}", "all_private_chats", "default"]
    is_admin = chat.statuses.get(person.id) in {"creator", "administrator"}
    of_admins = [f"chat_administrators:{chat.id}"] * is_admin
    of_all_admins = ["all_chat_administrators"] * is_admin
    here = [f"chat_member:{chat.id}:{person.id}", *of_admins, f"chat:{chat.id}"]
    return [*here, *of_all_admins, "all_group_chats", "default"]

"""A chat whose members change: people and the bot come and go, and get or lose rights."""

from dataclasses import replace
from typing import Any

from bot.playground.telegram.conversation import INSIDE, Conversation, Status
from bot.playground.telegram.members import EVERY_RIGHT
from bot.playground.telegram.people import ANONYMOUS_ADMIN, User
from bot.playground.telegram.permissions import EVERYTHING, NOTHING, Permissions
from bot.playground.telegram.posting import Posting

By = User | Conversation | None  # a chat: its anonymous admin; None: any person of the chat
WITH_SERVICE_MESSAGES = {"group", "supergroup"}


class Membership(Posting):
    """A chat whose members change, which Telegram tells the bot as far as it has asked for such updates.

    The bot hears of itself by `my_chat_member`, and as an admin of others by `chat_member`.
    """

    def block(self) -> None:
        """Block the bot as the user of a private chat."""
        self._change_bot("kicked")

    def unblock(self) -> None:
        self._change_bot("member")

    def deactivate(self) -> None:
        """Delete the account of the user of a private chat; the bot gets no update."""
        self.deactivated = True

    def add_bot(self, by: By = None, *, admin: bool = False, rights: frozenset[str] = EVERY_RIGHT) -> None:
        """Add the bot, as an admin with these rights if `admin`. A bot that is there already is only promoted.

        The privacy mode that the bot has now is that of the chat from now on.
        """
        was_inside = self.bot_status in INSIDE
        if was_inside and not admin:
            raise ValueError("the bot is in this chat already")
        self._change_bot("administrator" if admin else "member", by, rights=rights)
        if not was_inside and self.type in WITH_SERVICE_MESSAGES:
            self.privacy = self._state.privacy
            self._post(by or self._any_person(), {"new_chat_members": [self._state.bot.as_json()]}, {})

    def promote_bot(self, by: By = None, *, rights: frozenset[str] = EVERY_RIGHT) -> None:
        self.add_bot(by, admin=True, rights=rights)

    def demote_bot(self, by: By = None) -> None:
        """Make the bot a mere member, which also ends its restrictions."""
        self._change_bot("member", by)

    def restrict_bot(self, by: By = None, **changes: Any) -> None:
        """Take permissions from the bot alone, which gets an update. `demote_bot` gives them all back."""
        if self.type != "supergroup":
            raise ValueError(f"nobody is restricted in a {self.type}")
        self._change_bot("restricted", by, restriction=replace(self.restriction, **changes))

    def mute_bot(self, by: By = None) -> None:
        """Take the right to send anything from the bot alone."""
        self.restrict_bot(by, text=False, documents=False, other_media=False)

    def kick_bot(self, by: By = None) -> None:
        self._change_bot("kicked", by)
        if self.type in WITH_SERVICE_MESSAGES:
            self._post(by or self._any_person(), {"left_chat_member": self._state.bot.as_json()}, {})

    def permit(self, **changes: Any) -> None:
        """Change some of the permissions of everybody in the chat, at any moment; the bot gets no update."""
        self.permissions = replace(self.permissions, **changes)
        self._state.notifier.notify()

    def silence_bot(self) -> None:
        """Let nobody but administrators send anything. The bot stays in the chat, and may read."""
        self.permit(text=False, documents=False, other_media=False)

    def join(self, person: User, by: By = None) -> None:
        """Let a person join, or be added by somebody."""
        self.people[person.id] = person
        self._state.change_person(self, person, "member", self._performer(by or person))
        if self.type in WITH_SERVICE_MESSAGES:
            self._post(by or person, {"new_chat_members": [person.as_json()]}, {})

    def leave(self, person: User) -> None:
        self._part(person, person)
        self._state.change_person(self, person, "left", person)

    def ban(self, person: User, by: By = None) -> None:
        self._part(person, by)
        self._state.change_person(self, person, "kicked", self._performer(by))

    def _part(self, person: User, by: By) -> None:
        if self.type in WITH_SERVICE_MESSAGES:
            self._post(by or self._any_person(), {"left_chat_member": person.as_json()}, {})
        self.people.pop(person.id, None)
        self.anonymous.discard(person.id)

    def promote(self, person: User, by: By = None, *, anonymous: bool = False) -> None:
        """Make a person an admin. What an anonymous one writes and does, the chat writes and does."""
        self.people[person.id] = person
        (self.anonymous.add if anonymous else self.anonymous.discard)(person.id)
        if self.statuses.get(person.id) != "creator":
            self._state.change_person(self, person, "administrator", self._performer(by))

    def demote(self, person: User, by: By = None) -> None:
        self.anonymous.discard(person.id)
        self._state.change_person(self, person, "member", self._performer(by))

    def restrict(self, person: User, by: By = None, permissions: Permissions = NOTHING) -> None:
        """Leave a person only these permissions; without any other word, none to write."""
        if self.type != "supergroup":
            raise ValueError(f"nobody is restricted in a {self.type}")
        self._state.change_person(self, person, "restricted", self._performer(by), permissions)

    def _change_bot(
        self,
        status: Status,
        by: By = None,
        *,
        restriction: Permissions = EVERYTHING,
        rights: frozenset[str] = EVERY_RIGHT,
    ) -> None:
        self._state.change_bot(self, status, self._performer(by), restriction=restriction, rights=rights)

    def _performer(self, by: By) -> User:
        speaker = self._speaker(by or self._any_person())
        return speaker if isinstance(speaker, User) else ANONYMOUS_ADMIN

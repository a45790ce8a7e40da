"""Guests: for whom the bot works, beside the operator's list. Stored, and known here, so that no update has to wait.

A person is known by the id of the private chat, which is the id of the person. A change is known at once, and what
stores it is returned, for the door to keep. What other processes have changed is known when it is read again.
"""

import hashlib
import hmac
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from bot.engine.moves import Moves
from storage.store import Store

Write = Callable[[], Awaitable[object]]
Own = Callable[[], Awaitable[bool]]
SECRET_LETTERS = 40  # of 64; Telegram takes 64 in a link, with what stands before them


@dataclass(slots=True)
class Guests:
    """The owner and those who were let in. `listed` is the operator's list; `is_open` lets others in, if that is empty.

    `load` it at the start. `is_shared` says that other processes change what is stored, too.
    """

    store: Store
    moves: Moves
    listed: frozenset[int]
    is_open: bool
    is_shared: bool = False
    owner: int | None = field(default=None, init=False)
    owner_speaks: str | None = field(default=None, init=False)  # the language that the owner has in Telegram
    _invited: set[int] = field(default_factory=set, init=False)
    _secret: str = field(default="", init=False, repr=False)
    _version: int = field(default=0, init=False)

    async def load(self, token: str) -> None:
        """Read who they are; the secret of the owner's link is made of the bot's token and of a stored word."""
        self._secret = owners_secret(token, await self._read())

    async def _read(self) -> str:
        """Read everything; return the word that the link is made of."""
        circle = await self.store.circle(new_word())
        await self.moves.load()
        self.owner, self._invited = circle.owner, set(circle.guests)
        self.owner_speaks, self._version = circle.owner_speaks, circle.version
        return circle.word

    async def refresh(self) -> None:
        """Read again what has changed, of chats that have moved, too."""
        if await self.store.circle_version() != self._version:
            await self._read()

    @property
    def invitation(self) -> str | None:
        """The secret by which somebody becomes the owner; None where nobody is wanted."""
        return None if self.owner is not None or self.is_open else self._secret

    @property
    def invited(self) -> tuple[int, ...]:
        """Those who were let in by the owner, people first."""
        return tuple(sorted(self._invited, reverse=True))

    def admits(self, chat_id: int) -> bool:
        """Tell whether the bot works in a chat, or for a person."""
        if self.are_all or chat_id == self.owner:
            return True
        ids = self.moves.ids(chat_id)
        return not (ids.isdisjoint(self.listed) and ids.isdisjoint(self._invited))

    @property
    def are_all(self) -> bool:
        """Whether the bot works for everybody."""
        return self.is_open and not self.listed

    def may_be_revoked(self, chat_id: int) -> bool:
        """Tell whether the bot works for somebody only because the owner let them in."""
        return not (self.are_all or self.is_owner(chat_id) or self.is_listed(chat_id))

    def is_listed(self, chat_id: int) -> bool:
        return not self.moves.ids(chat_id).isdisjoint(self.listed)

    def is_owner(self, user_id: int | None) -> bool:
        return user_id is not None and user_id == self.owner

    def fits(self, secret: str) -> bool:
        """Tell whether a secret is that of the owner's link."""
        return hmac.compare_digest(secret.encode(), self._secret.encode())

    def hear(self, user_id: int, speaks: str | None) -> Write | None:
        """Learn the language of a person who writes; return what stores it, if that is the owner's, and a new one."""
        if not self.is_owner(user_id) or speaks is None or speaks == self.owner_speaks:
            return None
        self.owner_speaks = speaks
        return lambda: self.store.hear_owner(user_id, speaks)

    def claim(self, user_id: int) -> Own:
        """Make a person the owner, as there is none."""
        self.owner = user_id
        return lambda: self._own(user_id, None)

    async def _own(self, user_id: int, was: int | None) -> bool:
        """Store an owner; False, and read who it is, where another process has stored another one before."""
        owns = await self.store.own(user_id, was)
        if not owns:
            await self._read()
        return owns

    def hand_over(self, user_id: int) -> Own:
        """Make a person the owner instead of the one who is, who becomes a guest."""
        was = self.owner
        self.owner = user_id
        if was != user_id:
            self.owner_speaks = None
        if was is not None and was != user_id:
            self._invited.add(was)
        return lambda: self._own(user_id, was)

    def allow(self, guest: int) -> Write:
        self._invited.add(guest)
        return lambda: self.store.allow(guest)

    def revoke(self, guest: int) -> Write:
        """Let a guest in no more, by none of its ids."""
        ids = tuple(self.moves.ids(guest))
        self._invited.difference_update(ids)
        return lambda: self.store.revoke(ids)


def new_word() -> str:
    """Make a word for a database that has none yet."""
    return secrets.token_hex(16)


def owners_secret(token: str, word: str) -> str:
    """Make the secret of the owner's link: not stored, the same at each start, and another one for each database."""
    return hmac.new(token.encode(), f"owner {word}".encode(), hashlib.sha256).hexdigest()[:SECRET_LETTERS]


def owners_link(username: str, secret: str) -> str:
    return f"https://t.me/{username}?start=own-{secret}"

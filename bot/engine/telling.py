"""Telling the owner, in private and in the language that is spoken there."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.telegram.writing.transport import Place, Transport
from bot.text.rooms.trouble import Kind
from bot.text.texts import Texts
from storage.errors import StorageUnavailableError
from storage.store import Store


@dataclass(frozen=True, slots=True)
class Telling:
    """Sends messages to the owner; a failure raises one of `bot.errors`."""

    transport: Transport
    store: Store
    speaks: Callable[[], str | None]  # the language that the owner has in Telegram

    async def __call__(self, owner: int, kind: Kind, began: bool) -> None:  # noqa: FBT001 - see Tell
        """Tell that trouble has begun, or that it has ended; in English where no language is known."""
        try:
            chosen = (await self.store.settings(owner)).interface
        except StorageUnavailableError:
            chosen = None
        words = Texts(chosen or self.speaks()).trouble
        await self.transport.say(Place(owner), words.begins(kind) if began else words.ends(kind))

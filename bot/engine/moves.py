"""Moves: a group that becomes a supergroup gets another id. Which ids a chat had before is stored, and known here."""

from dataclasses import dataclass, field

from storage.store import Store


@dataclass(frozen=True, slots=True)
class Moves:
    """Follows chats to their new ids. `load` it at the start; what is asked of it afterwards waits for nothing."""

    store: Store
    _before: dict[int, int] = field(default_factory=dict, init=False)

    async def load(self) -> None:
        """Read the moves that earlier lives have stored."""
        self._before.update(await self.store.moves())

    def note(self, old_chat_id: int, new_chat_id: int) -> None:
        """Know of a move that is about to be stored."""
        self._before.setdefault(new_chat_id, old_chat_id)

    async def follow(self, old_chat_id: int, new_chat_id: int) -> None:
        """Store a move, and let everything of the chat go along."""
        self.note(old_chat_id, new_chat_id)
        await self.store.move_chat(old_chat_id, new_chat_id)

    def ids(self, chat_id: int) -> set[int]:
        """Return the id of a chat and those that it had before."""
        found = {chat_id}
        while (before := self._before.get(chat_id)) is not None and before not in found:
            found.add(before)
            chat_id = before
        return found

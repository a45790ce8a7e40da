"""Updates that go on behind the door, while Telegram is asked who is an admin: kept until what they ask for is done."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from telegram import Bot, Update

from storage.unfinished import KeptUpdate, NewUpdate, TakenUp, Updates

AT_ONCE = 20  # updates that are taken up with one look
BEGINNING = 4  # UTF-16 units or more of what others have said, by which a question of the bot's is known


@dataclass(frozen=True, slots=True)
class Unfinished:
    """Keeps updates, and takes them up that processes left behind."""

    store: Updates
    bot: Bot = field(repr=False)  # which shows its token
    now: Callable[[], float]

    async def keep(self, update: Update) -> KeptUpdate:
        chat, person = update.effective_chat, update.effective_user
        assert chat is not None
        user_id = None if person is None else person.id
        return await self.store.keep_update(NewUpdate(update.update_id, chat.id, user_id, written(update)), self.now())

    async def take_up(self) -> TakenUp:
        return await self.store.take_up(AT_ONCE)

    def read(self, update: KeptUpdate) -> Update:
        return Update.de_json(json.loads(update.body), self.bot)

    async def finish(self, update: KeptUpdate) -> None:
        await self.store.finish_update(update)


def written(update: Update) -> str:
    """Write an update that was read before, but for the text that somebody else has said."""
    content = update.to_dict()
    for message in (content.get("message"), content.get("channel_post")):
        replied: dict[str, Any] = (message or {}).get("reply_to_message") or {}
        if "text" in replied:
            replied["text"] = replied["text"][:BEGINNING]
            replied.pop("entities", None)
    return json.dumps(content, ensure_ascii=False)

"""The command /usage: what this chat has used, and for the owner what all chats have."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from telegram import Message, Update
from telegram.constants import ChatType
from telegram.ext import ContextTypes

from bot.chart import draw_bars
from bot.engine.quotas import Quotas
from bot.telegram.calls import Calls, Picture
from bot.telegram.receiving.door import Door
from bot.telegram.writing.attachments import reply_with
from bot.telegram.writing.messages import reply
from bot.telegram.writing.names import name_of
from bot.text.texts import Texts
from handlers.speaking import Speaking
from storage.host import DAY, TotalUsage
from storage.store import Store

DAYS = 30  # in the chart
MOST_CHATS = 10  # that are named
LABEL_EVERY = 7  # days


@dataclass(frozen=True, slots=True)
class Using:
    """Answers with amounts of today and of this month, which both begin in UTC."""

    door: Door
    speaking: Speaking
    store: Store
    quotas: Quotas
    calls: Calls
    now: Callable[[], float]

    async def usage(self, update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        message = update.effective_message
        if message is not None:
            self.door.say(message.chat.id, partial(self._answer, message), counts=True)

    async def _answer(self, message: Message) -> None:
        texts = await self.speaking.texts(message.chat, message.from_user)
        text = await self._of_chat(message, texts)
        owner = self.quotas.owner()
        if owner is None or message.chat.type != ChatType.PRIVATE or message.chat.id != owner:
            await reply(message, text)
            return
        total = await self.store.usage_of_all(self._month(), self._today() - DAYS + 1, MOST_CHATS)
        names = await asyncio.gather(*(name_of(message.get_bot(), chat_id) for chat_id, _ in total.chats))
        named = [(name, amount) for name, (_, amount) in zip(names, total.chats, strict=True)]
        picture = await asyncio.to_thread(self._draw, total)
        await reply_with(self.calls, message, Picture(picture), texts.usage.of_all(text, total.since, named))

    async def _of_chat(self, message: Message, texts: Texts) -> str:
        person = message.from_user.id if message.from_user and message.sender_chat is None else 0
        today, month, owner = self._today(), self._month(), self.quotas.owner()
        used = await self.store.usage(message.chat.id, person, today, month, owner)
        lines = [texts.usage.of_chat(used.today, used.since)]
        of_chat, of_person = self.quotas.chat_seconds, self.quotas.person_seconds
        is_exempt = owner is not None and person == owner
        if of_chat is not None and not is_exempt:
            lines.append(texts.usage.left_to_chat(used.counted_of_chat, of_chat))
        if of_person is not None and person and not is_exempt:
            lines.append(texts.usage.left_to_person(used.counted_of_person, of_person))
        return "\n".join(lines if len(lines) > 1 else [*lines, texts.usage.no_limit()])

    def _draw(self, total: TotalUsage) -> bytes:
        days = range(self._today() - DAYS + 1, self._today() + 1)
        minutes = [total.days[day].seconds / 60 if day in total.days else 0.0 for day in days]
        labels = [_date(day) if (days[-1] - day) % LABEL_EVERY == 0 else "" for day in days]
        return draw_bars(minutes, labels)

    def _today(self) -> int:
        return int(self.now() // DAY)

    def _month(self) -> int:
        """Return the first day of the month."""
        return self._today() - time.gmtime(self.now()).tm_mday + 1


def _date(day: int) -> str:
    return time.strftime("%m-%d", time.gmtime(day * DAY))

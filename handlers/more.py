"""The button under a text behind which there is all that can be had of it."""

from dataclasses import dataclass
from functools import partial

from telegram import CallbackQuery

from bot.engine import keyboards
from bot.errors import ChatMovedError
from bot.telegram.receiving.door import Door
from bot.telegram.writing.button_data import ShowLess, ShowMore
from bot.telegram.writing.buttons import Keyboard
from bot.telegram.writing.messages import answer, change_buttons, tell
from handlers.shown import Shown
from handlers.speaking import Speaking
from storage.words import Job


@dataclass(frozen=True, slots=True)
class More:
    """Changes the buttons under texts, for the sender of a recording and for admins; the text stays as it is."""

    door: Door
    speaking: Speaking
    shown: Shown

    def show(self, query: CallbackQuery, carried: ShowMore) -> None:
        assert query.message is not None
        self.door.say(query.message.chat.id, partial(self._show, query, carried.job_id))

    def close(self, query: CallbackQuery, carried: ShowLess) -> None:
        assert query.message is not None
        self.door.say(query.message.chat.id, partial(self._close, query, carried.job_id))

    async def _show(self, query: CallbackQuery, job_id: int) -> None:
        if (job := await self._job(query, job_id)) is not None:
            await self._change(query, job, keyboards.opened(job))

    async def _close(self, query: CallbackQuery, job_id: int) -> None:
        if (job := await self._job(query, job_id)) is not None:
            await self._change(query, job, keyboards.under_text(job))

    async def _job(self, query: CallbackQuery, job_id: int) -> Job | None:
        return await self.shown.job_for(query, job_id, lambda texts: texts.more.not_yours())

    async def _change(self, query: CallbackQuery, job: Job, rows: Keyboard) -> None:
        """Change the buttons; where old messages stay as they are, in a chat that has moved, in one of their own."""
        assert query.message is not None
        try:
            await change_buttons(query.message, rows)
        except ChatMovedError as moved:
            texts = await self.speaking.texts(query.message.chat, query.from_user)
            await answer(query, None)
            await tell(query.get_bot(), moved.new_chat_id, texts.more.here(), keyboards.opened(job))
            raise
        await answer(query, None)

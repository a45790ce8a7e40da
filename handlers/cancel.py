"""The cancel button under a placeholder."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from telegram import CallbackQuery
from telegram.constants import ChatType

from bot.log import get_logger
from bot.telegram.receiving.door import Door
from bot.telegram.writing.button_data import CancelJob
from bot.telegram.writing.messages import answer, remove
from handlers.admins import is_admin
from handlers.speaking import Speaking
from storage.store import CancelResult, Store
from storage.words import Press, State

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Cancel:
    """Ends jobs for those who may: the sender, and in groups the admins.

    What the sender cancels is stored before Telegram is told. Who else may cancel is asked for behind the door: a
    process that dies before it knows forgets the press, and the person presses again.
    """

    door: Door
    speaking: Speaking
    store: Store
    nudge: Callable[[], None]
    now: Callable[[], float]

    def __call__(self, query: CallbackQuery, button: CancelJob) -> None:
        press = _press(query, button.job_id)
        self.door.keep(lambda: self.store.press(press, self.now()), partial(self._go_on, query, press))

    def _go_on(self, query: CallbackQuery, press: Press, result: CancelResult) -> None:
        """Tell the person what the press came to, or ask whether it may come to something."""
        if result.orphan:
            log.info("orphan.found", job=press.job_id)
        elif result.accepted:
            log.info("job.cancelling", job=press.job_id)
            self.nudge()
        say = self._ask if result.not_theirs else self._tell
        self.door.replies.put(press.chat_id, partial(say, query, press, result))

    async def _ask(self, query: CallbackQuery, press: Press, _: CancelResult) -> None:
        """Cancel the job of somebody else, if an admin of the chat has pressed."""
        assert query.message is not None
        admin = await is_admin(query.message.chat, query.from_user)
        if admin:
            self._go_on(query, press, await self.store.cancel(*_what(press), self.now()))
        else:
            words = (await self.speaking.texts_for(query)).cancelling
            await answer(query, words.admin_unknown() if admin is None else words.not_yours(), alert=True)

    async def _tell(self, query: CallbackQuery, _: Press, result: CancelResult) -> None:
        texts = await self.speaking.texts_for(query)
        words = texts.cancelling
        if result.orphan:
            assert query.message is not None
            await remove(query.message)
            failed = result.job is not None and result.job.state is State.FAILED
            await answer(query, words.no_answer_removed() if failed else words.orphan_removed())
        elif result.accepted:
            await answer(query, words.done())
        elif result.job is not None:
            await answer(query, words.too_late())
        else:
            await answer(query, texts.settings.outdated(), alert=True)


def _press(query: CallbackQuery, job_id: int) -> Press:
    message = query.message
    assert message is not None
    button_seen = message.is_accessible
    may_cancel_all = message.chat.type == ChatType.PRIVATE
    user_id = None if may_cancel_all else query.from_user.id
    return Press(job_id, message.chat.id, message.message_id, user_id, button_seen)


def _what(press: Press) -> tuple[int, int, int]:
    return press.job_id, press.chat_id, press.message_id

"""The cancel button under a placeholder, and the command /cancel."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from telegram import CallbackQuery, Message, Update
from telegram.constants import ChatType
from telegram.ext import ContextTypes

from bot.log import get_logger
from bot.telegram.receiving.door import Door
from bot.telegram.writing.button_data import CancelJob
from bot.telegram.writing.messages import answer, remove, reply
from bot.text.rooms.cancelling import Cancelling
from handlers.admins import is_admin, speaks_for_its_chat
from handlers.media import is_reply, replied_here, sender_of
from handlers.speaking import Speaking
from storage.cancelling import CancelResult
from storage.store import Store
from storage.words import Press, State

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Cancel:
    """Ends jobs for those who may: the sender, and in groups the admins.

    What the sender cancels is stored before Telegram is told. Who else may cancel is asked for behind the door, and the
    update is kept until that is known.
    """

    door: Door
    speaking: Speaking
    store: Store
    nudge: Callable[[], None]
    now: Callable[[], float]

    def __call__(self, query: CallbackQuery, button: CancelJob) -> None:
        press = press_of(query, button.job_id)
        write = partial(self.store.press, press)
        self.door.keep(lambda: write(self.now()), partial(self._go_on, query, press), goes_on=_may_be_admins)

    def _go_on(self, query: CallbackQuery, press: Press, result: CancelResult) -> None:
        """Tell the person what the press came to, or ask whether it may come to something."""
        if result.orphan:
            log.info("orphan.found", job=press.job_id)
        elif result.accepted:
            log.info("job.cancelling", job=press.job_id)
            self.nudge()
        say = self._ask if result.not_theirs else self._tell
        self.door.go_on(press.chat_id, partial(say, query, press, result))

    async def _ask(self, query: CallbackQuery, press: Press, _: CancelResult) -> None:
        """Cancel the job of somebody else, if an admin of the chat has pressed."""
        assert query.message is not None
        admin = await is_admin(query.message.chat, query.from_user)
        if admin:
            self._go_on(query, press, await self.store.cancel(*_what(press), self.now()))
        else:
            words = (await self.speaking.texts_for(query)).cancelling
            await answer(query, words.admin_unknown() if admin is None else words.not_yours(), alert=True)

    async def command(self, update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        """Cancel what the message replies to, or else all that its sender sent here and that is not answered."""
        message = update.effective_message
        assert message is not None
        chat_id, person, now = message.chat.id, sender_of(message), self.now
        replied = replied_here(message)
        if not is_reply(message):
            self.door.keep(lambda: self.store.cancel_all(chat_id, person, now()), partial(self._told_all, message))
        elif replied is None or (person is None and not speaks_for_its_chat(message)):
            self._say(message, lambda words: words.nothing_runs_there())
        else:
            person = None if speaks_for_its_chat(message) else person
            write = partial(self.store.cancel_at, chat_id, replied, person)
            told = partial(self._told_one, message, replied)
            self.door.keep(lambda: write(now()), told, goes_on=_may_be_admins)

    def _told_all(self, message: Message, n: int) -> None:
        log.info("jobs.cancelling", chat=message.chat.id, jobs=n)
        self.nudge()
        self._say_after(message, lambda words: words.several_done(n) if n else words.nothing_runs())

    def _told_one(self, message: Message, replied_id: int, result: CancelResult) -> None:
        if result.not_theirs:
            self.door.go_on(message.chat.id, partial(self._ask_for, message, replied_id), counts=True)
            return
        if result.accepted and result.job is not None:
            log.info("job.cancelling", job=result.job.id)
            self.nudge()
        self._say_after(message, partial(_outcome, result))

    async def _ask_for(self, message: Message, replied_id: int) -> None:
        """Cancel the job of somebody else, if an admin of the chat has asked for that."""
        admin = message.from_user is not None and await is_admin(message.chat, message.from_user)
        if admin:
            self._told_one(
                message, replied_id, await self.store.cancel_at(message.chat.id, replied_id, None, self.now())
            )
        else:
            words = (await self.speaking.texts(message.chat, message.from_user)).cancelling
            await reply(message, words.ask_again() if admin is None else words.not_yours())

    def _say(self, message: Message, said: Callable[[Cancelling], str]) -> None:
        self.speaking.reply(message, lambda texts: said(texts.cancelling))

    def _say_after(self, message: Message, said: Callable[[Cancelling], str]) -> None:
        self.speaking.reply_after(message, lambda texts: said(texts.cancelling))

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


def _may_be_admins(result: CancelResult) -> bool:
    return result.not_theirs


def _outcome(result: CancelResult, words: Cancelling) -> str:
    if result.accepted:
        return words.several_done(1)
    return words.nothing_runs_there() if result.job is None else words.too_late()


def press_of(query: CallbackQuery, job_id: int) -> Press:
    message = query.message
    assert message is not None
    button_seen = message.is_accessible
    may_cancel_all = message.chat.type == ChatType.PRIVATE
    user_id = None if may_cancel_all else query.from_user.id
    return Press(job_id, message.chat.id, message.message_id, user_id, button_seen)


def _what(press: Press) -> tuple[int, int, int]:
    return press.job_id, press.chat_id, press.message_id

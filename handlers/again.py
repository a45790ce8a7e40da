"""The button under an apology to try the recording again."""

from dataclasses import dataclass
from functools import partial

from telegram import CallbackQuery

from bot.engine.intake import Intake
from bot.telegram.receiving.door import Door
from bot.telegram.writing.button_data import TryAgain
from bot.telegram.writing.messages import answer
from bot.text.texts import Texts
from handlers.admins import is_admin
from handlers.cancel import press_of
from handlers.speaking import Speaking
from storage.host import TooOften
from storage.intake import NotTaken, Refused
from storage.words import Job, Press

Result = Job | Refused | NotTaken | None


@dataclass(frozen=True, slots=True)
class Again:
    """Makes another job for those who may: the sender, and in groups the admins; see `Cancel` for what is kept."""

    door: Door
    speaking: Speaking
    intake: Intake

    def __call__(self, query: CallbackQuery, button: TryAgain) -> None:
        press = press_of(query, button.job_id)
        go_on = partial(self._go_on, query, press)
        self.door.keep(partial(self.intake.try_again, press), go_on, goes_on=lambda made: made is NotTaken.NOT_THEIRS)

    def _go_on(self, query: CallbackQuery, press: Press, result: Result) -> None:
        say = self._ask if result is NotTaken.NOT_THEIRS else self._tell
        self.door.go_on(press.chat_id, partial(say, query, press, result))

    async def _ask(self, query: CallbackQuery, press: Press, result: Result) -> None:
        """Try the recording of somebody else again, if an admin of the chat has pressed."""
        assert query.message is not None
        admin = await is_admin(query.message.chat, query.from_user)
        if admin:
            result = await self.intake.try_again(press.by_admin)
        if admin is None:
            await self.speaking.alert(query, lambda texts: texts.cancelling.admin_unknown())
        else:
            await self._tell(query, press, result)

    async def _tell(self, query: CallbackQuery, _: Press, result: Result) -> None:
        began = isinstance(result, Job) or result is NotTaken.UNDER_WAY
        await answer(query, _told(result, await self.speaking.texts_for(query)), alert=not began)


def _told(result: Result, texts: Texts) -> str:
    match result:
        case Job() | NotTaken.UNDER_WAY:
            return texts.again.begun()
        case Refused(too_often=TooOften(seconds=seconds)):
            return texts.again.too_often(seconds)
        case Refused():
            return texts.again.too_many()
        case NotTaken.NOT_THEIRS:
            return texts.again.not_yours()
        case NotTaken.OPTED_OUT:
            return texts.people.wants_no_text()
        case _:
            return texts.again.gone()

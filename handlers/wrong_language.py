"""The button "Wrong language?" under a text: which language was it, and the same recording once more in that one.

The other text is a job of its own, and replies to the recording as the first one did. In place of a message that asks
for it, it has a number that the first job and the language make: so it is made once, however often somebody taps.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

from telegram import CallbackQuery
from telegram.constants import ChatType

from bot.engine import keyboards
from bot.engine.intake import Intake
from bot.speech.catalogue import Model, find
from bot.speech.languages import LANGUAGES, likely, nearest, spoken
from bot.telegram.receiving.door import Door
from bot.telegram.writing.button_data import AskLanguage, InLanguage
from bot.telegram.writing.buttons import button
from bot.telegram.writing.messages import answer, change_buttons
from bot.text.texts import Texts
from handlers.admins import is_admin
from handlers.speaking import Speaking
from storage.store import NotTaken, Refused
from storage.words import AUTO, Asked, Job, NewJob, State, sent_as

OFFERED = 8  # languages
IN_A_ROW = 2
_NUMBERS = {language: number for number, language in enumerate(sorted(LANGUAGES))}
_MOST_LANGUAGES = 1000  # that there will ever be


@dataclass(frozen=True, slots=True)
class WrongLanguage:
    """Shows languages, and transcribes again, for the sender of a recording and for admins.

    All of it happens behind the door: a process that dies before the job is stored forgets the tap, and the person
    taps again. `preferred` are the operator's models, the default one first.
    """

    door: Door
    speaking: Speaking
    intake: Intake
    preferred: Sequence[Model]

    def ask(self, query: CallbackQuery, carried: AskLanguage) -> None:
        assert query.message is not None
        self.door.say(query.message.chat.id, partial(self._ask, query, carried))

    def choose(self, query: CallbackQuery, carried: InLanguage) -> None:
        assert query.message is not None
        self.door.say(query.message.chat.id, partial(self._choose, query, carried))

    async def _ask(self, query: CallbackQuery, carried: AskLanguage) -> None:
        if (job := await self._job_for(query, carried.job_id)) is None:
            return
        assert query.message is not None
        heard = None if job.transcript_id is None else await self.intake.store.language(job.transcript_id)
        chosen = (await self.intake.store.settings(job.chat_id)).language
        first = (query.from_user.language_code, job.interface, None if chosen == AUTO else chosen)
        buttons = [button(LANGUAGES[each].own, InLanguage(job.id, each)) for each in likely(first, heard, OFFERED)]
        await change_buttons(query.message, [buttons[at : at + IN_A_ROW] for at in range(0, OFFERED, IN_A_ROW)])
        await answer(query, (await self.speaking.texts_for(query)).languages.which())

    async def _choose(self, query: CallbackQuery, carried: InLanguage) -> None:
        """Make the job; afterwards the text may still be asked for in another language."""
        job = await self._job_for(query, carried.job_id)
        if job is None or query.message is None:
            return
        if carried.language not in LANGUAGES:
            await self._outdated(query)
            return
        texts = await self.speaking.texts_for(query)
        model = await self._model(job.chat_id, carried.language)
        new = _again(job, query.message.message_id, model, carried.language)
        is_theirs = query.from_user.id == job.user_id  # who wants no text in groups may ask for that of their own
        made = await self.intake.accept_new(replace(new, people=()) if is_theirs else new)
        await answer(query, _told(made, carried.language, texts), alert=not isinstance(made, Job))
        await change_buttons(query.message, keyboards.under_text(job))

    async def _model(self, chat_id: int, language: str) -> Model:
        """Return the model of a chat, or the nearest one that knows a language."""
        model = find((await self.intake.store.settings(chat_id)).model or "") or self.preferred[0]
        if spoken(model, language) is None:
            model = nearest(model, language, self.preferred) or model
        return model

    async def _job_for(self, query: CallbackQuery, job_id: int) -> Job | None:
        """Return the job of a text, if the person who tapped may have it made anew; others get an alert."""
        message = query.message
        assert message is not None
        job = await self.intake.store.job(job_id)
        is_its_text = job is not None and job.doubtful and job.state is State.DELIVERED
        if job is None or not is_its_text or job.shown_in != message.chat.id or not message.is_accessible:
            await self._outdated(query)
            return None
        if message.chat.type == ChatType.PRIVATE or query.from_user.id == job.user_id:
            return job
        admin = await is_admin(message.chat, query.from_user)
        if not admin:
            await self.speaking.alert(query, partial(_not_allowed, admin))
        return job if admin else None

    async def _outdated(self, query: CallbackQuery) -> None:
        await self.speaking.alert(query, lambda texts: texts.settings.outdated())


def _again(job: Job, shown_as: int, model: Model, language: str) -> NewJob:
    """Return the job of the same recording in another language; `shown_as` is the message of the first text."""
    return replace(
        sent_as(
            job, model.name, replace(job.options, language=spoken(model, language) or language).without(model.untaken)
        ),
        chat_id=job.chat_id,
        message_id=-(job.id * _MOST_LANGUAGES + _NUMBERS[language]),
        asked=Asked.PLAINLY,
        about=job.reply_to or shown_as,
        people=() if job.user_id is None else (job.user_id,),
        is_decided=True,
    )


def _told(made: Job | Refused | NotTaken | None, language: str, texts: Texts) -> str:
    match made:
        case Job():
            return texts.languages.again(LANGUAGES[language].own)
        case Refused():
            return texts.languages.not_now()
        case NotTaken.UNDER_WAY:
            return texts.asking.under_way()
        case NotTaken.OPTED_OUT:
            return texts.people.wants_no_text()
        case _:
            return texts.languages.had_already()


def _not_allowed(admin: bool | None, texts: Texts) -> str:  # noqa: FBT001 - what Telegram said, which may be nothing
    return texts.settings.admin_unknown() if admin is None else texts.languages.not_yours()

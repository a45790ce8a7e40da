"""Other texts of a recording, by another model or in another language: the buttons for them, and the command /again.

Each is a job of its own and replies to the recording as the first one did, which stays as it is. What the sender wants
is stored before Telegram is told. Who else may have it is asked for behind the door, and so is whether a text that is
there was deleted. The update is kept until that is known.
"""

from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from telegram import CallbackQuery, Message, Update
from telegram.ext import ContextTypes

from bot.engine import keyboards
from bot.engine.intake import Intake
from bot.errors import ChatMovedError
from bot.speech.catalogue import Model, find, suggest
from bot.speech.languages import LANGUAGES
from bot.telegram.downloading.file_limit import FileLimit
from bot.telegram.receiving.door import Door
from bot.telegram.writing.button_data import AskLanguage, AskVersion, InLanguage, WithModel
from bot.telegram.writing.buttons import Keyboard
from bot.telegram.writing.messages import answer, change_buttons, reply, tell
from bot.text.texts import Texts
from handlers.asker import Asker, NotAllowed, asker_of, asker_with
from handlers.at_hand import AtHand, Found, of_job, of_message
from handlers.media import Carrier, replied_here, sender_of
from handlers.offers import languages, models_and_languages
from handlers.setting import LONGEST_TYPED
from handlers.shown import Shown
from handlers.speaking import Speaking
from storage.apology import Apology
from storage.host import TooOften
from storage.intake import HadAlready, NotTaken, Refused, Version
from storage.transcript import Doubt
from storage.words import Job

NO_JOB = 0  # in a button
SUPERGROUPS = -(10**12)  # have lower ids; groups that may become one have higher ones

Result = Job | HadAlready | Refused | NotTaken | NotAllowed | Apology | None


@dataclass(frozen=True, slots=True)
class Request:
    """What somebody wants: a version of a recording; `tell` says what came of it."""

    asker: Asker
    find: Callable[[], Coroutine[Any, Any, Found]]
    version: Callable[[AtHand], Version]
    tell: Callable[[Result], Coroutine[Any, Any, None]]
    in_message: bool = False  # rather than in an alert
    tapped: int | None = None  # the message with the button, which is there


@dataclass(frozen=True, slots=True)
class Versions:
    """Shows what can be chosen, and makes the job of what was, for the sender of a recording and for admins.

    `preferred` are the operator's models, the default one first.
    """

    door: Door
    speaking: Speaking
    intake: Intake
    shown: Shown
    limit: FileLimit
    preferred: Sequence[Model]

    async def command(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Make a version of the recording that a message replies to, or whose text it replies to."""
        message = update.effective_message
        assert message is not None
        words = " ".join(context.args or [])[:LONGEST_TYPED]
        carrier, model = message.reply_to_message or message.external_reply, find(words)
        if carrier is None:
            self.speaking.reply(message, lambda texts: texts.versions.how())
        elif not words:
            self.door.say(message.chat.id, partial(self._offer, message, carrier), counts=True)
        elif model is None:
            suggested = [each.name for each in suggest(words)]
            self.speaking.reply(message, lambda texts: texts.models.unknown(words, suggested))
        else:
            find_it, tell = partial(self._replied, message, carrier), partial(self._tell_in_reply, message)
            self._make(
                Request(asker_of(message), find_it, lambda at_hand: at_hand.with_model(model), tell, in_message=True)
            )

    def ask(self, query: CallbackQuery, carried: AskVersion | AskLanguage) -> None:
        """Show what can be chosen in place of the buttons that are there."""
        assert query.message is not None
        self.door.say(query.message.chat.id, partial(self._ask, query, carried))

    def choose(self, query: CallbackQuery, carried: WithModel | InLanguage) -> None:
        """Make the version that is on the button."""
        assert query.message is not None
        if (wanted := self._wanted(carried)) is None:
            say = partial(self.speaking.alert, query, lambda texts: texts.settings.outdated())
            self.door.say(query.message.chat.id, say)
        else:
            find_it, tell = partial(self._tapped, query, carried.job_id), partial(self._tell_in_alert, query, carried)
            tapped = query.message.message_id if query.message.is_accessible else None
            self._make(Request(asker_with(query), find_it, wanted, tell, tapped=tapped))

    def _wanted(self, carried: WithModel | InLanguage) -> Callable[[AtHand], Version] | None:
        if isinstance(carried, InLanguage):
            is_known, preferred = carried.language in LANGUAGES, self.preferred
            return (lambda at_hand: at_hand.in_language(carried.language, preferred)) if is_known else None
        model = find(carried.model)
        return None if model is None else lambda at_hand: at_hand.with_model(model)

    def _make(self, request: Request) -> None:
        self.door.keep(partial(self._store, request), partial(self._go_on, request), goes_on=_is_open)

    async def _store(self, request: Request, *, may: bool = False, gone: int | None = None) -> Result:
        """Commit the job, if they may have it. Only one transaction writes, which can be repeated.

        `gone` is the id of a job whose text was deleted in the chat.
        """
        found = await request.find()
        if not isinstance(found, AtHand):
            return found
        if not may and not request.asker.sent(found):
            return NotTaken.NOT_THEIRS
        return await self.intake.make_version(replace(request.version(found), gone=gone))

    def _go_on(self, request: Request, result: Result) -> None:
        is_admins = result is NotTaken.NOT_THEIRS
        say = partial(self._ask_whether_admin, request) if is_admins else partial(self._tell, request, result)
        self.door.go_on(request.asker.chat.id, say, counts=request.in_message)

    async def _ask_whether_admin(self, request: Request) -> None:
        admin = await request.asker.is_admin()
        await self._tell(request, await self._store(request, may=True) if admin else NotAllowed(admin))

    async def _tell(self, request: Request, result: Result) -> None:
        """Say what came of it. A text that is there counts, unless somebody has deleted it in Telegram."""
        if isinstance(result, HadAlready) and not result.is_under_way:
            chat = request.asker.chat
            if await self.shown.is_deleted(result.job, chat.get_bot(), (chat.id, request.tapped)):
                result = await self._store(request, may=True, gone=result.job.id)
        await request.tell(result)

    async def _tapped(self, query: CallbackQuery, job_id: int) -> Found:
        """Return the recording of a job; where there is none any more, that which the message replies to."""
        message, person = query.message, query.from_user.id
        job = await self.intake.store.job(job_id)
        assert message is not None
        if job is not None:
            is_here = await self.shown.is_shown_in(job, message.chat.id)
            return await self._of_job(job, message.message_id, person) if is_here else None
        if not isinstance(message, Message) or message.reply_to_message is None:
            return None
        return of_message(self.intake, message, message.reply_to_message, self.limit, person)

    async def _replied(self, message: Message, carrier: Carrier) -> Found:
        """Return the recording that a message replies to, or whose text it replies to."""
        person = sender_of(message)
        if (replied := replied_here(message)) is not None:
            job = await self.intake.store.job_at(message.chat.id, replied)
            if job is not None:
                return await self._of_job(job, replied, person)
        return of_message(self.intake, message, carrier, self.limit, person)

    async def _of_job(self, job: Job, shown_as: int, person: int | None) -> AtHand:
        """Return the recording of a job, and the supergroup that its group may have become."""
        is_group = SUPERGROUPS < job.chat_id < 0
        became = {old: new for new, old in (await self.intake.store.moves()).items()} if is_group else {}
        return of_job(self.intake, job, became.get(job.chat_id, job.chat_id), shown_as, person)

    async def _ask(self, query: CallbackQuery, carried: AskVersion | AskLanguage) -> None:
        assert query.message is not None
        asker = asker_with(query)
        found = await asker.may_have(await self._tapped(query, carried.job_id))
        if not isinstance(found, AtHand):
            await self._tell_in_alert(query, carried, found)
            return
        texts = await self.speaking.texts_for(query)
        is_language, store = isinstance(carried, AskLanguage), self.intake.store
        said = texts.languages.which() if is_language else texts.versions.which()
        rows = await (languages if is_language else models_and_languages)(store, found, asker, carried.job_id)
        if found.job is not None and await self._text_shown(query) is not None:
            below = keyboards.below_languages if is_language else keyboards.below_models
            rows = [*rows, below(found.job)]
        try:
            await self._show(query, said, rows)
        finally:
            await answer(query, said)

    async def _show(self, query: CallbackQuery, said: str, rows: Keyboard) -> None:
        """Show buttons in place of those that are there, or in a message of their own where these stay as they are."""
        assert query.message is not None
        if not query.message.is_accessible:  # too old to be edited
            await tell(query.get_bot(), query.message.chat.id, said, rows)
            return
        try:
            await change_buttons(query.message, rows)
        except ChatMovedError as moved:
            await tell(query.get_bot(), moved.new_chat_id, said, rows)
            raise

    async def _offer(self, message: Message, carrier: Carrier) -> None:
        """Show in a message of its own what can be chosen. It replies to the recording, which a tap may need."""
        asker = asker_of(message)
        found = await asker.may_have(await self._replied(message, carrier))
        if not isinstance(found, AtHand):
            await self._tell_in_reply(message, found)
            return
        texts = await self.speaking.texts(message.chat, message.from_user)
        job_id = NO_JOB if found.job is None else found.job.id
        rows = await models_and_languages(self.intake.store, found, asker, job_id)
        is_here = found.new.chat_id == message.chat.id
        await reply(message, texts.versions.which(), rows, to=found.new.about if is_here else None)

    async def _tell_in_alert(
        self, query: CallbackQuery, carried: AskVersion | AskLanguage | WithModel | InLanguage, result: Result
    ) -> None:
        """Answer a tap; when a version is made, the message gets the buttons that it had at first."""
        texts = await self.speaking.texts_for(query)
        match result:
            case Job():
                await answer(query, _begun(carried, texts))
            case Refused(too_often=TooOften(seconds=seconds)):
                await answer(query, texts.again.too_often(seconds), alert=True)
            case Refused():
                await answer(query, texts.again.too_many(), alert=True)
            case _:
                await answer(query, _why_not(result, texts), alert=True)
        if isinstance(result, Job | HadAlready):
            await self._put_back(query)

    async def _put_back(self, query: CallbackQuery) -> None:
        """Show under a text what stood there before; a message that only offers versions stays as it is."""
        assert query.message is not None
        if (shown := await self._text_shown(query)) is not None:
            await change_buttons(query.message, keyboards.under_text(shown))

    async def _text_shown(self, query: CallbackQuery) -> Job | None:
        """Return the job whose text the message with the button shows."""
        assert query.message is not None
        job = await self.intake.store.job_at(query.message.chat.id, query.message.message_id)
        return job if job is not None and job.is_text else None

    async def _tell_in_reply(self, message: Message, result: Result) -> None:
        """Answer a command; a version that is made tells of itself."""
        if isinstance(result, Job):
            return
        texts, to = await self.speaking.texts(message.chat, message.from_user), None
        match result:
            case HadAlready(job):
                to, said = job.placeholder_id if job.shown_in == message.chat.id else None, _why_not(result, texts)
            case Refused(too_often=TooOften(whose, most, seconds)):
                said = texts.waiting.too_often(whose, most, seconds)
            case Refused():
                said = texts.waiting.too_many(self.intake.most_open)
            case None if replied_here(message) is None:
                said = texts.more.elsewhere()
            case None if not _is_by_bot(message.reply_to_message):
                said = texts.asking.no_recording()
            case _:
                said = _why_not(result, texts)
        await reply(message, said, to=to)


def _is_open(result: Result) -> bool:
    """Tell whether Telegram is asked something before it is known what comes of it."""
    return result is NotTaken.NOT_THEIRS or (isinstance(result, HadAlready) and not result.is_under_way)


def _is_by_bot(message: Message | None) -> bool:
    return message is not None and message.from_user is not None and message.from_user.id == message.get_bot().id


def _begun(carried: AskVersion | AskLanguage | WithModel | InLanguage, texts: Texts) -> str:
    if isinstance(carried, InLanguage):
        return texts.languages.again(LANGUAGES[carried.language].own)
    return texts.versions.begun(carried.model) if isinstance(carried, WithModel) else ""


def _why_not(result: HadAlready | NotTaken | NotAllowed | Apology | None, texts: Texts) -> str:
    match result:
        case HadAlready(Job(doubtful=Doubt.NO_SPEECH)) if not result.is_under_way:
            return texts.answers.no_speech()
        case HadAlready():
            return texts.versions.under_way() if result.is_under_way else texts.versions.there()
        case NotAllowed(admin):
            return texts.settings.admin_unknown() if admin is None else texts.languages.not_yours()
        case NotTaken.OPTED_OUT:
            return texts.people.wants_no_text()
        case Apology(reason, facts):
            return texts.apologies.apology(reason, facts)
        case _:
            return texts.versions.gone()

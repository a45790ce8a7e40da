"""The button "Who is who?": who speaks is asked in messages of their own, and a name is a reply to one of them.

What somebody replies is stored before Telegram is told, or the reply itself is kept until Telegram has said whether it
is by an admin. A question is stored once it is sent, and a tap that only asks something is done behind the door: a
process that dies meanwhile forgets both, and the person taps again.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from telegram import CallbackQuery, Message, Update
from telegram.ext import ContextTypes

from bot.engine.patience import DAY
from bot.telegram.receiving.door import Door
from bot.telegram.writing.button_data import AskWho, NameSpeaker, UseNames
from bot.telegram.writing.buttons import Keyboard, button
from bot.telegram.writing.messages import answer, ask, reply, reply_to_it
from bot.text.rooms.who import LIST, QUESTION
from bot.text.script import names_of
from bot.text.texts import Texts
from bot.text.turns import order_of_speakers
from bot.text.words import one_line
from handlers.admins import is_admin, speaks_for_its_chat
from handlers.media import GROUPS, sender_of
from handlers.shown import Shown
from handlers.speaking import Speaking
from storage.errands import NotAsked
from storage.naming import LONGEST_NAME, Naming, Question
from storage.store import Store
from storage.words import Job

MOST_BUTTONS = 30  # speakers; nobody tells more apart by hearing
TAP_FIRST = "tap first"  # what a chat was told of a list
TAKEN_AWAY = frozenset({"-", "\u2013", "\u2014", "."})  # also dashes that keyboards make of it


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a reply to a question; `why` is None where the name is stored."""

    naming: Naming
    why: NotAsked | None


def is_answer(message: Message) -> bool:
    """Tell whether a message replies to a question for a name."""
    return _replies_to(message, QUESTION)


def is_for_all(message: Message) -> bool:
    """Tell whether a message replies to the list of those who may be named."""
    return _replies_to(message, LIST)


def _replies_to(message: Message, mark: str) -> bool:
    """Tell whether a message replies to one of the bot's that begins with a mark."""
    asked = message.reply_to_message
    if asked is None or asked.from_user is None or asked.from_user.id != message.get_bot().id:
        return False
    return (asked.text or "").startswith(mark)


@dataclass(frozen=True, slots=True)
class Who:
    """Asks for names and stores them, for the sender of a recording and for admins. `nudge` wakes the errands."""

    door: Door
    speaking: Speaking
    store: Store
    shown: Shown
    nudge: Callable[[], None]
    now: Callable[[], float]

    def ask(self, query: CallbackQuery, carried: AskWho) -> None:
        assert query.message is not None
        self.door.say(query.message.chat.id, partial(self._ask, query, carried.job_id))

    def choose(self, query: CallbackQuery, carried: NameSpeaker) -> None:
        assert query.message is not None
        self.door.say(query.message.chat.id, partial(self._choose, query, carried))

    def use(self, query: CallbackQuery, carried: UseNames) -> None:
        assert query.message is not None
        self.door.do(query.message.chat.id, partial(self._use, query, carried))

    async def reply(self, update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        """Take a reply to a question as a name."""
        message = update.effective_message
        assert message is not None
        self.door.keep(partial(self._store, message), partial(self._tell, message), goes_on=_may_be_admins)

    async def reply_to_list(self, update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        """Say that one of the speakers has to be tapped first.

        People of a group may only talk about the list: there what may be a name is told so, once for each list.
        """
        message = update.effective_message
        assert message is not None
        assert message.reply_to_message is not None
        if message.chat.type not in GROUPS:
            self.speaking.reply(message, _tap_first)
        elif len(message.text or "") <= LONGEST_NAME:
            what = f"{TAP_FIRST} {message.reply_to_message.message_id}"
            tell = partial(self.store.tell_seldom, message.chat.id, what, self.now(), DAY)
            self.door.keep(tell, lambda may: self.speaking.reply_after(message, _tap_first) if may else None)

    async def _ask(self, query: CallbackQuery, job_id: int) -> None:
        if (job := await self._job(query, job_id)) is None:
            return
        texts = await self.speaking.texts_for(query)
        called = await self._called(job, texts)
        if not called:
            await answer(query, texts.more.not_kept() if called is None else texts.who.nobody(), alert=True)
            return
        buttons = [button(name, NameSpeaker(job.id, number)) for number, name in enumerate(called.values())]
        assert query.message is not None
        rows = [
            *([each] for each in buttons[:MOST_BUTTONS]),
            *await self._for_the_chat(query.message.chat.id, job, texts),
        ]
        try:
            await reply_to_it(query.message, texts.who.which(), rows)
        finally:
            await answer(query, None)

    async def _choose(self, query: CallbackQuery, carried: NameSpeaker) -> None:
        if (job := await self._job(query, carried.job_id)) is None:
            return
        texts = await self.speaking.texts_for(query)
        called = list((await self._called(job, texts) or {}).items())
        assert query.message is not None
        if not 0 <= carried.number < len(called):
            await answer(query, texts.settings.outdated(), alert=True)
            return
        speaker, name = called[carried.number]
        if (sent := await ask(query.message, texts.who.ask(name), texts.who.placeholder())) is not None:
            chat_id, message_id = sent
            await self.store.asked_who(chat_id, message_id, Question(job.id, speaker))
        await answer(query, None)

    async def _use(self, query: CallbackQuery, carried: UseNames) -> None:
        if (job := await self._job(query, carried.job_id)) is None:
            return
        assert query.message is not None
        if carried.wanted:
            await self.store.use_names(job.id, query.message.chat.id)
        else:
            await self.store.use_no_names(query.message.chat.id)
        texts = await self.speaking.texts_for(query)
        await answer(query, texts.who.used() if carried.wanted else texts.who.not_used(), alert=True)

    async def _for_the_chat(self, chat_id: int, job: Job, texts: Texts) -> Keyboard:
        """Return what is offered for later recordings of a chat: names that the text has, or none where some hold."""
        using = [button(texts.who.for_the_chat(), UseNames(job.id, 1))]
        using_none = [button(texts.who.not_for_the_chat(), UseNames(job.id, 0))]
        has_names, holds_any = await self.store.names_of(job.id), await self.store.uses_names(chat_id)
        return [*[using] * bool(has_names), *[using_none] * holds_any]

    async def _job(self, query: CallbackQuery, job_id: int) -> Job | None:
        return await self.shown.job_for(query, job_id, lambda texts: texts.more.not_yours())

    async def _called(self, job: Job, texts: Texts) -> dict[str, str] | None:
        """Return what the speakers of a text are called, in their order; nobody where they are not told apart.

        None for a text that is not kept any more.
        """
        transcript = None if job.transcript_id is None else await self.store.transcript(job.transcript_id)
        if transcript is None:
            return None
        speakers = order_of_speakers(transcript)
        if len(speakers) < 2:
            return {}
        return dict(names_of(speakers, await self.store.names_of(job.id), texts.answers.speaker))

    async def _store(self, message: Message) -> Answer | None:
        """Store the name, if it is one. Only one transaction writes, which can be repeated."""
        asked = message.reply_to_message
        assert asked is not None
        question = await self.store.question_at(message.chat.id, asked.message_id)
        if question is None:
            return None
        name = one_line(message.text or "", LONGEST_NAME)
        user_id = None if speaks_for_its_chat(message) else sender_of(message) or 0
        naming = Naming(question, message.chat.id, user_id, "" if name in TAKEN_AWAY else name)
        return Answer(naming, await self.store.name_speaker(naming, self.now()))

    def _tell(self, message: Message, result: Answer | None) -> None:
        if result is None:
            self.speaking.reply_after(message, lambda texts: texts.who.unknown())
        else:
            self.nudge()
            self.door.go_on(message.chat.id, partial(self._say, message, result))

    async def _say(self, message: Message, result: Answer) -> None:
        """Say what became of a name; one by somebody else counts if they are an admin, and is left alone otherwise."""
        why = result.why
        if why is NotAsked.NOT_THEIRS:
            admin = message.from_user is not None and await is_admin(message.chat, message.from_user)
            if admin is None:
                await self.speaking.reply_now(message, lambda texts: texts.settings.admin_unknown())
            if not admin:
                return
            why = await self.store.name_speaker(replace(result.naming, user_id=None), self.now())
            self.nudge()
        texts = await self.speaking.texts(message.chat, message.from_user)
        name = result.naming.name
        if why is not None:
            await reply(message, texts.more.not_kept())
            return
        rows = [[button(texts.who.for_the_chat(), UseNames(result.naming.question.job_id, 1))]] if name else ()
        await reply(message, texts.who.named(name) if name else texts.who.unnamed(), rows)


def _tap_first(texts: Texts) -> str:
    return texts.who.tap_first()


def _may_be_admins(result: Answer | None) -> bool:
    return result is not None and result.why is NotAsked.NOT_THEIRS

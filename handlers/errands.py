"""What people ask to be done with a text: a file of it, by a button or with /export, or that it is deleted."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from telegram import CallbackQuery, Message, Update
from telegram.constants import ChatType
from telegram.ext import ContextTypes

from bot.engine import keyboards
from bot.errors import ChatMovedError
from bot.log import get_logger
from bot.telegram.receiving.door import Door
from bot.telegram.writing.button_data import AskDelete, DeleteText, ExportText
from bot.telegram.writing.buttons import Keyboard
from bot.telegram.writing.messages import answer, change_buttons, reply, tell
from bot.text.texts import Texts
from handlers.admins import is_admin, speaks_for_its_chat
from handlers.media import is_recording, is_reply, replied_here, sender_of
from handlers.shown import Shown
from handlers.speaking import Speaking
from storage.errands import Errand, ErrandKind, NewErrand, NotAsked
from storage.store import Store

log = get_logger(__name__)
Asked = Errand | NotAsked
EXPORT = "export"


@dataclass(frozen=True, slots=True)
class Errands:
    """Stores what the sender of a recording asks before Telegram is told; see `Cancel` for what admins ask.

    A tap that only shows something is not kept: the person sees that nothing came, and taps again.
    """

    door: Door
    speaking: Speaking
    store: Store
    shown: Shown
    nudge: Callable[[], None]
    now: Callable[[], float]

    def export(self, query: CallbackQuery, carried: ExportText) -> None:
        if carried.ending in keyboards.ENDINGS:
            self._keep_tap(query, ErrandKind.EXPORT, carried.ending, carried.job_id)
        else:
            self._alert(query, lambda texts: texts.settings.outdated())

    def delete(self, query: CallbackQuery, carried: DeleteText) -> None:
        self._keep_tap(query, ErrandKind.DELETE, "", carried.job_id)

    def ask_delete(self, query: CallbackQuery, carried: AskDelete) -> None:
        assert query.message is not None
        self.door.say(query.message.chat.id, partial(self._ask_delete, query, carried.job_id))

    async def _ask_delete(self, query: CallbackQuery, job_id: int) -> None:
        job = await self.shown.job_for(query, job_id, lambda texts: texts.more.not_yours())
        if job is None or query.message is None:
            return
        said = (await self.speaking.texts_for(query)).more.ask_delete()
        try:
            await change_buttons(query.message, keyboards.deletion(job))
        except ChatMovedError as moved:
            await tell(query.get_bot(), moved.new_chat_id, said, keyboards.deletion(job))
            raise
        finally:
            await answer(query, said)

    def _keep_tap(self, query: CallbackQuery, kind: ErrandKind, what: str, job_id: int) -> None:
        message = query.message
        assert message is not None
        person = None if message.chat.type == ChatType.PRIVATE else query.from_user.id
        new = NewErrand(kind, what, message.chat.id, message.message_id, person, job_id)
        write = partial(self.store.ask_errand, new)
        self.door.keep(lambda: write(self.now()), partial(self._tapped, query, new), goes_on=_may_be_admins)

    def _tapped(self, query: CallbackQuery, new: NewErrand, asked: Asked) -> None:
        self._begin(asked)
        say = self._ask_for_admin if _may_be_admins(asked) else self._tell
        self.door.go_on(new.chat_id, partial(say, query, new, asked))

    def _begin(self, asked: Asked) -> None:
        if isinstance(asked, Errand) and asked.next_at is not None:
            log.info("errand.asked", job=asked.job_id, kind=asked.kind, what=asked.what)
            self.nudge()

    async def _ask_for_admin(self, query: CallbackQuery, new: NewErrand, asked: Asked) -> None:
        """Store what an admin asks of the recording of somebody else."""
        assert query.message is not None
        admin = await is_admin(query.message.chat, query.from_user)
        if admin:
            asked = await self.store.ask_errand(replace(new, user_id=None), self.now())
            self._begin(asked)
        if admin is None:
            await self.speaking.alert(query, lambda texts: texts.settings.admin_unknown())
        else:
            await self._tell(query, new, asked)

    async def _tell(self, query: CallbackQuery, new: NewErrand, asked: Asked) -> None:
        texts = await self.speaking.texts_for(query)
        await answer(query, _toast(new, asked, texts), alert=isinstance(asked, NotAsked))

    def _alert(self, query: CallbackQuery, said: Callable[[Texts], str]) -> None:
        assert query.message is not None
        self.door.say(query.message.chat.id, partial(self.speaking.alert, query, said))

    async def command(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Have the text that the message replies to, or that of the recording, sent as a file."""
        message = update.effective_message
        assert message is not None
        ending = (context.args or [""])[0].lower().removeprefix(".")
        replied, person = replied_here(message), sender_of(message)
        if not is_reply(message) or ending not in keyboards.ENDINGS:
            self.speaking.reply(message, lambda texts: texts.more.how_to_export())
        elif replied is None:
            self.speaking.reply(message, partial(_no_text, message))
        elif person is None and not speaks_for_its_chat(message):
            self.speaking.reply(message, lambda texts: texts.more.not_yours())
        else:
            person = None if speaks_for_its_chat(message) else person
            new = NewErrand(ErrandKind.EXPORT, ending, message.chat.id, replied, person)
            write = partial(self.store.ask_errand, new)
            self.door.keep(lambda: write(self.now()), partial(self._commanded, message, new), goes_on=_may_be_admins)

    def _commanded(self, message: Message, new: NewErrand, asked: Asked) -> None:
        self._begin(asked)
        if _may_be_admins(asked):
            self.door.go_on(message.chat.id, partial(self._command_of_admin, message, new), counts=True)
        elif isinstance(asked, NotAsked) or asked.next_at is None:
            self.door.replies.put(message.chat.id, partial(self._reply, message, asked), counts=True)

    async def _command_of_admin(self, message: Message, new: NewErrand) -> None:
        admin = message.from_user is not None and await is_admin(message.chat, message.from_user)
        if admin:
            self._commanded(message, new, await self.store.ask_errand(replace(new, user_id=None), self.now()))
        elif admin is None:
            await self.speaking.reply_now(message, lambda texts: texts.settings.admin_unknown())
        else:
            await self._reply(message, NotAsked.NOT_THEIRS)

    async def _reply(self, message: Message, asked: Asked) -> None:
        """Say why no file comes: if it was sent before, in reply to that."""
        texts = await self.speaking.texts(message.chat, message.from_user)
        if isinstance(asked, Errand):
            is_here = asked.chat_id == message.chat.id
            await reply(message, texts.more.sent_already(), to=asked.sent_id if is_here else None)
        else:
            said = _no_text(message, texts) if asked is NotAsked.UNKNOWN else _refused(asked, texts)
            await reply(message, said, await self._instead(message, asked))

    async def _instead(self, message: Message, asked: NotAsked) -> Keyboard:
        """Return what is offered instead of a file: of a text that is not kept, another version."""
        if asked is not NotAsked.NOT_KEPT or (replied := replied_here(message)) is None:
            return ()
        job = await self.store.job_at(message.chat.id, replied)
        return () if job is None else keyboards.other_versions(job)


def _may_be_admins(asked: Asked) -> bool:
    """Tell whether an errand is an admin's to ask, if anybody's here."""
    return asked is NotAsked.NOT_THEIRS


def _toast(new: NewErrand, asked: Asked, texts: Texts) -> str:
    if isinstance(asked, NotAsked):
        return _refused(asked, texts)
    if new.kind is ErrandKind.DELETE:
        return texts.more.deleting()
    return texts.more.sent_already() if asked.next_at is None else texts.more.sending(new.what)


def _no_text(message: Message, texts: Texts) -> str:
    """Return what is said where a command replies to nothing that has a text in this chat."""
    carrier = message.reply_to_message or message.external_reply
    if carrier is not None and is_recording(carrier):
        return texts.more.no_text_of_recording()
    return texts.more.elsewhere() if replied_here(message) is None else texts.more.no_text_there()


def _refused(why: NotAsked, texts: Texts) -> str:
    match why:
        case NotAsked.UNKNOWN:
            return texts.settings.outdated()
        case NotAsked.UNDER_WAY:
            return texts.more.not_yet()
        case NotAsked.NOT_THEIRS:
            return texts.more.not_yours()
        case NotAsked.NOT_KEPT:
            return texts.more.not_kept()
        case NotAsked.NO_SPEECH:
            return texts.answers.no_speech()

"""What is stored of people: /privacy says it, /mydata shows it, and /forget erases it."""

import json
import time
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

from telegram import CallbackQuery, Message, Update
from telegram.constants import ChatType
from telegram.ext import ContextTypes

from bot.engine.guests import Guests
from bot.errors import ChatMovedError, VerbatimError
from bot.log import get_logger
from bot.telegram.calls import Calls
from bot.telegram.receiving.door import Door
from bot.telegram.writing.attachments import reply_with
from bot.telegram.writing.button_data import ForgetChat, KeepChat
from bot.telegram.writing.buttons import button
from bot.telegram.writing.messages import answer, edit, reply
from bot.text.layout import Document
from bot.text.texts import Texts
from handlers.admins import is_admin, speaks_for_its_chat
from handlers.speaking import Speaking
from storage.host import DAY
from storage.privacy import Held
from storage.store import Store
from storage.words import Job

log = get_logger(__name__)
MOST_JOBS = 1_000  # in one file, the newest
MOST_CHARACTERS = 2_000_000  # of texts in one file; what is beyond is told to be left out
FILE_NAME = "mydata.json"

Act = Callable[[Message], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Told:
    """What holds where a chat has chosen nothing: the model, and the hours for which texts are kept."""

    model: str
    kept_hours: float


@dataclass(frozen=True, slots=True)
class Privacy:
    """Answers everybody in private, and in groups and channels admins, as a file there has the texts of all.

    What is to be erased is stored before anybody is told so. `hurry` has it erased at once.
    """

    door: Door
    speaking: Speaking
    store: Store
    guests: Guests
    calls: Calls
    told: Told
    hurry: Callable[[], None]
    now: Callable[[], float]

    async def privacy(self, update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        if (message := update.effective_message) is not None:
            self.speaking.reply(message, lambda texts: texts.privacy.policy(self.told.kept_hours))

    async def mydata(self, update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        self._for_admins(update, self._send_data)

    async def forget(self, update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        self._for_admins(update, self._ask)

    def erase(self, query: CallbackQuery, _: ForgetChat) -> None:
        """Erase what is stored of the chat of the button."""
        assert query.message is not None
        chat = query.message.chat
        if chat.type == ChatType.PRIVATE:
            done = partial(self._tell, query)
            self.door.keep(partial(self._forget, chat.id), lambda _: self.door.replies.put(chat.id, done))
        else:
            self.door.do(chat.id, partial(self._erase_for_admin, query))

    def spare(self, query: CallbackQuery, _: KeepChat) -> None:
        assert query.message is not None
        self.door.say(query.message.chat.id, partial(self._spare, query))

    def _for_admins(self, update: Update, act: Act) -> None:
        if (message := update.effective_message) is not None:
            self.door.say(message.chat.id, partial(self._if_admin, message, act), counts=True)

    async def _if_admin(self, message: Message, act: Act) -> None:
        person = message.from_user
        if speaks_for_its_chat(message):
            await act(message)
            return
        admin = person is not None and await is_admin(message.chat, person)
        if admin:
            await act(message)
        else:
            await reply(message, _not_allowed(admin, await self._texts_for(message)))

    async def _ask(self, message: Message) -> None:
        words = (await self._texts_for(message)).privacy
        is_private = message.chat.type == ChatType.PRIVATE
        rows = [[button(words.erase(), ForgetChat())], [button(words.keep(), KeepChat())]]
        await reply(message, words.ask_in_private() if is_private else words.ask_in_a_chat(), rows)

    async def _erase_for_admin(self, query: CallbackQuery) -> None:
        assert query.message is not None
        if await self._may_decide(query):
            await self._forget(query.message.chat.id)
            await self._tell(query)

    async def _may_decide(self, query: CallbackQuery) -> bool:
        """Tell whether the person who tapped decides for the chat; others get an alert."""
        assert query.message is not None
        chat = query.message.chat
        admin = chat.type == ChatType.PRIVATE or await is_admin(chat, query.from_user)
        if not admin:
            await self.speaking.alert(query, partial(_not_allowed, admin))
        return bool(admin)

    async def _forget(self, chat_id: int) -> None:
        await self.store.forget(chat_id)
        log.info("chat.forgotten")
        self.hurry()

    async def _tell(self, query: CallbackQuery) -> None:
        await self._end(query, (await self.speaking.texts_for(query)).privacy.erased())

    async def _spare(self, query: CallbackQuery) -> None:
        if await self._may_decide(query):
            await self._end(query, (await self.speaking.texts_for(query)).privacy.kept())

    async def _end(self, query: CallbackQuery, text: str) -> None:
        """Say what a tap came to in place of the question, or in an alert where that is too old."""
        message = query.message
        assert message is not None
        shown = message.is_accessible and await edit(message, text, ())
        await answer(query, None if shown else text[:200], alert=not shown)

    async def _send_data(self, message: Message) -> None:
        texts = await self._texts_for(message)
        content = json.dumps(await self._data(message.chat.id), ensure_ascii=False, indent=1).encode()
        try:
            await reply_with(self.calls, message, Document(FILE_NAME, content, ""), texts.privacy.data())
        except ChatMovedError:
            raise
        except VerbatimError as error:
            log.info("data.not_sent", reason=str(error))
            await reply(message, texts.privacy.data_not_sent())

    async def _data(self, chat_id: int) -> dict[str, Any]:
        """Return what is stored, but for what is of other people: who in a group has sent what."""
        held = await self.store.held(chat_id, MOST_JOBS)
        told = {
            "chat_id": chat_id,
            "made_at": _moment(self.now()),
            "model": held.settings.model or self.told.model,
            "settings": asdict(held.settings),
            "names_for_later_recordings": dict(held.names),
            "texts_kept_for_hours": self.told.kept_hours if (days := held.settings.keep_days) is None else days * 24,
            "may_use_the_bot": self.guests.admits(chat_id),
        }
        if chat_id > 0:
            told |= {"owns_the_bot": self.guests.is_owner(chat_id), "opted_out": held.has_opted_out}
        return told | {"usage": _usage(held)} | await self._recordings(held)

    async def _recordings(self, held: Held) -> dict[str, Any]:
        told, room, left_out = [], MOST_CHARACTERS, 0
        for job in held.jobs:
            text = await self._text(job, room)
            left_out += job.transcript_id is not None and text is None
            room -= len(text or "")
            files = await self.store.files_of(job) if job.ended_at is not None else ()
            names = await self.store.names_of(job.id) if job.options.speakers else {}
            told.append(_recording(job) | {"text": text, "files_asked_for": files, "names_of_speakers": dict(names)})
        return {"recordings": told, "older_recordings_left_out": held.has_more, "texts_left_out": left_out}

    async def _text(self, job: Job, room: int) -> str | None:
        """Read the text of a job, if it is kept and fits."""
        if job.transcript_id is None or await self.store.transcript_size(job.transcript_id) > 4 * room:
            return None
        text = await self.store.text(job.transcript_id)
        return text if text is not None and len(text) <= room else None

    async def _texts_for(self, message: Message) -> Texts:
        return await self.speaking.texts(message.chat, message.from_user)


def _usage(held: Held) -> list[dict[str, Any]]:
    return [{"day": _moment(day * DAY)[:10]} | asdict(amount) for day, amount in held.days.items()]


def _recording(job: Job) -> dict[str, Any]:
    return {
        "chat_id": job.from_chat_id,
        "message_id": job.message_id,
        "kind": job.kind,
        "file_id": job.file_id,
        "model": job.model,
        "language": job.options.language,
        "options": {name: getattr(job.options, name) for name in job.options.unusual},
        "state": job.state,
        "seconds": job.audio_seconds,
        "came_at": _moment(job.created_at),
        "answered_at": None if job.ended_at is None else _moment(job.ended_at),
    }


def _moment(seconds: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


def _not_allowed(admin: bool | None, texts: Texts) -> str:  # noqa: FBT001 - what Telegram said, which may be nothing
    return texts.settings.admin_unknown() if admin is None else texts.privacy.admins_only()

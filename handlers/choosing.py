"""What a chat chooses: by commands, and by taps on a message that shows its settings."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from telegram import CallbackQuery, Message, Update
from telegram.constants import ChatType
from telegram.ext import ContextTypes

from bot.log import get_logger
from bot.telegram.receiving.door import Door
from bot.telegram.writing.button_data import Choose, ChooseHere, ShowPage
from bot.telegram.writing.messages import answer, edit, reply
from bot.text.texts import Texts
from bot.text.words import lines
from handlers.admins import is_admin, speaks_for_its_chat
from handlers.choices import Choices
from handlers.pages import Page, overview, page_of, value_button
from handlers.setting import Setting
from handlers.speaking import Speaking
from handlers.transcribing import PAGE
from storage.chats import ChatSettings
from storage.store import Store

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Choosing:
    """Shows and changes settings; in groups and channels, for admins only.

    A change is stored before anybody is told of it, and in a private chat before Telegram is told that the update came.
    Who is an admin is asked for behind the door, and the update is kept until that is known.
    """

    door: Door
    speaking: Speaking
    store: Store
    choices: Choices
    hurry: Callable[[], None]  # called when something is to be erased

    async def overview(self, update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        self._open(_message(update), "")

    async def command(self, name: str, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Give a setting the value that is typed behind its command; without one, show its page."""
        message, setting = _message(update), self.choices.by_name[name]
        words = " ".join(context.args or [])[: setting.longest_typed]
        value = setting.typed(words)
        if not words:
            self._open(message, name)
        elif value is None:
            self.door.say(message.chat.id, partial(self._refuse, message, setting, words), counts=True)
        elif speaks_for_its_chat(message):
            write = partial(self._write, message.chat.id, setting, value)
            self.door.keep(write, lambda now: self._written(message, setting, value, now))
        else:
            self.door.do(message.chat.id, partial(self._command_for_admin, message, setting, value))

    def show(self, query: CallbackQuery, carried: ShowPage) -> None:
        """Turn the message into another page."""
        assert query.message is not None
        self.door.say(query.message.chat.id, partial(self._show, query, carried))

    def choose(self, query: CallbackQuery, carried: Choose | ChooseHere) -> None:
        """Give a setting the value on the button."""
        assert query.message is not None
        chat, setting = query.message.chat, self.choices.by_name.get(carried.setting)
        if setting is None:
            self.door.say(chat.id, partial(self.speaking.alert, query, lambda texts: texts.settings.outdated()))
        elif chat.type == ChatType.PRIVATE:
            write = partial(self._write, chat.id, setting, carried.value)
            done = partial(self._chosen, query, setting, carried)
            self.door.keep(write, lambda now: self.door.replies.put(chat.id, partial(done, now)))
        else:
            self.door.do(chat.id, partial(self._choose_for_admin, query, setting, carried))

    def _open(self, message: Message, name: str) -> None:
        self.door.say(message.chat.id, partial(self._send_page, message, name), counts=True)

    async def _send_page(self, message: Message, name: str) -> None:
        chosen = await self.store.settings(message.chat.id)
        page = self._page(ShowPage(name), chosen, await self._texts_for(message))
        await reply(message, page.text, page.keyboard)

    def _page(self, wanted: ShowPage, chosen: ChatSettings, texts: Texts) -> Page:
        setting = self.choices.by_name.get(wanted.setting)
        if setting is None:
            return overview(self.choices, chosen, texts, PAGE if wanted.setting == PAGE else "")
        return page_of(setting, chosen, texts, wanted.number)

    async def _refuse(self, message: Message, setting: Setting, words: str) -> None:
        chosen = await self.store.settings(message.chat.id)
        await reply(message, setting.refusal(words, chosen, await self._texts_for(message)))

    async def _write(self, chat_id: int, setting: Setting, value: str) -> ChatSettings:
        """Store a value, if there is such a one by now, and return what the chat has chosen then."""
        now = await self.store.change_settings(chat_id, lambda now: setting.with_value(now, value) or now)
        self.hurry()
        return now

    def _written(self, message: Message, setting: Setting, value: str, now: ChatSettings) -> None:
        self.door.replies.put(message.chat.id, partial(self._tell, message, setting, value, now), counts=True)

    async def _command_for_admin(self, message: Message, setting: Setting, value: str) -> None:
        """Write it before the answer waits for the pace: a group may get a mode because the bot writes too much."""
        person = message.from_user
        admin = person is not None and await is_admin(message.chat, person)
        if admin:
            self._written(message, setting, value, await self._write(message.chat.id, setting, value))
        else:
            self.speaking.reply_after(message, partial(_not_allowed, admin))

    async def _tell(self, message: Message, setting: Setting, value: str, now: ChatSettings) -> None:
        texts, holds = await self._texts_for(message), _holds(setting, value, now)
        better = setting.better(now) if holds else setting.instead(value, now)
        offer = () if better is None else [[value_button(setting, better, texts, ChooseHere)]]
        if holds:
            await reply(message, lines(setting.told(now, texts), setting.caution(now, texts)), offer)
        else:
            await reply(message, setting.refusal(value, now, texts), offer)

    async def _show(self, query: CallbackQuery, carried: ShowPage) -> None:
        message = query.message
        assert message is not None
        if not message.is_accessible:  # too old to be edited
            await self.speaking.alert(query, lambda texts: texts.settings.outdated())
        elif await self._may_change(query):
            chosen = await self.store.settings(message.chat.id)
            page = self._page(carried, chosen, await self.speaking.texts_for(query))
            if await edit(message, page.text, page.keyboard):
                await answer(query, None)
            else:
                await self.speaking.alert(query, lambda texts: texts.settings.not_shown())

    async def _choose_for_admin(self, query: CallbackQuery, setting: Setting, carried: Choose | ChooseHere) -> None:
        assert query.message is not None
        if await self._may_change(query):
            now = await self._write(query.message.chat.id, setting, carried.value)
            await self._chosen(query, setting, carried, now)

    async def _may_change(self, query: CallbackQuery) -> bool:
        """Tell whether the person who tapped may change the settings; others get an alert."""
        assert query.message is not None
        chat = query.message.chat
        admin = chat.type == ChatType.PRIVATE or await is_admin(chat, query.from_user)
        if not admin:
            await self.speaking.alert(query, partial(_not_allowed, admin))
        return bool(admin)

    async def _chosen(
        self, query: CallbackQuery, setting: Setting, carried: Choose | ChooseHere, now: ChatSettings
    ) -> None:
        """Tell the person what a tap came to, and mark the value that holds."""
        texts = await self.speaking.texts_for(query)
        is_page = isinstance(carried, Choose)
        if not _holds(setting, carried.value, now):
            await answer(query, texts.settings.value_gone(), alert=True)
        elif is_page:
            caution = setting.caution(now, texts)
            await answer(query, caution or texts.settings.saved(), alert=bool(caution))
        else:
            await answer(query, texts.settings.now(setting.line(now, texts)))
        if is_page and query.message is not None and query.message.is_accessible:
            page = page_of(setting, now, texts)
            await edit(query.message, page.text, page.keyboard)

    async def _texts_for(self, message: Message) -> Texts:
        return await self.speaking.texts(message.chat, message.from_user)


def _holds(setting: Setting, value: str, now: ChatSettings) -> bool:
    """Tell whether a value was stored; the log is told then."""
    holds = setting.with_value(now, value) == now
    if holds:
        log.info("setting.chosen", setting=setting.name, value=setting.logged(value))
    return holds


def _not_allowed(admin: bool | None, texts: Texts) -> str:  # noqa: FBT001 - what Telegram said, which may be nothing
    return texts.settings.admin_unknown() if admin is None else texts.settings.admins_only()


def _message(update: Update) -> Message:
    assert update.effective_message is not None
    return update.effective_message

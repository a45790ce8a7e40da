"""What handlers say, in the language that is spoken with a chat."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from telegram import CallbackQuery, Chat, Message, User
from telegram.constants import ChatType

from bot.telegram.receiving.door import Door
from bot.telegram.writing.messages import answer, reply
from bot.text.texts import Texts
from storage.errors import StorageUnavailableError
from storage.store import Store


@dataclass(frozen=True, slots=True)
class Speaking:
    """Replies to messages once everything before it is stored."""

    door: Door
    store: Store

    def reply(self, message: Message, said: Callable[[Texts], str]) -> None:
        """Reply with what is said in the language of the message's chat."""
        self.door.say(message.chat.id, partial(self.reply_now, message, said), counts=True)

    def reply_after(self, message: Message, said: Callable[[Texts], str]) -> None:
        """Reply from within what happens when something is stored."""
        self.door.replies.put(message.chat.id, partial(self.reply_now, message, said), counts=True)

    async def reply_now(self, message: Message, said: Callable[[Texts], str]) -> None:
        await reply(message, said(await self.texts(message.chat, message.from_user)))

    async def alert(self, query: CallbackQuery, said: Callable[[Texts], str]) -> None:
        """Show an alert to a person whose tap came to nothing."""
        await answer(query, said(await self.texts_for(query)), alert=True)

    async def texts_for(self, query: CallbackQuery) -> Texts:
        """Return the sentences for a person who tapped."""
        return await self.texts(query.message.chat if query.message else None, query.from_user)

    async def texts(self, chat: Chat | None, person: User | None) -> Texts:
        """Return the sentences for a person in a chat: what the chat chose comes first."""
        return Texts((chat and await self._chosen(chat)) or interface_of(chat, person))

    async def _chosen(self, chat: Chat) -> str | None:
        try:
            return (await self.store.settings(chat.id)).interface
        except StorageUnavailableError:
            return None


def interface_of(chat: Chat | None, person: User | None) -> str | None:
    """Return what Telegram tells of the language to speak with a chat: in private, the one of the person."""
    is_private = chat is None or chat.type == ChatType.PRIVATE
    return person.language_code if person is not None and is_private else None

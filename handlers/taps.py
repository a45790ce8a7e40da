"""Taps on buttons: each goes to the one who acts on what its button carries."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from telegram import CallbackQuery, Update
from telegram.ext import ContextTypes

from bot.telegram.receiving.door import Door
from bot.telegram.writing.button_data import Carried, read
from handlers.speaking import Speaking

Act = Callable[[CallbackQuery, Any], None]


@dataclass(frozen=True, slots=True)
class Taps:
    """Reads what was tapped. What nothing can be made of gets an alert: clients send data that no button has."""

    door: Door
    speaking: Speaking
    acts: Mapping[type[Carried], Act]

    async def __call__(self, update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        query = update.callback_query
        if query is None:
            return
        carried = read(query.data)
        if carried is None or query.message is None:
            chat_id = query.from_user.id if query.message is None else query.message.chat.id
            self.door.say(chat_id, partial(self.speaking.alert, query, lambda texts: texts.settings.outdated()))
        else:
            self.acts[type(carried)](query, carried)

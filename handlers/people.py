"""People who decide that no group gets a text of what they say: /optout and /optin."""

from dataclasses import dataclass
from functools import partial

from telegram import Message, Update
from telegram.ext import ContextTypes

from bot.log import get_logger
from bot.telegram.receiving.door import Door
from handlers.media import sender_of
from handlers.speaking import Speaking
from storage.store import Store

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class People:
    """Stores what a person decides before anybody is told of it. It holds in all groups."""

    door: Door
    speaking: Speaking
    store: Store

    async def opt_out(self, update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        self._decide(update, out=True)

    async def opt_in(self, update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        self._decide(update, out=False)

    def _decide(self, update: Update, *, out: bool) -> None:
        message = update.effective_message
        assert message is not None
        person = sender_of(message)
        if person is None:
            self.speaking.reply(message, lambda texts: texts.people.unknown())
            return
        write = partial(self.store.opt_out if out else self.store.opt_in, person)
        self.door.keep(write, lambda _: self._decided(message, out=out))

    def _decided(self, message: Message, *, out: bool) -> None:
        log.info("person.opted_out" if out else "person.opted_in")
        self.speaking.reply_after(message, lambda texts: texts.people.opted_out() if out else texts.people.opted_in())

"""Recordings that somebody asks for in reply to them: with /transcribe, or by calling the bot in another way."""

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass

from telegram import Message, MessageEntity, Update
from telegram.ext import ContextTypes

from bot.engine.intake import Recording
from bot.text.texts import Texts
from handlers.links import Links
from handlers.media import Carrier, Media, Otherwise, asked_for, carried_by, sent_as_asked
from storage.apology import Apology
from storage.words import Asked

TRANSCRIBE = "transcribe"
NOT_FOR_ASKING = frozenset({TRANSCRIBE, "again", "cancel", "export", "start", "help"})  # they ask in a way of their own


@dataclass(frozen=True, slots=True)
class Asking:
    """Makes jobs of what people ask for. With /transcribe they are told in a sentence why there is none.

    An automatic forward asks for nothing: its channel has the same message.
    """

    media: Media
    links: Links

    async def transcribe(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Take a link behind the command, or else the recording in the message that it replies to."""
        message, words = _message(update), context.args or []
        carrier = _carrier(message)
        if words and (carrier is None or _is_link(words[0])):
            self.links.ask(message, words)
        elif carrier is None:
            self._say(message, lambda texts: texts.asking.how(links=self.links.on))
        elif not self._ask(message, carrier, Asked.PLAINLY):
            self._say(message, lambda texts: texts.asking.no_recording())

    async def call(self, commands: Collection[str], update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        """Take the recording in a message that one replies to with another of these commands, or with a mention."""
        message = _message(update)
        carrier, command = _carrier(message), command_of(message)
        if carrier is None or command in NOT_FOR_ASKING:
            return
        if command in commands:
            self._ask(message, carrier, Asked.WITH_A_COMMAND)
        elif _is_mentioned(message):
            self._ask(message, carrier, Asked.WITH_A_MENTION)

    def instead(self, message: Message, otherwise: Otherwise) -> bool:
        """Take the recording that a command replies to instead of an answer; False where there is none.

        Where the chat would not have it taken for such a command, do something else.
        """
        carrier = _carrier(message)
        return carrier is not None and self._ask(message, carrier, Asked.WITH_A_COMMAND, otherwise)

    def is_call(self, message: Message) -> bool:
        """Tell whether a message mentions the bot in reply to a recording."""
        carrier = _carrier(message)
        return carrier is not None and carried_by(carrier) is not None and _is_mentioned(message)

    def _ask(self, message: Message, carrier: Carrier, asked: Asked, otherwise: Otherwise | None = None) -> bool:
        """Take what a message asks for; False if that is no recording."""
        if message.is_automatic_forward:
            return True
        match asked_for(message, carrier, self.media.limit, asked):
            case Recording() as recording:
                self.media.take(message, recording, otherwise)
            case Apology() as sorry:
                self.media.apologise(message, sorry, sent_as_asked(message, carrier, asked), otherwise)
            case None:
                return False
        return True

    def _say(self, message: Message, said: Callable[[Texts], str]) -> None:
        if not message.is_automatic_forward:
            self.media.speaking.reply(message, said)


def _message(update: Update) -> Message:
    assert update.effective_message is not None
    return update.effective_message


def _carrier(message: Message) -> Carrier | None:
    return message.reply_to_message or message.external_reply


def _is_link(word: str) -> bool:
    return word.lower().startswith(("http://", "https://"))


def command_of(message: Message) -> str | None:
    """Return the command that a message begins with, unless it is for another bot."""
    first = next(iter(message.entities), None)
    if first is None or first.type != MessageEntity.BOT_COMMAND or first.offset:
        return None
    name, _, addressee = (message.text or "")[1 : first.length].partition("@")
    is_ours = addressee.lower() in {"", message.get_bot().username.lower()}
    return name.lower() if is_ours else None


def _is_mentioned(message: Message) -> bool:
    name = re.escape(message.get_bot().username)
    return re.search(rf"(?<![\w@/])@{name}(?!\w)", message.text or "", re.IGNORECASE) is not None

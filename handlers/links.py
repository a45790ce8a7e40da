"""Links to recordings: a private message that is nothing else, and the command /transcribe with one behind it.

The provider fetches what is behind a link. This program passes the link on and asks nobody about it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from telegram import Message, MessageEntity

from bot.links import Flaw, Link, leads_to, read_link
from bot.media.listened_to import RECORDING_EXTENSIONS
from bot.text.texts import Texts
from handlers.media import Media, recording_in
from storage.words import LINK, Asked


@dataclass(frozen=True, slots=True)
class Links:
    """Makes jobs of links, and says in a sentence what is wrong with one that cannot become a job."""

    media: Media
    on: bool

    def take_alone(self, message: Message) -> bool:
        """Take a text that is nothing but a link to an audio or video file; False for any other one."""
        text = (message.text or "").strip()
        if not self.on or not leads_to(text, RECORDING_EXTENSIONS) or _leads_elsewhere(message):
            return False
        self._take(message, text)
        return True

    def ask(self, message: Message, words: Sequence[str]) -> None:
        """Take a link to anything that somebody asks for: what has no extension may still be a recording."""
        if not self.on:
            self._say(message, lambda texts: texts.links.off())
        elif len(words) == 1:
            self._take(message, words[0], Asked.PLAINLY)
        else:
            self._say(message, lambda texts: texts.links.flaw(Flaw.NO_LINK))

    def _take(self, message: Message, text: str, asked: Asked = Asked.NOT) -> None:
        link = read_link(text)
        if isinstance(link, Link):
            recording = recording_in(message, LINK, link.url, link.key)
            self.media.take(message, replace(recording, asked=asked, video_seconds=None))
        else:
            self._say(message, lambda texts: texts.links.flaw(link))

    def _say(self, message: Message, said: Callable[[Texts], str]) -> None:
        """Say what is wrong, but not of an automatic forward, as its channel has the same message."""
        if not message.is_automatic_forward:
            self.media.speaking.reply(message, said)


def _leads_elsewhere(message: Message) -> bool:
    """Tell whether a text leads to another address than the one that it shows."""
    return any(entity.type == MessageEntity.TEXT_LINK for entity in message.entities)

"""A room of sentences: what all of them need."""

import math
import re

from bot.text.catalogues import catalogue
from bot.text.languages import FROM_RIGHT_TO_LEFT

_ISOLATE, _POP = "\u2068", "\u2069"
_COMMAND = re.compile(r"(?<![\w/:.])/[a-z]+(?: [A-Za-z0-9]+)*")


def marked(sentence: str) -> str:
    """Mark a sentence of a table for translation; `gettext` translates it where it is used."""
    return sentence


class Room:
    """Sentences in one language. Each is an English literal in `gettext` or `ngettext`, with named placeholders."""

    def __init__(self, language: str) -> None:
        self._catalogue = catalogue(language)
        self._is_from_right_to_left = language in FROM_RIGHT_TO_LEFT

    def gettext(self, sentence: str) -> str:
        return self._readable(self._catalogue.gettext(sentence))

    def ngettext(self, one: str, other: str, n: int) -> str:
        """Return the form that goes with a number; `{n}` is to be filled in."""
        return self._readable(self._catalogue.ngettext(one, other, n))

    def isolated(self, text: object) -> str:
        """Return what is not ours to translate, such as a name, so that it leaves the order of a sentence alone."""
        return f"{_ISOLATE}{text}{_POP}" if self._is_from_right_to_left else str(text)

    def minutes(self, n: int) -> str:
        return self.ngettext("{n} minute", "{n} minutes", n).format(n=n)

    def hours(self, n: int) -> str:
        return self.ngettext("{n} hour", "{n} hours", n).format(n=n)

    def wait(self, seconds: float) -> str:
        """Return a wait in its largest unit, rounded up, so that it is over when it has passed."""
        if seconds > 3600:
            return self.hours(math.ceil(seconds / 3600))
        return self.minutes(math.ceil(seconds / 60)) if seconds > 60 else self.seconds(max(1, math.ceil(seconds)))

    def seconds(self, n: int) -> str:
        return self.ngettext("{n} second", "{n} seconds", n).format(n=n)

    def _readable(self, sentence: str) -> str:
        """Keep a command together, its slash first and its words last, where a sentence goes the other way."""
        if not self._is_from_right_to_left:
            return sentence
        return _COMMAND.sub(lambda command: self.isolated(command[0]), sentence)

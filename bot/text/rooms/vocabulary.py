"""The vocabulary of a chat."""

from collections.abc import Sequence

from bot.text.room import Room
from bot.text.words import one_line

_ASKED_LIMIT = 40  # characters of what somebody typed


class Vocabulary(Room):
    """The words that a chat has, and why one cannot be had."""

    def counted(self, n: int) -> str:
        return self.ngettext("{n} word", "{n} words", n).format(n=n) if n else self.gettext("No words")

    def listed(self, words: Sequence[str]) -> str:
        """Return all words, as they can be typed again."""
        return self.isolated(", ".join(words)) if words else ""

    def full(self, n: int, limit: int) -> str:
        return self.gettext(
            "A vocabulary has at most {limit} words, and that of this chat has {n}, so nothing was added."
        ).format(limit=limit, n=n)

    def unfit(self, word: str, limit: int) -> str:
        """Return why nothing was added because of a word that somebody typed."""
        return self.gettext(
            "“{word}” cannot be in a vocabulary, so nothing was added: a word has a letter or a digit, no colon, and "
            "at most {limit} characters."
        ).format(word=self.isolated(one_line(word, _ASKED_LIMIT)), limit=limit)

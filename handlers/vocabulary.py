"""The vocabulary of a chat: words such as names, which the model is to listen for, added and removed by a command."""

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from bot.speech.catalogue import Model
from bot.text.layout import MESSAGE_LIMIT, utf16_length
from bot.text.texts import Texts
from bot.text.words import lines
from handlers.setting import Setting
from storage.chats import ChatSettings

MOST_WORDS = 100  # that the provider takes
LONGEST_WORD = 35  # UTF-16 units: so all of them fit one message
_BETWEEN = re.compile(r"[\s,;\u060c\u061b\u3001\uff0c\uff1b]+")  # commas and semicolons of all alphabets, too
_QUOTES = "\"'`\u00ab\u00bb\u2018\u2019\u201a\u201c\u201d\u201e\u2039\u203a"
_JOINERS = "\u200c\u200d"  # part of the spelling of some languages


def words_of(text: str) -> tuple[str, ...]:
    """Cut a text into words, each once, without what cannot be seen and without quotes around them."""
    words = (_plain(each) for each in _BETWEEN.split(text))
    return added((), tuple(word for word in words if word))


def added(words: Sequence[str], more: Sequence[str]) -> tuple[str, ...]:
    """Add words. One that is there already in capital or small letters is spelled as it was added last."""
    return tuple(({_folded(word): word for word in words} | {_folded(word): word for word in more}).values())


def removed(words: Sequence[str], gone: Sequence[str]) -> tuple[str, ...]:
    """Remove words, however they are spelled."""
    folded = set(map(_folded, gone))
    return tuple(word for word in words if _folded(word) not in folded)


def is_word(word: str) -> bool:
    """Tell whether the provider can take a word. In its keywords a colon means something else."""
    return any(map(str.isalnum, word)) and ":" not in word and utf16_length(word) <= LONGEST_WORD


def _plain(word: str) -> str:
    visible = "".join(each for each in word if each.isprintable() or each in _JOINERS)
    return unicodedata.normalize("NFC", visible).strip(_QUOTES)


def _folded(word: str) -> str:
    return unicodedata.normalize("NFC", word.casefold())


@dataclass(frozen=True, slots=True)
class Vocabulary(Setting):
    """The words of a chat. A value is what was typed: `add` or `remove`, and words behind it."""

    model: Callable[[ChatSettings], Model]
    shown_on: str
    name: str = "vocabulary"
    in_a_row: int = 1
    longest_typed: int = MESSAGE_LIMIT

    def offered(self, _: ChatSettings) -> Sequence[str]:
        return ()

    def current(self, chosen: ChatSettings) -> str:
        return str(len(chosen.vocabulary or ()))

    def with_value(self, chosen: ChatSettings, value: str) -> ChatSettings | None:
        if self.typed(value) is None:
            return None
        verb, words = _read(value)
        have = chosen.vocabulary or ()
        after = added(have, words) if verb == "add" else removed(have, words)
        return replace(chosen, vocabulary=after or None) if len(after) <= MOST_WORDS else None

    def typed(self, words: str) -> str | None:
        verb, given = _read(words)
        can_be_done = verb == "remove" or (verb == "add" and all(map(is_word, given)))
        return words if given and can_be_done else None

    def label(self, value: str, texts: Texts) -> str:
        return texts.vocabulary.counted(int(value))

    def line(self, chosen: ChatSettings, texts: Texts) -> str:
        line = self._counted(chosen, texts)
        return line if self._is_taken(chosen) else texts.settings.not_with_model(line)

    def _counted(self, chosen: ChatSettings, texts: Texts) -> str:
        return texts.settings.button(self.name, self.label(self.current(chosen), texts))

    def above(self, chosen: ChatSettings, texts: Texts) -> str:
        note = self.caution(chosen, texts)
        parts = (note, self.told(chosen, texts), texts.settings.question(self.name), texts.settings.wrong(self.name))
        return "\n\n".join(part for part in parts if part)

    def told(self, chosen: ChatSettings, texts: Texts) -> str:
        return lines(self._counted(chosen, texts), texts.vocabulary.listed(chosen.vocabulary or ()))

    def caution(self, chosen: ChatSettings, texts: Texts) -> str:
        return "" if self._is_taken(chosen) else texts.settings.no_effect(self.model(chosen).name)

    def refusal(self, words: str, chosen: ChatSettings, texts: Texts) -> str:
        verb, given = _read(words)
        if verb == "add" and (unfit := next((word for word in given if not is_word(word)), None)) is not None:
            return texts.vocabulary.unfit(unfit, LONGEST_WORD)
        if verb == "add" and given:
            return texts.vocabulary.full(len(chosen.vocabulary or ()), MOST_WORDS)
        return texts.settings.wrong(self.name)

    def logged(self, value: str) -> str:
        return _read(value)[0]

    def _is_taken(self, chosen: ChatSettings) -> bool:
        return self.name not in self.model(chosen).untaken


def _read(value: str) -> tuple[str, tuple[str, ...]]:
    verb, _, words = value.partition(" ")
    return verb.lower(), words_of(words)

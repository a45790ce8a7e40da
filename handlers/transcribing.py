"""The settings of how recordings are transcribed: the page "Transcription", and what a model does not take of it."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.speech.catalogue import Model
from bot.text.texts import Texts
from handlers.setting import ON_OFF, Setting, Words
from handlers.vocabulary import Vocabulary
from storage.chats import ChatSettings
from storage.options import AUTO

PAGE = "transcription"
_FLAGS = (  # the name of each with its column, and what holds without a choice
    ("speakers", "speakers", "off"),
    ("formatting", "smart_format", "on"),
    ("fillers", "fillers", "off"),
    ("profanity", "profanity_filter", "off"),
    ("numerals", "numerals", "off"),
)


def transcribing(model: Callable[[ChatSettings], Model], times_from_minutes: float) -> tuple[Setting, ...]:
    """Return the settings of the page; `model` tells which one a chat has."""
    flags = (Flag(name, column, ON_OFF, default, shown_on=PAGE, model=model) for name, column, default in _FLAGS)
    return (_times(times_from_minutes), *flags, Vocabulary(model, PAGE))


@dataclass(frozen=True, slots=True, kw_only=True)
class Flag(Words):
    """An option of the provider, on or off. With a model that does not take it, it changes nothing, and says so."""

    model: Callable[[ChatSettings], Model]

    def line(self, chosen: ChatSettings, texts: Texts) -> str:
        line = Words.line(self, chosen, texts)
        return line if self._is_taken(chosen) else texts.settings.not_with_model(line)

    def above(self, chosen: ChatSettings, texts: Texts) -> str:
        above = Words.above(self, chosen, texts)
        return above if self._is_taken(chosen) else f"{above}\n\n{texts.settings.no_effect(self.model(chosen).name)}"

    def caution(self, chosen: ChatSettings, texts: Texts) -> str:
        has_no_effect = self.current(chosen) != self.default and not self._is_taken(chosen)
        return texts.settings.no_effect(self.model(chosen).name) if has_no_effect else ""

    def _is_taken(self, chosen: ChatSettings) -> bool:
        return self.column not in self.model(chosen).untaken


@dataclass(frozen=True, slots=True, kw_only=True)
class Times(Words):
    """Whether texts have times: always, never, or without a choice those of recordings that have so many minutes."""

    from_minutes: float

    def label(self, value: str, texts: Texts) -> str:
        return texts.settings.times_from(self.from_minutes) if value == AUTO else Words.label(self, value, texts)


def _times(from_minutes: float) -> Times:
    """Let a chat leave the choice to the operator, unless that means never."""
    stored, default = ({AUTO: None} | ON_OFF, AUTO) if from_minutes else (ON_OFF, "off")
    return Times("times", "times", stored, default, shown_on=PAGE, from_minutes=from_minutes)

"""Everything that a chat can choose, in its order, and the settings that are like no other."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from bot.speech.catalogue import MODELS, Model, find, suggest
from bot.speech.languages import LANGUAGES, find_language, misses, nearest, offered, spoken
from bot.text.languages import LANGUAGES as INTERFACES
from bot.text.languages import fitting
from bot.text.texts import Texts
from handlers.setting import ON_OFF, Setting, Words, number
from handlers.transcribing import transcribing
from storage.chats import KEEP_DAYS, LONGEST_FOLD_FROM, LONGEST_VIDEOS, ChatSettings, Mode
from storage.options import AUTO
from storage.words import Answers

FOLD = "fold-"  # a value of answers that a number follows
FOLDS = (300, 1000, 3000)  # characters that are offered
VIDEOS = (0, 60, 300, 900, LONGEST_VIDEOS)  # seconds that are offered


@dataclass(frozen=True, slots=True)
class HowAnswered(Setting):
    """How the texts are shown. To fold them from a number of characters on is one value for each number."""

    name: str = "answers"
    in_a_row: int = 1

    def offered(self, chosen: ChatSettings) -> Sequence[str]:
        plain = [value.value for value in Answers if value is not Answers.FOLD]
        folds = [f"{FOLD}{n}" for n in FOLDS]
        current = self.current(chosen)
        return (*plain, *folds, *(() if current in (*plain, *folds) else (current,)))

    def current(self, chosen: ChatSettings) -> str:
        if chosen.answers is Answers.FOLD:
            return f"{FOLD}{chosen.fold_from or FOLDS[0]}"
        return (chosen.answers or Answers.AUTO).value

    def with_value(self, chosen: ChatSettings, value: str) -> ChatSettings | None:
        if value.startswith(FOLD):
            n = number(value.removeprefix(FOLD), 1, LONGEST_FOLD_FROM)
            return None if n is None else replace(chosen, answers=Answers.FOLD, fold_from=n)
        plain = next((each for each in Answers if each == value and each is not Answers.FOLD), None)
        return None if plain is None else replace(chosen, answers=plain, fold_from=None)

    def typed(self, words: str) -> str | None:
        value = "-".join(words.lower().split())
        return value if self.with_value(ChatSettings(), value) is not None else None


@dataclass(frozen=True, slots=True)
class LongestVideo(Setting):
    """How long a video of a group is that is transcribed by itself: seconds on buttons, minutes as people type them."""

    name: str = "videos"
    in_a_row: int = 1

    def offered(self, chosen: ChatSettings) -> Sequence[str]:
        return tuple(str(seconds) for seconds in sorted({*VIDEOS, int(self.current(chosen))}))

    def current(self, chosen: ChatSettings) -> str:
        return str(chosen.videos or 0)

    def with_value(self, chosen: ChatSettings, value: str) -> ChatSettings | None:
        seconds = number(value, 0, LONGEST_VIDEOS)
        return None if seconds is None else replace(chosen, videos=seconds)

    def typed(self, words: str) -> str | None:
        named = {"off": 0, "ask": 0, "all": LONGEST_VIDEOS}
        minutes = number(words, 0, LONGEST_VIDEOS // 60)
        seconds = named.get(words.lower()) if minutes is None else minutes * 60
        return None if seconds is None else str(seconds)


@dataclass(frozen=True, slots=True)
class WhichModel(Setting):
    """The model, by its name. The default one holds where none was chosen, or one that left the catalogue."""

    default: Model
    default_language: str
    fallback: Model | None = None
    name: str = "model"
    in_a_row: int = 1

    def of(self, chosen: ChatSettings) -> Model:
        return (find(chosen.model) if chosen.model else None) or self.default

    def offered(self, _: ChatSettings) -> Sequence[str]:
        return tuple(model.name for model in sorted(MODELS, key=lambda model: model.family))

    def current(self, chosen: ChatSettings) -> str:
        return self.of(chosen).name

    def with_value(self, chosen: ChatSettings, value: str) -> ChatSettings | None:
        model = find(value)
        return None if model is None else replace(chosen, model=model.name)

    def typed(self, words: str) -> str | None:
        model = find(words)
        return None if model is None else model.name

    def label(self, value: str, texts: Texts) -> str:
        model = find(value)
        assert model is not None
        return (
            texts.settings.english_only(value) if model.language_count == 1 else texts.settings.value(self.name, value)
        )

    def above(self, chosen: ChatSettings, texts: Texts) -> str:
        model = self.of(chosen)
        shown = texts.models.shown(model.name, model.language_count)
        return f"{shown}\n\n{texts.settings.question(self.name)}"

    def told(self, chosen: ChatSettings, texts: Texts) -> str:
        return texts.models.chosen(self.current(chosen))

    def caution(self, chosen: ChatSettings, texts: Texts) -> str:
        model, missed = self.of(chosen), self._missed(chosen)
        if missed is not None:
            return texts.languages.model_misses(model.name, LANGUAGES[missed].own)
        return texts.languages.english_only(model.name) if model.language_count == 1 else ""

    def better(self, chosen: ChatSettings) -> str | None:
        missed = self._missed(chosen)
        model = None if missed is None else self.nearest(chosen, missed)
        return None if model is None else model.name

    def nearest(self, chosen: ChatSettings, language: str) -> Model | None:
        """Return the model most like that of a chat which knows a language."""
        preferred = (self.default, *(() if self.fallback is None else (self.fallback,)))
        return nearest(self.of(chosen), language, preferred)

    def _missed(self, chosen: ChatSettings) -> str | None:
        """Return the language that the chat chose, if its model does not know it."""
        return misses(self.of(chosen), chosen.language or self.default_language)

    def refusal(self, words: str, _chosen: ChatSettings, texts: Texts) -> str:
        return texts.models.unknown(words, [model.name for model in suggest(words)])


@dataclass(frozen=True, slots=True)
class WhichLanguage(Setting):
    """The language of the recordings: one that the chat's model knows, or what the model finds out.

    A value with the name of a model behind it, as in fa.whisper-medium, chooses that model, too.
    """

    model: WhichModel
    default: str
    name: str = "language"
    in_a_row: int = 2

    def offered(self, chosen: ChatSettings) -> Sequence[str]:
        return (AUTO, *offered(self.model.of(chosen)))

    def current(self, chosen: ChatSettings) -> str:
        """Return the value that holds; one that the chat's model does not know counts as none."""
        return spoken(self.model.of(chosen), chosen.language or self.default) or AUTO

    def with_value(self, chosen: ChatSettings, value: str) -> ChatSettings | None:
        language, _, name = value.partition(".")
        if name:
            chosen_model = self.model.with_value(chosen, name)
            return None if chosen_model is None else self.with_value(chosen_model, language)
        tag = AUTO if value == AUTO else spoken(self.model.of(chosen), value)
        return None if tag is None else replace(chosen, language=tag)

    def typed(self, words: str) -> str | None:
        return AUTO if words.lower() == AUTO else find_language(words)

    def label(self, value: str, texts: Texts) -> str:
        language, _, name = value.partition(".")
        if name:
            return name
        return texts.settings.value(self.name, value) if language == AUTO else LANGUAGES[language].own

    def instead(self, value: str, chosen: ChatSettings) -> str | None:
        model = self.model.nearest(chosen, value)
        return None if model is None else f"{value}.{model.name}"

    def refusal(self, words: str, chosen: ChatSettings, texts: Texts) -> str:
        tag = find_language(words)
        if tag is None:
            return texts.settings.language_unknown(words)
        return texts.settings.language_unfit(self.model.of(chosen).name, LANGUAGES[tag].own)


@dataclass(frozen=True, slots=True)
class Choices:
    """Every setting by its name, in the order in which they are shown."""

    default_model: Model
    default_language: str
    default_keep_days: float
    fallback: Model | None = None
    times_from_minutes: float = 3  # recordings whose texts have times without a choice; 0 for none
    by_name: Mapping[str, Setting] = field(init=False)

    def __post_init__(self) -> None:
        model = WhichModel(self.default_model, self.default_language, self.fallback)
        kept = {str(days): days for days in KEEP_DAYS}
        operators = f"{self.default_keep_days:g}"
        settings: tuple[Setting, ...] = (
            Words("mode", "mode", {mode.value: mode for mode in Mode}, "auto"),
            LongestVideo(),
            model,
            WhichLanguage(model, self.default_language),
            HowAnswered(),
            Words("quiet", "quiet", ON_OFF, "off"),
            Words("notify", "notify", ON_OFF, "on"),
            _interface(),
            Words("keep", "keep_days", kept, operators if operators in kept else "operator"),
            *transcribing(model.of, self.times_from_minutes),
        )
        object.__setattr__(self, "by_name", {setting.name: setting for setting in settings})


def _interface() -> Words:
    """Take a language of the interface by any tag that fits, or by its own name."""
    own = {name.lower(): tag for tag, name in INTERFACES.items()}

    def read(words: str) -> str:
        return own.get(words.lower()) or fitting(words) or words.lower()

    return Words("interface", "interface", {AUTO: None} | {tag: tag for tag in INTERFACES}, AUTO, read)

"""The catalogue of models that a chat can choose, and the search for one by its typed name."""

from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

MIN_LIKENESS = 0.7  # of a name that is suggested, from 0 to 1: it forgives one or two slips in a word
MAX_SUGGESTIONS = 3  # as many as a reader compares at a glance
LONGEST_NAME = 64  # characters; no model has a longer name, and the time to compare one grows with its square


class Family(StrEnum):
    """A group of models of one vendor, with the same options, speed and limits."""

    NOVA = "nova"
    WHISPER = "whisper"


@dataclass(frozen=True, slots=True)
class Model:
    """One model: `name` is what people type, `wire` its id in the API, `field` the form field of the file.

    `languages` are the tags that the API accepts, spelled as it spells them.
    """

    name: str
    wire: str
    family: Family
    languages: frozenset[str]
    detects_language: bool
    field: str = "audio"
    untaken: frozenset[str] = frozenset()  # the options, by the names of Options, that it does not take

    @property
    def language_count(self) -> int:
        """How many languages it knows, without their variants and mixtures."""
        return len({tag.partition("-")[0] for tag in self.languages} - {"multi"})


ENGLISH = frozenset({"en", "en-US"})

# From Deepgram's table for nova-2-general. `multi` is Spanish and English mixed in one recording.
_GENERAL_TAGS = (
    "bg ca zh zh-TW zh-HK cs da nl nl-BE en en-US en-AU en-GB en-NZ en-IN et fi fr fr-CA de de-CH el hi hu id "
    "it ja ko lv lt ms no pl pt pt-BR pt-PT ro ru sk es es-419 sv th tr uk vi multi"
)
NOVA_GENERAL_LANGUAGES = frozenset(_GENERAL_TAGS.split())

# The languages that Whisper was trained on, without `yue`: only large-v3 knows it, and no document tells which
# version whisper-large is.
_WHISPER_TAGS = (
    "af am ar as az ba be bg bn bo br bs ca cs cy da de el en es et eu fa fi fo fr gl gu ha haw he hi hr ht hu "
    "hy id is it ja jw ka kk km kn ko la lb ln lo lt lv mg mi mk ml mn mr ms mt my ne nl nn no oc pa pl ps pt "
    "ro ru sa sd si sk sl sn so sq sr su sv sw ta te tg th tk tl tr tt uk ur uz vi yi yo zh"
)
WHISPER_LANGUAGES = frozenset(_WHISPER_TAGS.split())


def _nova(variant: str) -> Model:
    # According to Deepgram every variant but `general` knows English alone and cannot detect a language.
    name = f"nova-2-{variant}"
    return Model(name, f"#g1_{name}", Family.NOVA, ENGLISH, detects_language=False)


def _whisper(size: str) -> Model:
    # According to Deepgram, Whisper knows no `keywords` and no `profanity_filter`.
    name = f"whisper-{size}"
    untaken = frozenset({"profanity_filter", "vocabulary"})
    return Model(name, f"#g1_{name}", Family.WHISPER, WHISPER_LANGUAGES, detects_language=True, untaken=untaken)


# The most popular first: this is the order of the list, and of equally likely suggestions.
MODELS: tuple[Model, ...] = (
    Model(
        name="nova-2-general",
        wire="#g1_nova-2-general",
        family=Family.NOVA,
        languages=NOVA_GENERAL_LANGUAGES,
        detects_language=True,
    ),
    _nova("meeting"),
    _nova("phonecall"),
    _nova("voicemail"),
    _nova("video"),
    _nova("finance"),
    _nova("medical"),
    _nova("conversationalai"),
    _nova("drivethru"),
    _nova("automotive"),
    _whisper("large"),
    _whisper("medium"),
    _whisper("small"),
    _whisper("base"),
    _whisper("tiny"),
)

_BY_NAME = {model.name: model for model in MODELS}
UNTAKEN = {model.name: model.untaken for model in MODELS if model.untaken}


def find(text: str) -> Model | None:
    """Return the model with exactly this name or wire id, in any case and with any space around it; else None."""
    return _BY_NAME.get(text.strip().lower().removeprefix("#g1_"))


def suggest(text: str) -> tuple[Model, ...]:
    """Return the models that are probably meant by `text`, the likeliest first: at most three, perhaps none."""
    typed = _letters_and_digits(text.strip().lower().removeprefix("#g1_"))
    if not 0 < len(typed) <= LONGEST_NAME:
        return ()
    ranked = sorted(((_likeness(typed, model), model) for model in MODELS), key=lambda pair: -pair[0])
    return tuple(model for likeness, model in ranked if likeness >= MIN_LIKENESS)[:MAX_SUGGESTIONS]


def _likeness(typed: str, model: Model) -> float:
    """Return, from 0 to 1, how much `typed` is like the model's name, its variant or its family."""
    spellings = (_letters_and_digits(model.name), model.name.rpartition("-")[2], model.family.value)
    return max(SequenceMatcher(None, typed, spelling).ratio() for spelling in spellings)


def _letters_and_digits(text: str) -> str:
    # A forgotten or an extra hyphen makes a name no less alike.
    return "".join(filter(str.isalnum, text))

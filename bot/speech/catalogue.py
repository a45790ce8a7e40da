"""The catalogue: every model a chat can choose, as data, and finding one by what somebody typed."""

from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

NEAR = 0.7  # how alike a name must be to be worth suggesting: one or two slips in a word
SUGGESTIONS = 3
LONGEST_NAME = 64  # anything longer is not a model name, and comparing it costs its length squared


class Family(StrEnum):
    """Models that share a vendor's engine, its options, its pace and its limits."""

    NOVA = "nova"
    WHISPER = "whisper"


@dataclass(frozen=True, slots=True)
class Model:
    """One row: `name` is what people type, `wire` is what the API wants, `field` the multipart file field.

    `languages` are the tags the API takes, in its own capitals; `language_note` says the same to a reader.
    """

    name: str
    wire: str
    family: Family
    about: str
    languages: frozenset[str]
    language_note: str
    detects_language: bool
    field: str = "audio"


ENGLISH = frozenset({"en", "en-US"})

# Deepgram's table for nova-2-general; `multi` is Spanish and English mixed in one recording.
_GENERAL_TAGS = (
    "bg ca zh zh-TW zh-HK cs da nl nl-BE en en-US en-AU en-GB en-NZ en-IN et fi fr fr-CA de de-CH el hi hu id "
    "it ja ko lv lt ms no pl pt pt-BR pt-PT ro ru sk es es-419 sv th tr uk vi multi"
)
GENERAL = frozenset(_GENERAL_TAGS.split())

# The languages Whisper was trained on. Left out is `yue`: only its third large edition knows it, and which
# edition stands behind whisper-large is not documented.
_WORLD_TAGS = (
    "af am ar as az ba be bg bn bo br bs ca cs cy da de el en es et eu fa fi fo fr gl gu ha haw he hi hr ht hu "
    "hy id is it ja jw ka kk km kn ko la lb ln lo lt lv mg mi mk ml mn mr ms mt my ne nl nn no oc pa pl ps pt "
    "ro ru sa sd si sk sl sn so sq sr su sv sw ta te tg th tk tl tr tt uk ur uz vi yi yo zh"
)
WORLD = frozenset(_WORLD_TAGS.split())


def _nova(variant: str, about: str) -> Model:
    """Every variant but `general` knows English alone and cannot detect a language (Deepgram)."""
    name = f"nova-2-{variant}"
    return Model(name, f"#g1_{name}", Family.NOVA, about, ENGLISH, "English only", detects_language=False)


def _whisper(size: str, about: str) -> Model:
    name = f"whisper-{size}"
    return Model(name, f"#g1_{name}", Family.WHISPER, about, WORLD, "about 100 languages", detects_language=True)


# In the order people want them: a tie among suggestions goes to the earlier row.
MODELS: tuple[Model, ...] = (
    Model(
        name="nova-2-general",
        wire="#g1_nova-2-general",
        family=Family.NOVA,
        about="Everyday speech, fast: the best choice for most voice messages.",
        languages=GENERAL,
        language_note="about 35 languages",
        detects_language=True,
    ),
    _nova("meeting", "Meetings: several people around one microphone."),
    _nova("phonecall", "Phone calls with low sound quality."),
    _nova("voicemail", "Voicemail: one speaker on a poor line."),
    _nova("video", "The sound of videos."),
    _nova("finance", "Earnings calls and other talk about finance."),
    _nova("medical", "Medical vocabulary."),
    _nova("conversationalai", "People talking to voice assistants and phone menus."),
    _nova("drivethru", "Orders at a drive-through, with engine noise."),
    _nova("automotive", "Talk about cars and inside them."),
    _whisper("large", "Most languages and the fewest mistakes of the Whisper family, slow."),
    _whisper("medium", "A little quicker than whisper-large, a little less exact."),
    _whisper("small", "Middle of the Whisper family."),
    _whisper("base", "Quick, for clear speech."),
    _whisper("tiny", "The quickest of the Whisper family, with the most mistakes."),
)

_BY_NAME = {model.name: model for model in MODELS}


def find(text: str) -> Model | None:
    """The model of exactly this name or wire id; capitals and surrounding space do not matter."""
    return _BY_NAME.get(text.strip().lower().removeprefix("#g1_"))


def suggest(text: str) -> tuple[Model, ...]:
    """What somebody who typed `text` may have meant: at most three models, best first, perhaps none."""
    typed = _squeezed(text.strip().lower().removeprefix("#g1_"))
    if not 0 < len(typed) <= LONGEST_NAME:
        return ()
    ranked = sorted(((_likeness(typed, model), model) for model in MODELS), key=lambda pair: -pair[0])
    return tuple(model for likeness, model in ranked if likeness >= NEAR)[:SUGGESTIONS]


def _likeness(typed: str, model: Model) -> float:
    """From 0 to 1: how near `typed` is to the model's name, its variant or its family."""
    spellings = (_squeezed(model.name), model.name.rpartition("-")[2], model.family.value)
    return max(SequenceMatcher(None, typed, spelling).ratio() for spelling in spellings)


def _squeezed(text: str) -> str:
    """Letters and digits alone, so that a forgotten or an extra hyphen makes no difference."""
    return "".join(filter(str.isalnum, text))

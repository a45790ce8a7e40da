"""The models that the AI/ML API has for speech, and the options and languages that each of them accepts."""

NOVA_VARIANTS = {
    "automotive",
    "conversationalai",
    "drivethru",
    "finance",
    "general",
    "medical",
    "meeting",
    "phonecall",
    "video",
    "voicemail",
}
WHISPER_SIZES = {"tiny", "small", "base", "medium", "large"}

OLD_PREFIX = "#g1_"
PLAIN_MODELS = {f"nova-2-{variant}" for variant in NOVA_VARIANTS} | {f"whisper-{size}" for size in WHISPER_SIZES}
MODELS = frozenset(PLAIN_MODELS | {OLD_PREFIX + model for model in PLAIN_MODELS})

ENGLISH = frozenset(["en", "en-US"])
GENERAL_LANGUAGES = frozenset(
    """
    bg ca zh zh-TW zh-HK cs da nl en en-US en-AU en-GB en-NZ en-IN et fi nl-BE fr fr-CA de de-CH el hi
    hu id it ja ko lv lt ms no pl pt pt-BR pt-PT ro ru sk es es-419 sv th tr uk vi multi
    """.split()  # noqa: SIM905 - a list of codes reads best as one
)
WHISPER_LANGUAGES = frozenset(
    """
    af am ar as az ba be bg bn bo br bs ca cs cy da de el en es et eu fa fi fo fr gl gu ha haw he hi hr
    ht hu hy id is it ja jw ka kk km kn ko la lb ln lo lt lv mg mi mk ml mn mr ms mt my ne nl nn no oc
    pa pl ps pt ro ru sa sd si sk sl sn so sq sr su sv sw ta te tg th tk tl tr tt uk ur uz vi yi yo zh
    """.split()  # noqa: SIM905 - a list of codes reads best as one
)
UNSPACED_LANGUAGES = frozenset(["zh", "zh-TW", "zh-HK", "ja", "th"])

BOOLEANS = frozenset(
    """
    detect_language diarize dictation filler_words measurements multi_channel numerals paragraphs
    profanity_filter punctuate smart_format utterances detect_entities detect_topics topics intents
    sentiment
    """.split()  # noqa: SIM905 - a list of names reads best as one
)
LISTS = frozenset(["tag", "custom_intent", "custom_topic"])
MODES = frozenset(["custom_intent_mode", "custom_topic_mode"])
TEXTS = frozenset(["language", "keywords", "search", "summarize", "utt_split", "extra", "diarize_version"])
NUMBERS = frozenset(["utt_split"])
OPTIONS = BOOLEANS | LISTS | MODES | TEXTS
ENGLISH_ONLY_OPTIONS = frozenset(["summarize", "topics", "detect_topics", "intents", "sentiment"])
NOT_FOR_WHISPER = frozenset(["keywords", "profanity_filter", "detect_entities", "search"])
KEYWORDS_LIMIT = 100


def plain(model: str) -> str:
    return model.removeprefix(OLD_PREFIX)


def family(model: str) -> str:
    """Return "nova" or "whisper"."""
    return plain(model).partition("-")[0]


def languages(model: str) -> frozenset[str]:
    if family(model) == "whisper":
        return WHISPER_LANGUAGES
    return GENERAL_LANGUAGES if plain(model) == "nova-2-general" else ENGLISH

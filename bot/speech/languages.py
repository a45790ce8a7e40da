"""The languages that models know: how people call them, and which of a model's own tags is meant by another tag."""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import NamedTuple

from bot.speech.catalogue import MODELS, Family, Model, find
from storage.options import AUTO, Fallback


class Language(NamedTuple):
    """What a language is called in English, and in itself."""

    english: str
    own: str


# Every tag of the catalogue, in the order of the English names.
LANGUAGES: dict[str, Language] = {
    "af": Language("Afrikaans", "Afrikaans"),
    "sq": Language("Albanian", "Shqip"),
    "am": Language("Amharic", "አማርኛ"),
    "ar": Language("Arabic", "العربية"),
    "hy": Language("Armenian", "Հայերեն"),
    "as": Language("Assamese", "অসমীয়া"),
    "az": Language("Azerbaijani", "Azərbaycanca"),
    "ba": Language("Bashkir", "Башҡортса"),
    "eu": Language("Basque", "Euskara"),
    "be": Language("Belarusian", "Беларуская"),
    "bn": Language("Bengali", "বাংলা"),
    "bs": Language("Bosnian", "Bosanski"),
    "br": Language("Breton", "Brezhoneg"),
    "bg": Language("Bulgarian", "Български"),
    "my": Language("Burmese", "မြန်မာ"),
    "zh-HK": Language("Cantonese (Hong Kong)", "粵語 (香港)"),
    "ca": Language("Catalan", "Català"),
    "zh": Language("Chinese", "中文"),
    "zh-TW": Language("Chinese (Taiwan)", "中文 (台灣)"),
    "hr": Language("Croatian", "Hrvatski"),
    "cs": Language("Czech", "Čeština"),
    "da": Language("Danish", "Dansk"),
    "nl": Language("Dutch", "Nederlands"),
    "en": Language("English", "English"),
    "en-AU": Language("English (Australia)", "English (Australia)"),
    "en-IN": Language("English (India)", "English (India)"),
    "en-NZ": Language("English (New Zealand)", "English (New Zealand)"),
    "en-GB": Language("English (United Kingdom)", "English (UK)"),
    "en-US": Language("English (United States)", "English (US)"),
    "et": Language("Estonian", "Eesti"),
    "fo": Language("Faroese", "Føroyskt"),
    "fi": Language("Finnish", "Suomi"),
    "nl-BE": Language("Flemish", "Vlaams"),
    "fr": Language("French", "Français"),
    "fr-CA": Language("French (Canada)", "Français (Canada)"),
    "gl": Language("Galician", "Galego"),
    "ka": Language("Georgian", "ქართული"),
    "de": Language("German", "Deutsch"),
    "de-CH": Language("German (Switzerland)", "Deutsch (Schweiz)"),
    "el": Language("Greek", "Ελληνικά"),
    "gu": Language("Gujarati", "ગુજરાતી"),
    "ht": Language("Haitian Creole", "Kreyòl ayisyen"),
    "ha": Language("Hausa", "Hausa"),
    "haw": Language("Hawaiian", "ʻŌlelo Hawaiʻi"),
    "he": Language("Hebrew", "עברית"),
    "hi": Language("Hindi", "हिन्दी"),
    "hu": Language("Hungarian", "Magyar"),
    "is": Language("Icelandic", "Íslenska"),
    "id": Language("Indonesian", "Bahasa Indonesia"),
    "it": Language("Italian", "Italiano"),
    "ja": Language("Japanese", "日本語"),
    "jw": Language("Javanese", "Basa Jawa"),
    "kn": Language("Kannada", "ಕನ್ನಡ"),
    "kk": Language("Kazakh", "Қазақша"),
    "km": Language("Khmer", "ខ្មែរ"),
    "ko": Language("Korean", "한국어"),
    "lo": Language("Lao", "ລາວ"),
    "la": Language("Latin", "Latina"),
    "lv": Language("Latvian", "Latviešu"),
    "ln": Language("Lingala", "Lingála"),
    "lt": Language("Lithuanian", "Lietuvių"),
    "lb": Language("Luxembourgish", "Lëtzebuergesch"),
    "mk": Language("Macedonian", "Македонски"),
    "mg": Language("Malagasy", "Malagasy"),
    "ms": Language("Malay", "Bahasa Melayu"),
    "ml": Language("Malayalam", "മലയാളം"),
    "mt": Language("Maltese", "Malti"),
    "mi": Language("Maori", "Māori"),
    "mr": Language("Marathi", "मराठी"),
    "mn": Language("Mongolian", "Монгол"),
    "ne": Language("Nepali", "नेपाली"),
    "no": Language("Norwegian", "Norsk"),
    "nn": Language("Norwegian Nynorsk", "Norsk nynorsk"),
    "oc": Language("Occitan", "Occitan"),
    "ps": Language("Pashto", "پښتو"),
    "fa": Language("Persian", "فارسی"),
    "pl": Language("Polish", "Polski"),
    "pt": Language("Portuguese", "Português"),
    "pt-BR": Language("Portuguese (Brazil)", "Português (Brasil)"),
    "pt-PT": Language("Portuguese (Portugal)", "Português (Portugal)"),
    "pa": Language("Punjabi", "ਪੰਜਾਬੀ"),
    "ro": Language("Romanian", "Română"),
    "ru": Language("Russian", "Русский"),
    "sa": Language("Sanskrit", "संस्कृतम्"),
    "sr": Language("Serbian", "Српски"),
    "sn": Language("Shona", "ChiShona"),
    "sd": Language("Sindhi", "سنڌي"),
    "si": Language("Sinhala", "සිංහල"),
    "sk": Language("Slovak", "Slovenčina"),
    "sl": Language("Slovenian", "Slovenščina"),
    "so": Language("Somali", "Soomaali"),
    "es": Language("Spanish", "Español"),
    "es-419": Language("Spanish (Latin America)", "Español (Latinoamérica)"),
    "multi": Language("Spanish and English mixed", "Español + English"),
    "su": Language("Sundanese", "Basa Sunda"),
    "sw": Language("Swahili", "Kiswahili"),
    "sv": Language("Swedish", "Svenska"),
    "tl": Language("Tagalog", "Tagalog"),
    "tg": Language("Tajik", "Тоҷикӣ"),
    "ta": Language("Tamil", "தமிழ்"),
    "tt": Language("Tatar", "Татар"),
    "te": Language("Telugu", "తెలుగు"),
    "th": Language("Thai", "ไทย"),
    "bo": Language("Tibetan", "བོད་སྐད"),
    "tr": Language("Turkish", "Türkçe"),
    "tk": Language("Turkmen", "Türkmençe"),
    "uk": Language("Ukrainian", "Українська"),
    "ur": Language("Urdu", "اردو"),
    "uz": Language("Uzbek", "Oʻzbek"),
    "vi": Language("Vietnamese", "Tiếng Việt"),
    "cy": Language("Welsh", "Cymraeg"),
    "yi": Language("Yiddish", "ייִדיש"),
    "yo": Language("Yoruba", "Èdè Yorùbá"),
}

# Looked for most often, the most popular first.
_MOST_POPULAR = "en es pt de fr it ru uk tr ar fa hi id zh ja ko nl pl"

# What clients and people write, where models know the same language by another tag.
_ALIASES = {
    "nb": "no",  # Norwegian as Telegram names it
    "nn": "no",
    "iw": "he",
    "in": "id",
    "fil": "tl",
    "jv": "jw",
    "yue": "zh-HK",
    "zh-hans": "zh",
    "zh-hant": "zh-TW",
}
_OTHER_NAMES = {
    "brazilian": "pt-BR",
    "cantonese": "zh-HK",
    "farsi": "fa",
    "filipino": "tl",
    "mandarin": "zh",
    "myanmar": "my",
}


def offered(model: Model) -> tuple[str, ...]:
    """Return the tags of a model, the most popular first and the others by their English names."""
    popular = tuple(tag for tag in _MOST_POPULAR.split() if tag in model.languages)
    return popular + tuple(tag for tag in LANGUAGES if tag in model.languages and tag not in popular)


def spoken(model: Model, asked: str) -> str | None:
    """Return the model's own tag for the language asked for; for de-AT it is de when there is no de-AT."""
    known = _by_small_letters(model.languages)
    tag = asked.strip().lower().replace("_", "-")
    while tag and tag != AUTO:
        for name in (tag, _ALIASES.get(tag, "").lower()):
            if name in known:
                return known[name]
        tag = tag.rpartition("-")[0]
    return None


@cache
def _by_small_letters(tags: frozenset[str]) -> Mapping[str, str]:
    return {tag.lower(): tag for tag in tags}


def find_language(text: str) -> str | None:
    """Return the tag of a language that somebody typed: a tag, or a name in English or in the language itself."""
    tag = text.strip().lower().replace("_", "-")
    while tag:
        if tag in _BY_TAG:
            return _BY_TAG[tag]
        tag = tag.rpartition("-")[0]
    return _BY_NAME.get(_plain(text))


def misses(model: Model, tag: str | None) -> str | None:
    """Return the language of a tag that the model does not know; None where it knows it, or nobody does."""
    language = find_language(tag or "")
    return language if language is not None and spoken(model, language) is None else None


def nearest(model: Model, language: str, preferred: Sequence[Model]) -> Model | None:
    """Return the model most like another one that knows a language: of its family, or else a preferred one."""
    family = (each for each in MODELS if each.family is model.family)
    return next((each for each in (*family, *preferred, *MODELS) if spoken(each, language) is not None), None)


def nova_instead(whisper: str, language: str) -> Model | None:
    """Return the nova for a text in place of a whisper model's: the first that knows the language, or finds it out.

    None where the model is no whisper, or no nova can.
    """
    model = find(whisper)
    if model is None or model.family is not Family.WHISPER:
        return None
    novas = (each for each in MODELS if each.family is Family.NOVA)
    return next((each for each in novas if language == AUTO or spoken(each, language) is not None), None)


def fallback_of(default: Model, model: Model | None) -> Fallback | None:
    """Make a model the fallback for what it knows and the default one does not; None if that is nothing."""
    if model is None:
        return None
    missing = {tag for tag in (*LANGUAGES, *_ALIASES) if spoken(default, tag) is None}
    languages = frozenset(tag.lower() for tag in missing if spoken(model, tag) is not None)
    return Fallback(model.name, languages) if languages else None


# Languages that are taken for one another: related ones, or of people who often speak both.
_ALIKE = (
    "ru uk be bg",
    "es pt it ca gl fr ro",
    "no da sv nn",
    "de nl en lb",
    "cs sk pl",
    "hr sr bs sl",
    "id ms",
    "hi ur pa ne",
    "fa ar ps tg",
    "tr az uz kk tk",
    "et fi",
    "lv lt",
    "zh ja ko",
    "ar he",
)


def alike(language: str | None) -> tuple[str, ...]:
    """Return languages that are taken for this one."""
    primary = (language or "").partition("-")[0]
    groups = [group.split() for group in _ALIKE]
    found = [each for group in groups if primary in group for each in group if each in LANGUAGES]
    return tuple(dict.fromkeys(each for each in found if each != primary))


def likely(first: Iterable[str | None], heard: str | None, most: int) -> tuple[str, ...]:
    """Return the languages that a recording is likely to be in, if not in the one that was heard."""
    wanted = (find_language(tag or "") for tag in first)
    candidates = (*wanted, *alike(heard), *_MOST_POPULAR.split())
    heard_as = find_language(heard or "")
    return tuple(dict.fromkeys(tag for tag in candidates if tag is not None and tag != heard_as))[:most]


def _plain(text: str) -> str:
    """Leave out of a name what people leave out: capitals, accents, brackets, hyphens."""
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKD", text.casefold())))


_BY_TAG = {tag.lower(): tag for tag in LANGUAGES} | {
    alias: tag for alias, tag in _ALIASES.items() if alias not in LANGUAGES
}
_BY_NAME = (
    {_plain(language.own): tag for tag, language in reversed(LANGUAGES.items())}
    | {_plain(language.english): tag for tag, language in LANGUAGES.items()}
    | _OTHER_NAMES
)

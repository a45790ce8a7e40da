"""The languages of the interface, and which of them fits a language that somebody has."""

ENGLISH = "en"
# Each as its catalogue is called, with its own name as people look for it.
LANGUAGES = {
    ENGLISH: "English",
    "de": "Deutsch",
    "es": "Español",
    "fr": "Français",
    "pt_BR": "Português (Brasil)",
    "ru": "Русский",
    "uk": "Українська",
    "tr": "Türkçe",
    "ar": "العربية",
}
FROM_RIGHT_TO_LEFT = frozenset({"ar"})
_BY_PRIMARY = {language.partition("_")[0]: language for language in LANGUAGES}


def fitting(tag: str | None) -> str | None:
    """Return the language of ours that fits an IETF tag such as `pt-PT` or `zh-hans`, by its first part; or None."""
    primary = (tag or "").replace("_", "-").partition("-")[0]
    return _BY_PRIMARY.get(primary.lower())

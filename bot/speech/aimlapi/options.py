"""What we ask of a model: the text fields that go beside the file."""

from bot.speech.catalogue import Model

AUTO = "auto"

# What clients and people write, where the API knows the same language by another tag.
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


def form_fields(model: Model, language: str) -> dict[str, str]:
    """Every multipart field except the file.

    Booleans are the text `true`; a false one is left out, because some parsers read any text as true.
    `smart_format` and `punctuate` are in the one schema that nova-2 and Whisper share. The first brings
    numbers, dates and paragraphs; where a language has no such rules, the second still brings full stops.
    """
    return {"model": model.wire, **_language(model, language), "smart_format": "true", "punctuate": "true"}


def _language(model: Model, asked: str) -> dict[str, str]:
    """Never nothing: without a word about language the nova family takes everything for English.

    Never both: `detect_language` would overrule `language`. A model that can neither speak what was asked
    nor detect is one of the English-only variants, and English is the best it can do.
    """
    spoken = _spoken(model, asked)
    if spoken is None and model.detects_language:
        return {"detect_language": "true"}
    return {"language": spoken or "en"}


def _spoken(model: Model, asked: str) -> str | None:
    """The model's own tag for the language asked for; de-AT is spoken as de when there is no de-AT."""
    known = {tag.lower(): tag for tag in model.languages}
    tag = asked.strip().lower().replace("_", "-")
    while tag and tag != AUTO:
        for name in (tag, _ALIASES.get(tag, "").lower()):
            if name in known:
                return known[name]
        tag = tag.rpartition("-")[0]
    return None

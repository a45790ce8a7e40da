"""The text fields of an upload, beside the file: the model and what is asked of it."""

from bot.speech.catalogue import Model
from storage.words import Options

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


def form_fields(model: Model, options: Options) -> dict[str, str]:
    """Return every multipart field except the file.

    Booleans are the text `true`; a false one is left out, because some parsers read any text as true.
    `smart_format` and `punctuate` are in the one schema that nova-2 and Whisper share. The first brings
    numbers, dates and paragraphs; where a language has no such rules, the second still brings full stops.
    """
    return {"model": model.wire, **_language(model, options.language), "smart_format": "true", "punctuate": "true"}


def _language(model: Model, asked: str) -> dict[str, str]:
    """Name one language, or ask to detect it.

    Without either the nova family takes everything for English, and `detect_language` would overrule `language`.
    A model that neither knows the language asked for nor detects one is an English-only variant.
    """
    spoken = _spoken(model, asked)
    if spoken is None and model.detects_language:
        return {"detect_language": "true"}
    return {"language": spoken or "en"}


def _spoken(model: Model, asked: str) -> str | None:
    """Return the model's own tag for the language asked for; for de-AT it is de when there is no de-AT."""
    known = {tag.lower(): tag for tag in model.languages}
    tag = asked.strip().lower().replace("_", "-")
    while tag and tag != AUTO:
        for name in (tag, _ALIASES.get(tag, "").lower()):
            if name in known:
                return known[name]
        tag = tag.rpartition("-")[0]
    return None

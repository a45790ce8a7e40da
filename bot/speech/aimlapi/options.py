"""The fields of a create, beside the recording: the model and what is asked of it."""

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


def json_fields(model: Model, options: Options) -> dict[str, str | bool]:
    """Return every field of a JSON object except the link to the recording.

    `smart_format` and `punctuate` are in the one schema that nova-2 and Whisper share. The first brings
    numbers, dates and paragraphs; where a language has no such rules, the second still brings full stops.
    """
    return {"model": model.wire, **_language(model, options.language), "smart_format": True, "punctuate": True}


def form_fields(model: Model, options: Options) -> dict[str, str]:
    """Return every multipart field except the file.

    Booleans are the text `true`; a false one is left out, because some parsers read any text as true.
    """
    fields = json_fields(model, options)
    return {name: "true" if value is True else str(value) for name, value in fields.items() if value is not False}


def _language(model: Model, asked: str) -> dict[str, str | bool]:
    """Name one language, or ask to detect it.

    Without either the nova family takes everything for English, and `detect_language` would overrule `language`.
    A model that neither knows the language asked for nor detects one is an English-only variant.
    """
    spoken = _spoken(model, asked)
    if spoken is None and model.detects_language:
        return {"detect_language": True}
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

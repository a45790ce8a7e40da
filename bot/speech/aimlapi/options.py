"""The fields of a create, beside the recording: the model and what is asked of it."""

from bot.speech.catalogue import Model
from bot.speech.languages import spoken
from storage.options import Options

_WISHES = {
    "speakers": "diarize",
    "fillers": "filler_words",
    "profanity_filter": "profanity_filter",
    "numerals": "numerals",
}


def json_fields(model: Model, options: Options) -> dict[str, str | bool]:
    """Return every field of a JSON object except the link to the recording.

    `smart_format` and `punctuate` are in the one schema that nova-2 and Whisper share. The first brings
    numbers, dates and paragraphs; where a language has no such rules, or nobody wants them, the second still brings
    full stops. What the model does not take is not sent.
    """
    taken = options.without(model.untaken)
    fields = {"model": model.wire, **_language(model, taken.language), "smart_format": taken.smart_format}
    wanted = {name: True for option, name in _WISHES.items() if getattr(taken, option)}
    keywords = {"keywords": ",".join(sorted(taken.vocabulary))} if taken.vocabulary else {}
    sent = fields | {"punctuate": True} | wanted | keywords
    return {name: value for name, value in sent.items() if value is not False}


def form_fields(model: Model, options: Options) -> dict[str, str]:
    """Return every multipart field except the file.

    Booleans are the text `true`; a false one is left out, because some parsers read any text as true.
    """
    return {name: "true" if value is True else str(value) for name, value in json_fields(model, options).items()}


def _language(model: Model, asked: str) -> dict[str, str | bool]:
    """Name one language, or ask to detect it.

    Without either the nova family takes everything for English, and `detect_language` would overrule `language`.
    A model that neither knows the language asked for nor detects one is an English-only variant.
    """
    tag = spoken(model, asked)
    if tag is None and model.detects_language:
        return {"detect_language": True}
    return {"language": tag or "en"}

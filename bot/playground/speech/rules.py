"""The rules of a create request: what the API refuses, and what it accepts although it is a mistake."""

import re
from collections import Counter
from collections.abc import Container, Iterator, Mapping, Sequence

from bot.playground.speech import catalogue
from bot.playground.speech.form import Form

FILE_FIELD = "audio"
BOT_TOKEN = re.compile(r"\d{5,}:[\w-]{20,}")
LIBRARY_AGENT = re.compile(r"(python|aiohttp|curl|wget|go-http|node|axios|okhttp)\b", re.IGNORECASE)


def findings(form: Form, links: Container[str] = ()) -> list[str]:
    """Return why the API refuses this form; an empty list if it accepts it. `links` are those that it can fetch."""
    model = form.fields.get("model")
    if model not in catalogue.MODELS:
        return [f"model: Invalid enum value, received {model!r}"]
    return [*_source_findings(form, links), *_option_findings(form, model)]


def _source_findings(form: Form, links: Container[str]) -> Iterator[str]:
    if "url" in form.fields:
        yield from _link_findings(form, links)
    elif not form.files:
        yield f"{FILE_FIELD}: a file or a url is required"
    elif len(form.files) > 1:
        yield f"{FILE_FIELD}: exactly one file is expected"
    elif form.files[0].field_name != FILE_FIELD:
        yield f"{form.files[0].field_name}: Unexpected field"
    elif not form.files[0].data:
        yield f"{FILE_FIELD}: the file is empty"


def _link_findings(form: Form, links: Container[str]) -> Iterator[str]:
    if form.fields["url"] not in links:
        yield "url: not reachable here"
    elif form.files:
        yield f"{FILE_FIELD}: either a file or a url is expected, not both"


def _option_findings(form: Form, model: str) -> Iterator[str]:
    for name, times in Counter(name for name, _ in form.pairs).items():
        if times > 1 and name not in catalogue.LISTS:
            yield f"{name}: Expected string, received array"
    for name in sorted((catalogue.TEXTS - catalogue.NUMBERS) & form.no_texts.keys()):
        yield f"{name}: Expected string, received {form.no_texts[name]}"
    for name, value in form.pairs:
        if not _acceptable(name, value):
            yield f"{name}: Invalid value {value!r}"
    if "language" in form.fields and form.fields["language"] not in catalogue.languages(model):
        yield f"language: {catalogue.plain(model)} does not speak {form.fields['language']!r}"


def _acceptable(name: str, value: str) -> bool:
    if name in catalogue.BOOLEANS:
        return value in {"true", "false"}
    if name in catalogue.MODES:
        return value in {"strict", "extended"}
    if name == "summarize":
        return value == "v2"
    if name == "keywords":
        return len(value.split(",")) <= catalogue.KEYWORDS_LIMIT
    return name != "utt_split" or re.fullmatch(r"\d+(\.\d+)?", value) is not None


def mistakes(form: Form) -> list[str]:
    """Return the mistakes in a form that the API may accept."""
    fields = form.fields
    model = fields.get("model", "")
    return [
        *_language_mistakes(fields, model),
        *_option_mistakes(form),
        *_model_mistakes(fields, model),
        *("a file is empty" for file in form.files if not file.data),
    ]


def _language_mistakes(fields: Mapping[str, str], model: str) -> Iterator[str]:
    detects = fields.get("detect_language") == "true"
    if "language" not in fields and not detects:
        yield "neither language nor detect_language"
    if detects and model in catalogue.MODELS and catalogue.languages(model) == catalogue.ENGLISH:
        yield f"detect_language, but {catalogue.plain(model)} speaks only English"
    if detects:
        return
    language = fields.get("language", "en")
    if language.partition("-")[0] != "en":
        for name in sorted(catalogue.ENGLISH_ONLY_OPTIONS & fields.keys()):
            yield f"{name} is for English, not for {language}"
    if language in catalogue.UNSPACED_LANGUAGES and "paragraphs" in fields:
        yield f"paragraphs are for languages with spaces between words, not for {language}"


def _option_mistakes(form: Form) -> Iterator[str]:
    for name, value in form.pairs:
        if name not in catalogue.OPTIONS | {"model", "url"}:
            yield f"unknown option {name}"
        elif name in catalogue.BOOLEANS and value != "true":
            yield f"{name}={value}: leave out what is not to be true"
        elif name == "keywords":
            yield from _keyword_mistakes(value.split(","))
        elif name == "url" and BOT_TOKEN.search(value):
            yield "a url with a bot token in it"


def _keyword_mistakes(keywords: Sequence[str]) -> Iterator[str]:
    """Find keywords that would not be heard as they were meant. A number behind a colon is how likely one is."""
    for keyword, times in Counter(keywords).items():
        word, colon, boost = keyword.partition(":")
        if not word or word != word.strip():
            yield f"no word between the commas of keywords: {keyword!r}"
        elif colon and not re.fullmatch(r"-?\d+(\.\d+)?", boost):
            yield f"a keyword with a colon and no number behind it: {keyword!r}"
        elif times > 1:
            yield f"a keyword comes {times} times: {keyword!r}"


def _model_mistakes(fields: Mapping[str, str], model: str) -> Iterator[str]:
    if catalogue.family(model) == "whisper":
        for name in sorted(catalogue.NOT_FOR_WHISPER & fields.keys()):
            yield f"whisper knows no {name}"


def agent_mistakes(user_agent: str) -> list[str]:
    """Return the mistakes in a User-Agent. The CDN in front of the API refuses some clients by their name."""
    if not user_agent:
        return ["no User-Agent"]
    if LIBRARY_AGENT.match(user_agent):
        return [f"a library's User-Agent: {user_agent}"]
    return []

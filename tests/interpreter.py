"""The stories in another language: the bot speaks it, and an interpreter tells the story in English what was said.

INTERFACE names the language. Everybody's Telegram is in it, and what the bot writes is read back by the catalogue, so a
sentence that lacks a placeholder, or has another one, is not understood. A sentence in English is a violation there.
"""

import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache, partial
from string import Formatter
from typing import Any

from aiohttp import web

from bot.playground.telegram import FakeTelegram
from bot.playground.telegram.methods import Method
from bot.playground.telegram.parameters import Parameters
from bot.playground.telegram.people import User
from bot.playground.telegram.server import Server
from bot.playground.telegram.state import Call
from bot.text.catalogues import catalogue
from tests.translating import messages

INTERFACE = os.environ.get("INTERFACE")
ISOLATES = dict.fromkeys(map(ord, "\u2068\u2069"))
SHORTEST_LEAK = 25  # characters of an English sentence that no story lets people say
SHORTEST_WORD = 3  # characters between two placeholders, of which one is a space
NUMBERS = range(1001)


@dataclass(frozen=True, slots=True)
class Sentence:
    """One form of a sentence: how it is recognised, and what it says in English."""

    pattern: re.Pattern[str]
    piece: str  # a text has it, or is not this sentence
    one: str
    other: str
    number: int | None = None  # that the form is for, where it does not say it

    def english(self, found: re.Match[str], language: str) -> str:
        said = {name: interpreted(value, language) for name, value in found.groupdict().items()}
        if self.number is not None:
            said.setdefault("n", str(self.number))
        return (self.one if said.get("n") == "1" else self.other).format(**said)


@cache
def sentences(language: str) -> tuple[Sentence, ...]:
    """Every form of every sentence, long ones first, as they may have short ones in them; those without words last."""
    return tuple(
        sorted(_sentences(language), key=lambda each: (len(each.piece) < SHORTEST_WORD, -len(each.pattern.pattern)))
    )


def _sentences(language: str) -> Iterator[Sentence]:
    for message in messages(language):
        if isinstance(message.id, str):
            forms = [str(message.string or "")]
            one = other = message.id
        else:
            forms, (one, other) = list(message.string or ()), message.id
        for index, form in enumerate(forms):
            if form:
                yield replace(_sentence(form, one, other), number=_only_number(language, index, len(forms)))


def _only_number(language: str, index: int, forms: int) -> int | None:
    """The one number that a plural form is for, if it is for one alone."""
    plural = getattr(catalogue(language), "plural", None)
    numbers = [n for n in NUMBERS if plural and plural(n) == index] if forms > 1 else []
    return numbers[0] if len(numbers) == 1 else None


def _sentence(form: str, one: str, other: str) -> Sentence:
    pieces = list(Formatter().parse(form))
    seen: set[str] = set()
    pattern = ""
    for literal, name, _, _ in pieces:
        pattern += re.escape(literal)
        if name is not None:
            value = "[0-9\u202f]+" if name == "n" else r"[^\n]+?"
            pattern += rf"(?P={name})" if name in seen else rf"(?P<{name}>{value})"
            seen.add(name)
    begins, ends = rf"(?<!\w){pattern}", r"(?!\w)" if form[-1:].isalpha() else ""
    if pieces and pieces[-1][1] is not None:
        ends = r"(?=\n|$)" if pieces[-1][1] != "n" else r"(?!\w)"
    return Sentence(re.compile(begins + ends), max((each[0] for each in pieces), key=len), one, other)


def interpreted(text: str, language: str) -> str:
    """Say in English what is said in a language, and leave everything else as it is."""
    text = text.translate(ISOLATES)
    if text.isascii():
        return text
    for sentence in sentences(language):
        if sentence.piece in text:
            text = sentence.pattern.sub(partial(sentence.english, language=language), text)
    return text


def is_english(text: str, language: str) -> bool:
    """Tell whether a text has a whole sentence of the bot's in it that should have been translated."""
    return any(
        len(sentence.other) >= SHORTEST_LEAK and "{" not in sentence.other and sentence.other in text
        for sentence in sentences(language)
    )


class InterpretingServer(Server):
    """Reads what the bot writes in the language, before anything else is done with it."""

    async def _answer_call(
        self, request: web.Request, method: Method, parameters: Parameters, call: Call
    ) -> web.StreamResponse:
        assert INTERFACE is not None
        self._interpret(parameters, INTERFACE)
        call.params = parameters.readable()
        return await super()._answer_call(request, method, parameters, call)

    def _interpret(self, parameters: Parameters, language: str) -> None:
        is_private = parameters.text("chat_id")[:1].isdigit()
        for name in {"text", "caption"} & parameters.texts.keys():
            if is_private and is_english(parameters.texts[name], language):
                self.state.violations.append(f"said in English: {parameters.texts[name]}")
            parameters.texts[name] = interpreted(parameters.texts[name], language)
        for name in {"reply_markup", "media"} & parameters.texts.keys():
            parameters.texts[name] = json.dumps(_deep(json.loads(parameters.texts[name]), language))
        parameters.objects = _deep(parameters.objects, language)
        for name, upload in parameters.uploads.items():
            said = interpreted(upload.data.decode(errors="surrogateescape"), language)
            parameters.uploads[name] = replace(upload, data=said.encode(errors="surrogateescape"))


def _deep(value: Any, language: str) -> Any:
    """Interpret every text in a structure."""
    if isinstance(value, str):
        return interpreted(value, language)
    if isinstance(value, list):
        return [_deep(each, language) for each in value]
    return {name: _deep(each, language) for name, each in value.items()} if isinstance(value, dict) else value


class ForeignTelegram(FakeTelegram):
    """Telegram among people who have it in the language."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._server = InterpretingServer(self.state)

    def user(self, first_name: str, **more: Any) -> User:
        return super().user(first_name, **{"language_code": INTERFACE} | more)

"""A transcript as Markdown for programs that keep notes: what is known of it in front, then who said what and when."""

import json
import re
from collections.abc import Iterator, Sequence
from datetime import UTC

from bot.documents.known import Known
from bot.documents.written import on_one_line
from bot.text.layout import clean
from bot.text.script import time
from bot.text.turns import Paragraph, paragraphs

# What has a meaning anywhere, in Markdown itself or in the programs that add to it (tags, formulas, comments).
_MEANS_SOMETHING = re.compile(
    r"[\\`*\[\]|~$#]|==|%%|(?<!\w)_|_(?!\w)"
    r"|<(?=[A-Za-z/!?])"
    r"|&(?=#?\w+;)"
)
_BEGINS_A_BLOCK = re.compile(r"^(?:[-+>=:]|(?P<number>\d{1,9})(?=[.)]))", re.MULTILINE)


def as_markdown(known: Known) -> str:
    """Return front matter and paragraphs; each with the moment when it was said, if times are known."""
    return "---\n" + "\n".join(_front_matter(known)) + "\n---\n\n" + "\n\n".join(_body(known)) + "\n"


def _front_matter(known: Known) -> Iterator[str]:
    """Yield lines of YAML. Texts are in quotes, as many words would be numbers, moments or booleans without."""
    yield f"date: {known.date.astimezone(UTC):%Y-%m-%dT%H:%M:%S}"  # with a time zone, Obsidian takes it for a text
    if known.sent_by:
        yield f"sender: {_quoted(known.sent_by)}"
    yield f"duration: {'null' if known.seconds is None else _quoted(time(known.seconds))}"
    yield f"model: {_quoted(known.model)}"
    yield f"language: {'null' if known.language is None else _quoted(known.language)}"
    names = dict.fromkeys(known.speakers.values())
    if names:
        yield "speakers:"
        yield from (f"  - {_quoted(name)}" for name in names)


def _quoted(text: str) -> str:
    return json.dumps(on_one_line(text), ensure_ascii=False)


def _body(known: Known) -> Sequence[str]:
    found = paragraphs(known.transcript, by_speaker=True)
    if not found:
        return [_escaped(text) for text in re.split(r"\n\s*\n", clean(known.transcript.text))]
    speakers = [None, *(each.speaker for each in found)]
    return [_paragraph(each, before, known) for each, before in zip(found, speakers, strict=False)]


def _paragraph(paragraph: Paragraph, speaker_before: str | None, known: Known) -> str:
    name = ""
    if paragraph.speaker is not None and paragraph.speaker != speaker_before:
        name = f"**{_escaped(known.speakers[paragraph.speaker])}:** "
    return f"{time(paragraph.start, known.seconds)} {name}{_escaped(clean(paragraph.text))}"


def _escaped(text: str) -> str:
    """Return the text so that it is read as it is, whatever it means in Markdown."""
    lines = "\n".join(line.strip() for line in text.split("\n"))
    escaped = _MEANS_SOMETHING.sub(lambda found: f"\\{found[0]}", lines)
    return _BEGINS_A_BLOCK.sub(lambda found: f"{found['number']}\\" if found["number"] else f"\\{found[0]}", escaped)

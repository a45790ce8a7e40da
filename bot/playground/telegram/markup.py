"""Parsing of parse_mode=HTML as in the Bot API, which knows few tags and refuses the others."""

import html
import re
from dataclasses import dataclass, field

from bot.playground.telegram.refusal import bad_request
from bot.playground.telegram.text import Entity, utf16_length

_TOKEN = re.compile(r"<(?P<slash>/?)(?P<name>[\w-]*)(?P<rest>[^>]*)>?|&(?P<code>lt|gt|amp|quot|#\w+);", re.ASCII)
_ATTRIBUTE = re.compile(r"""([\w-]+)(?:=(?:"([^"]*)"|'([^']*)'|(\S+)))?""", re.ASCII)
_TYPES = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "span": "spoiler",
    "tg-spoiler": "spoiler",
    "a": "text_link",
    "tg-emoji": "custom_emoji",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
}


@dataclass(slots=True)
class _Reading:
    text: str = ""
    entities: list[Entity] = field(default_factory=list)
    open_tags: list[tuple[str, Entity]] = field(default_factory=list)


def parse_html(source: str) -> tuple[str, list[Entity]]:
    """Return the text without its tags, and the entities that the tags stand for."""
    reading = _Reading()
    done = 0
    for token in _TOKEN.finditer(source):
        reading.text += source[done : token.start()]
        done = token.end()
        at = len(source[: token.start()].encode())
        if token["code"]:
            reading.text += html.unescape(token[0])
        elif token["slash"]:
            _close(reading, token["name"].lower(), at)
        else:
            _open(reading, token["name"].lower(), token["rest"], at)
    if reading.open_tags:
        tag = reading.open_tags[-1][0]
        raise bad_request(f"can't parse entities: Can't find end tag corresponding to start tag \"{tag}\"")
    reading.text += source[done:]
    return reading.text, sorted(reading.entities, key=lambda entity: (entity["offset"], -entity["length"]))


def _open(reading: _Reading, name: str, rest: str, at: int) -> None:
    if name not in _TYPES:
        raise bad_request(f'can\'t parse entities: Unsupported start tag "{name}" at byte offset {at}')
    attributes = {key: one or two or bare for key, one, two, bare in _ATTRIBUTE.findall(rest)}
    if name == "span" and attributes.get("class") != "tg-spoiler":
        raise bad_request(f'can\'t parse entities: Tag "span" must have class "tg-spoiler" at byte offset {at}')
    entity: Entity = {"type": _TYPES[name], "offset": utf16_length(reading.text), "length": 0}
    match name:
        case "a":
            entity["url"] = html.unescape(attributes.get("href", ""))
        case "tg-emoji":
            entity["custom_emoji_id"] = attributes.get("emoji-id", "")
        case "blockquote" if "expandable" in attributes:
            entity["type"] = "expandable_blockquote"
        case "code" if attributes.get("class", "").startswith("language-"):
            entity["language"] = attributes["class"].removeprefix("language-")
    reading.open_tags.append((name, entity))


def _close(reading: _Reading, name: str, at: int) -> None:
    if not reading.open_tags:
        raise bad_request(f"can't parse entities: Unexpected end tag at byte offset {at}")
    expected, entity = reading.open_tags.pop()
    if name not in {"", expected}:
        raise bad_request(
            f'can\'t parse entities: Unmatched end tag at byte offset {at}, expected "</{expected}>", found "</{name}>"'
        )
    entity["length"] = utf16_length(reading.text) - entity["offset"]
    if _is_code_in_pre(reading, name, entity):
        reading.open_tags[-1][1]["language"] = entity["language"]
    elif entity["length"] and entity.get("url", "-"):
        reading.entities.append(entity)


def _is_code_in_pre(reading: _Reading, name: str, entity: Entity) -> bool:
    return name == "code" and "language" in entity and bool(reading.open_tags) and reading.open_tags[-1][0] == "pre"

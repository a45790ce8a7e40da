"""Texts as Telegram treats them: measured in UTF-16 units, trimmed, and with checked entities."""

import re
from typing import Any

from bot.playground.telegram.refusal import RefusedError, bad_request

Entity = dict[str, Any]

STYLES = frozenset(
    {
        "bold",
        "italic",
        "underline",
        "strikethrough",
        "spoiler",
        "blockquote",
        "expandable_blockquote",
        "code",
        "pre",
        "text_link",
        "text_mention",
        "custom_emoji",
        "date_time",
    }
)
FOUND_BY_TELEGRAM = frozenset({"mention", "hashtag", "cashtag", "bot_command", "url", "email", "phone_number"})
NEEDED = {"text_link": "url", "text_mention": "user", "custom_emoji": "custom_emoji_id", "date_time": "unix_time"}
MOST_ENTITIES = 100

_WRITTEN_OUT = re.compile(
    r"(?P<url>https?://[^\s<>\"]+[^\s<>\".,;:!?)])"
    r"|(?P<email>[\w.+-]+@[\w-]+(?:\.[\w-]+)+)"
    r"|(?<![\w/@])(?P<bot_command>/\w{1,64}(?:@\w{3,32})?)(?![\w/])"
    r"|(?<![\w/@])(?P<mention>@\w{4,32})"
    r"|(?<![\w#])(?P<hashtag>#(?=\w*[^\W\d])\w+)"
)


def utf16_length(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def check_encoding(text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise bad_request("strings must be encoded in UTF-8") from None


def check_entities(text: str, entities: list[Any]) -> list[Entity]:
    """Return the entities that are styles. Those that Telegram finds by itself, such as links, are ignored."""
    styles = [entity for entity in entities if _kind(entity) in STYLES]
    ends = [0]
    for character in text:
        ends.append(ends[-1] + utf16_length(character))
    borders = frozenset(ends)
    kept = [_checked(entity, borders, ends[-1]) for entity in styles]
    return [entity for entity in kept if entity["length"] > 0]


def _kind(entity: Any) -> str:
    match entity:
        case {"type": str(kind), "offset": int(), "length": int()} if kind in STYLES | FOUND_BY_TELEGRAM:
            return kind
        case {"type": str(), "offset": int(), "length": int()}:
            raise _unreadable("Unsupported type specified")
        case dict():
            missing = next((name for name in ("offset", "length", "type") if name not in entity), "offset")
            raise _unreadable(f'Can\'t find field "{missing}"')
    raise _unreadable("expected an Object")


def _unreadable(why: str) -> RefusedError:
    return bad_request(f"can't parse MessageEntity: {why}")


def _checked(entity: Entity, borders: frozenset[int], end_of_text: int) -> Entity:
    kind, start, length = entity["type"], entity["offset"], entity["length"]
    if kind in NEEDED and NEEDED[kind] not in entity:
        raise _unreadable(f'Can\'t find field "{NEEDED[kind]}"')
    if start < 0:
        raise bad_request(f"receive an entity with incorrect offset {start}")
    if length < 0:
        raise bad_request(f"receive an entity with incorrect length {length}")
    if start + length > end_of_text:
        raise bad_request(
            f"entity beginning at UTF-16 offset {start} ends after the end of the text "
            f"at UTF-16 offset {start + length}"
        )
    if start not in borders:
        raise bad_request(f"entity begins in a middle of a UTF-16 symbol at byte offset {start}")
    if start + length not in borders:
        raise bad_request(f"entity ends in a middle of a UTF-16 symbol at byte offset {start + length}")
    return dict(entity)


def trim(text: str, entities: list[Entity]) -> tuple[str, list[Entity]]:
    """Remove the white space around a text; leading space inside an entity is kept, as in Telegram."""
    text = text.rstrip()
    blank = utf16_length(text) - utf16_length(text.lstrip())
    cut = min([blank, *(entity["offset"] for entity in entities)])
    text = text[cut:]  # a white space character is always one unit
    end = utf16_length(text)
    moved = [
        entity | {"offset": entity["offset"] - cut, "length": min(entity["length"], end - entity["offset"] + cut)}
        for entity in entities
    ]
    return text, [entity for entity in moved if entity["length"] > 0]


def add_found(text: str, entities: list[Entity]) -> list[Entity]:
    """Add the links, commands, mentions and hashtags that Telegram finds in a text by itself."""
    closed = [entity for entity in entities if entity["type"] in {"code", "pre", "text_link"}]
    found = [entity for entity in written_out(text) if not any(_overlap(entity, other) for other in closed)]
    everything = sorted([*entities, *found], key=lambda entity: (entity["offset"], -entity["length"]))
    return everything[:MOST_ENTITIES]


def written_out(text: str) -> list[Entity]:
    return [
        {
            "type": str(match.lastgroup),
            "offset": utf16_length(text[: match.start()]),
            "length": utf16_length(match[0]),
        }
        for match in _WRITTEN_OUT.finditer(text)
    ]


def cut_out(text: str, entity: Entity) -> str:
    """Return the part of a text that an entity covers."""
    units = text.encode("utf-16-le")
    start = entity["offset"] * 2
    return units[start : start + entity["length"] * 2].decode("utf-16-le")


def _overlap(one: Entity, other: Entity) -> bool:
    return bool(one["offset"] < other["offset"] + other["length"] and other["offset"] < one["offset"] + one["length"])

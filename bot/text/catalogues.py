"""The translations of every sentence, read when a language is first needed.

A checkout has the catalogues that people edit, and a wheel the same ones compiled. Both are read by gettext.
"""

import gettext
import json
import struct
from collections.abc import Iterable, Iterator
from functools import cache
from io import BytesIO
from pathlib import Path

from bot.text.languages import ENGLISH

DOMAIN = "verbatim"
FOLDER = Path(__file__).parent / "locale"

_MAGIC = 0x950412DE
_HEADER = struct.Struct("<7I")
_PLACE = struct.Struct("<2I")


@cache
def catalogue(language: str) -> gettext.NullTranslations:
    """Return the translations into a language of ours; English is what the sentences are written in."""
    if language == ENGLISH:
        return gettext.NullTranslations()
    folder = FOLDER / language / "LC_MESSAGES"
    source = folder / f"{DOMAIN}.po"
    if source.exists():
        return gettext.GNUTranslations(BytesIO(compiled(source.read_text("utf-8"))))
    return gettext.GNUTranslations(BytesIO((folder / f"{DOMAIN}.mo").read_bytes()))


def compiled(source: str) -> bytes:
    """Return a catalogue as gettext reads it: sorted originals, then their translations, each with its place."""
    pairs = sorted(_pairs(source))
    table = _HEADER.size + 2 * len(pairs) * _PLACE.size
    places, strings = b"", b""
    for text in (*(original for original, _ in pairs), *(translation for _, translation in pairs)):
        places += _PLACE.pack(len(text), table + len(strings))
        strings += text + b"\0"
    header = _HEADER.pack(_MAGIC, 0, len(pairs), _HEADER.size, _HEADER.size + len(pairs) * _PLACE.size, 0, 0)
    return header + places + strings


def _pairs(source: str) -> Iterator[tuple[bytes, bytes]]:
    """Yield what is translated, with its translation; forms of a plural are joined by zero bytes."""
    for entry in source.split("\n\n"):
        lines = entry.splitlines()
        if any(line.startswith("#,") and "fuzzy" in line for line in lines):
            continue
        fields = _fields(line for line in lines if not line.startswith("#"))
        original = [text for name, text in fields if name.startswith("msgid")]
        translation = [text for name, text in fields if name.startswith("msgstr")]
        if original and all(translation):
            yield "\0".join(original).encode(), "\0".join(translation).encode()


def _fields(lines: Iterable[str]) -> list[tuple[str, str]]:
    """Return the fields of one entry; a text may go on in the lines below its name."""
    fields: list[tuple[str, str]] = []
    for line in lines:
        name, _, quoted = line.partition('"')
        text = str(json.loads(f'"{quoted}'))
        if name.strip():
            fields.append((name.strip(), text))
        else:
            last, begun = fields.pop()
            fields.append((last, begun + text))
    return fields

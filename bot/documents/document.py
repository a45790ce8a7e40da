"""A file made of a transcript, in one of the forms that people ask for."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC
from enum import StrEnum

from bot.documents.data import as_json
from bot.documents.known import Known
from bot.documents.subtitles import as_srt, as_vtt
from bot.documents.written import on_one_line
from bot.text.layout import clean

LONGEST_TITLE = 50  # characters of up to four bytes; a name has room for 255 bytes
_NOT_IN_A_NAME = str.maketrans(dict.fromkeys('<>:"/\\|?*', " "))  # some system or other gives them a meaning


class Ending(StrEnum):
    """The form of a file, by the ending of its name."""

    TXT = "txt"
    SRT = "srt"
    VTT = "vtt"
    JSON = "json"


@dataclass(frozen=True, slots=True)
class File:
    name: str
    content: bytes


def make(ending: Ending, known: Known) -> File:
    """Make the file. An hour of speech takes a tenth of a second, which is too long for an event loop."""
    return File(file_name(ending, known), _WRITERS[ending](known).encode("utf-8", "replace"))


def file_name(ending: Ending, known: Known) -> str:
    """Return `transcript.txt`, or a name made of the date and the title where there is one."""
    title = on_one_line((known.title or "").translate(_NOT_IN_A_NAME), LONGEST_TITLE).strip(". ")
    return f"{known.date.astimezone(UTC):%Y-%m-%d} {title}.{ending}" if title else f"transcript.{ending}"


def _as_text(known: Known) -> str:
    return clean(known.transcript.text)


_WRITERS: Mapping[Ending, Callable[[Known], str]] = {
    Ending.TXT: _as_text,
    Ending.SRT: as_srt,
    Ending.VTT: as_vtt,
    Ending.JSON: as_json,
}

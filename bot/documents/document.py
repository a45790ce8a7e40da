"""A file made of a transcript, in one of the forms that people ask for."""

from dataclasses import dataclass
from enum import StrEnum

from bot.documents.cues import cues_of
from bot.documents.data import as_json
from bot.documents.known import Known
from bot.documents.markdown import as_markdown
from bot.documents.subtitles import as_srt, as_vtt
from bot.text.layout import clean


class Ending(StrEnum):
    """The form of a file, by the ending of its name."""

    TXT = "txt"
    SRT = "srt"
    VTT = "vtt"
    MD = "md"
    JSON = "json"


@dataclass(frozen=True, slots=True)
class File:
    """A file to send. `is_estimated` says of subtitles that no time was measured, which SRT has no place for."""

    name: str
    content: bytes
    is_estimated: bool = False


def make(ending: Ending, known: Known) -> File:
    """Make the file. An hour of speech takes up to half a second, which is too long for an event loop."""
    text, is_estimated = _written(ending, known)
    return File(f"transcript.{ending}", text.encode("utf-8", "replace"), is_estimated)


def _written(ending: Ending, known: Known) -> tuple[str, bool]:
    match ending:
        case Ending.TXT:
            return clean(known.transcript.text), False
        case Ending.MD:
            return as_markdown(known), False
        case Ending.JSON:
            return as_json(known), False
    cues = cues_of(known)
    return (as_srt(cues.cues) if ending is Ending.SRT else as_vtt(known, cues)), cues.are_estimated

"""What goes to a speech provider: audio files, of the formats that it reads, or a link that it follows by itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class AudioFormat:
    """One container: how it is announced in an upload, and the codecs (as ffmpeg names them) that are read in it."""

    content_type: str
    file_name: str
    codecs: frozenset[str]


@dataclass(frozen=True, slots=True)
class UploadFormats:
    """The files that a provider is sent without a conversion.

    The keys of `by_container` are values of `bot.media.sniff.Container`. No file has more than `max_bytes`.
    """

    by_container: Mapping[str, AudioFormat]
    max_bytes: int


@dataclass(frozen=True, slots=True)
class Upload:
    """One file for the provider: `duration` seconds of the recording, from `start` on.

    `is_faint` tells that hardly anything can be heard in the whole recording.
    Of these the file before it has the first `overlap` seconds, too.
    """

    path: Path
    content_type: str
    file_name: str
    start: float
    duration: float
    is_faint: bool = False
    overlap: float = 0.0


@dataclass(frozen=True, slots=True)
class Linked:
    """One whole recording that the provider fetches from `url`. How long it is, nobody knows: `duration` is assumed."""

    url: str
    duration: float
    start: float = 0.0
    is_faint: bool = False  # nobody knows, either
    overlap: float = 0.0


Source = Upload | Linked

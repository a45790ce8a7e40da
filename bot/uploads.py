"""The audio files that go to a speech provider: what it reads, and what is uploaded."""

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
    """One file for the provider: `duration` seconds of the recording, from `start` on."""

    path: Path
    content_type: str
    file_name: str
    start: float
    duration: float

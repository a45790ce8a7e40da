"""The files that Telegram stores: their bytes, their ids, and their download links."""

import base64
import itertools
import mimetypes
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

FOLDERS = {
    "voice": "voice",
    "audio": "music",
    "video": "videos",
    "video_note": "video_notes",
    "document": "documents",
    "photo": "photos",
    "sticker": "stickers",
}
SUFFIXES = {
    "voice": ".oga",
    "audio": ".mp3",
    "video": ".mp4",
    "video_note": ".mp4",
    "document": ".file",
    "photo": ".jpg",
    "sticker": ".webp",
}
KIND_MARKS = {
    "voice": "AwAC",
    "audio": "CQAC",
    "video": "BAAC",
    "video_note": "DQAC",
    "document": "BQAC",
    "photo": "AgAC",
    "sticker": "CAAC",
}
LINK_TTL = 60 * 60
DOWNLOAD_LIMIT = 20 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class StoredFile:
    """One upload. `size` and `mime_type` are what the sender claims, and may differ from `data`."""

    number: int
    kind: str
    data: bytes
    size: int
    name: str | None = None
    mime_type: str | None = None

    @property
    def unique_id(self) -> str:
        return "AgAD" + _opaque(f"unique {self.number}")

    @property
    def path(self) -> str:
        suffix = PurePosixPath(self.name or "").suffix or SUFFIXES[self.kind]
        return f"{FOLDERS[self.kind]}/file_{self.number}{suffix}"


class Files:
    """All files. Each upload is a file of its own, even of the same bytes, and has another id in each message."""

    def __init__(self, clock: Callable[[], float], folder: Path | None = None) -> None:
        self._clock = clock
        self._folder = folder
        self._numbers = itertools.count(1)
        self._by_id: dict[str, StoredFile] = {}
        self._links: dict[str, tuple[float, StoredFile]] = {}

    def store(
        self,
        kind: str,
        data: bytes,
        *,
        size: int | None = None,
        name: str | None = None,
        mime_type: str | None = None,
    ) -> StoredFile:
        claimed = len(data) if size is None else size
        return StoredFile(next(self._numbers), kind, data, claimed, name, mime_type)

    def hand_out(self, file: StoredFile) -> str:
        """Return a new file_id of a file."""
        file_id = KIND_MARKS[file.kind] + _opaque(f"id {file.number} of {len(self._by_id)} for this bot alone")
        self._by_id[file_id] = file
        return file_id

    def find(self, file_id: str) -> StoredFile | None:
        return self._by_id.get(file_id)

    def lose(self, lost: StoredFile) -> None:
        """Make all ids of a file invalid."""
        self._by_id = {known: file for known, file in self._by_id.items() if file is not lost}

    def link(self, file: StoredFile) -> str:
        """Return the file_path of a file: a link that is valid for an hour, or a path on disk with a local folder."""
        if self._folder is not None:
            place = self._folder / file.path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(file.data)
            return str(place)
        self._links[file.path] = (self._clock() + LINK_TTL, file)
        return file.path

    def follow(self, path: str) -> StoredFile | None:
        until, file = self._links.get(path, (0.0, None))
        return file if self._clock() < until else None


def guess_mime_type(name: str) -> str:
    return mimetypes.guess_type(name)[0] or "application/octet-stream"


def _opaque(words: str) -> str:
    return base64.urlsafe_b64encode(words.encode()).decode().rstrip("=")

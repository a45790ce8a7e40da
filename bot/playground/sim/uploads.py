"""Files that people send, which become messages as in an app on a phone."""

import mimetypes
from dataclasses import dataclass
from typing import Literal

from aiohttp import web

from bot.playground.engines.program import ProgramError
from bot.playground.engines.sound import NoSoundError, as_voice, seconds
from bot.playground.sim import bodies
from bot.playground.sim.playground import JSON
from bot.playground.sim.refusal import SimError
from bot.playground.telegram import Chat, User
from bot.playground.telegram.posting import Around

LARGEST_FILE = 50 * 1024 * 1024
TOO_LARGE = f"A file may have {LARGEST_FILE // 1024**2} MB."
UNKNOWN = "application/octet-stream"
Kind = Literal["voice", "audio", "video", "video_note", "document", "photo"]
PHOTOS = {"image/jpeg", "image/png"}

# The types that Python knows and those it lacks, without the types of this machine, so that all machines agree.
_TYPES = mimetypes.MimeTypes()
for _suffix, _type in {
    ".ogg": "audio/ogg",
    ".oga": "audio/ogg",
    ".opus": "audio/ogg",
    ".m4a": "audio/mp4",
    ".flac": "audio/flac",
    ".amr": "audio/amr",
    ".wma": "audio/x-ms-wma",
    ".mkv": "video/x-matroska",
}.items():
    _TYPES.add_type(_type, _suffix)


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that a person picked: its bytes, its name and its type."""

    data: bytes
    name: str
    mime_type: str

    @property
    def kind(self) -> Kind:
        """The kind of message that it becomes; as in apps, only its type decides."""
        match self.mime_type.partition("/")[0]:
            case "audio":
                return "audio"
            case "video":
                return "video"
            case "image" if self.mime_type in PHOTOS:
                return "photo"
            case str():
                return "document"


async def read_upload(request: web.Request) -> tuple[bodies.NewFile, Upload]:
    try:
        form = await request.post()
    except ValueError as error:
        raise SimError(400, f"The form cannot be read: {error}.") from None
    except ConnectionError:
        raise  # the client has disconnected
    except OSError as error:
        raise SimError(500, f"The file cannot be kept: {error.strerror}.") from None
    file = form.get("file")
    if not isinstance(file, web.FileField):
        raise SimError(400, "file: a file is expected")
    fields = {name: value for name, value in form.items() if isinstance(value, str)}
    with file.file as opened:
        data = opened.read()
    if not data:
        raise SimError(400, "file: it is empty")
    if len(data) > LARGEST_FILE:
        raise SimError(413, TOO_LARGE)
    mime_type = _known(file.content_type) or _TYPES.guess_type(file.filename)[0] or UNKNOWN
    return bodies.read_fields(fields, bodies.NewFile), Upload(data, file.filename, mime_type)


def _known(content_type: str) -> str:
    """Return the type without its parameters, such as codecs, or "" for the type that stands for an unknown one."""
    plain = content_type.partition(";")[0].strip().lower()
    return "" if plain == UNKNOWN else plain


async def send(chat: Chat, sender: User | None, sent: tuple[bodies.NewFile, Upload], around: Around) -> JSON:
    """Send a file as a message of the wanted kind, and return the message."""
    wanted, upload = sent
    around["caption"] = wanted.caption or None
    kind = upload.kind if wanted.kind == "auto" else wanted.kind
    if kind == "document":
        return chat.send_document(sender, upload.data, mime_type=upload.mime_type, file_name=upload.name, **around)
    if kind == "photo":
        return chat.send_photo(sender, upload.data, **around)
    if kind == "voice":
        voice, length = await _recorded(upload)
        return chat.send_voice(sender, voice, duration=length, **around)
    length = await _length(upload)
    if kind == "video_note":
        return chat.send_video_note(sender, upload.data, duration=length, **around)
    send_media = chat.send_audio if kind == "audio" else chat.send_video
    return send_media(sender, upload.data, duration=length, mime_type=upload.mime_type, file_name=upload.name, **around)


async def _recorded(upload: Upload) -> tuple[bytes, int]:
    """Convert a file to a voice note, and return it with its length in whole seconds."""
    try:
        voice, length = await as_voice(upload.data)
    except NoSoundError:
        raise SimError(400, "There is no sound in that recording.") from None
    except ProgramError as error:
        raise SimError(500, f"The recording could not be made into a voice note: {error}.") from None
    return voice, _whole(length)


async def _length(upload: Upload) -> int:
    """Measure the length of a file in whole seconds; 0 if it cannot be found out."""
    try:
        return _whole(await seconds(upload.data))
    except ProgramError:
        return 0


def _whole(length: float | None) -> int:
    """Round a length to whole seconds, at least 1; 0 if it is unknown."""
    return 0 if length is None else max(1, round(length))

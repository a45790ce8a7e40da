"""Messages with speech in them: each becomes a recording at the front door."""

from dataclasses import dataclass
from functools import partial

from telegram import Message, Update
from telegram.constants import ChatType
from telegram.ext import ContextTypes

from bot.engine.intake import Intake, Recording
from bot.telegram.door import Door
from bot.telegram.messages import direct_topic_of, reply
from bot.text import sentences
from handlers.posts import post_of
from storage.apology import Reason
from storage.store import Refused

# What a document must be called to be listened to when its sender claimed no audio or video type.
_EXTENSIONS = """
    3ga 3gp aac ac3 aif aiff amr ape au avi caf flac flv gsm m2ts m4a m4b m4v mka mkv mov mp2 mp3 mp4 mpeg mpg mpga
    oga ogg ogv opus ra spx voc wav weba webm wma wmv
"""
EXTENSIONS = frozenset(_EXTENSIONS.split())


@dataclass(frozen=True, slots=True)
class Media:
    """Hands recordings to the intake; in private chats, another file is answered with an apology."""

    door: Door
    intake: Intake

    async def __call__(self, update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        message = update.effective_message
        recording = message and recording_of(message)
        if message and recording:
            self.take(message, recording)
        elif message and message.document and not message.animation and message.chat.type == ChatType.PRIVATE:
            sorry = sentences.apology(Reason.NOT_AUDIO, {})
            self.door.say(message.chat.id, partial(reply, message, sorry), counts=True)

    def take(self, message: Message, recording: Recording) -> None:
        """Make a job of what a message carries."""
        self.door.keep(partial(self.intake.accept, recording), partial(self._tell, message))

    def _tell(self, message: Message, refused: Refused | None) -> None:
        if refused and refused.tell:
            sorry = sentences.too_many(self.intake.most_open)
            self.door.replies.put(message.chat.id, partial(reply, message, sorry), counts=True)


def recording_of(message: Message) -> Recording | None:
    """Return what a message carries to be transcribed; None for everything else.

    Silent animations come with a document beside them, which does not count.
    """
    if message.animation:
        return None
    for kind in ("voice", "audio", "video_note", "video", "document"):
        media = getattr(message, kind)
        if media and (kind != "document" or _sounds(media.mime_type, media.file_name)):
            return recording_in(message, kind, media.file_id, media.file_unique_id, media.file_size)
    return None


def recording_in(
    message: Message, kind: str, file_id: str, file_unique_id: str, claimed_bytes: int | None = None
) -> Recording:
    return Recording(
        chat_id=message.chat.id,
        message_id=message.message_id,
        thread_id=message.message_thread_id if message.is_topic_message else None,
        user_id=_sender(message),
        kind=kind,
        file_id=file_id,
        file_unique_id=file_unique_id,
        claimed_bytes=claimed_bytes,
        direct_topic_id=direct_topic_of(message),
        post=post_of(message, file_unique_id),
    )


def _sounds(mime_type: str | None, file_name: str | None) -> bool:
    if (mime_type or "").lower().startswith(("audio/", "video/")):
        return True
    _, dot, extension = (file_name or "").rpartition(".")
    return bool(dot) and extension.lower() in EXTENSIONS


def _sender(message: Message) -> int | None:
    """Return who sent it; None for channels and for people who write in a chat's name."""
    return message.from_user.id if message.from_user and message.sender_chat is None else None

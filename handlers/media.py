"""Messages with speech in them: each becomes a recording at the front door, or is told why it cannot."""

from dataclasses import dataclass
from functools import partial
from typing import Any

from telegram import Document, Message, Update
from telegram.constants import ChatType
from telegram.ext import ContextTypes

from bot.engine.intake import Intake, Recording
from bot.media.listened_to import Says, document_says
from bot.telegram.downloading.file_limit import TELEGRAMS, FileLimit
from bot.telegram.receiving.door import Door
from bot.telegram.writing.messages import direct_topic_of
from handlers.posts import post_of
from handlers.speaking import Speaking, interface_of
from storage.apology import Apology, Reason
from storage.store import Refused

# Of documents in groups of which nobody says that they are recordings. Telegram itself hands out no larger ones.
MOST_BYTES_OF_UNKNOWN = TELEGRAMS.bytes


@dataclass(frozen=True, slots=True)
class Media:
    """Hands recordings to the intake. What cannot be one is told so, but not everywhere: see `received`."""

    door: Door
    speaking: Speaking
    intake: Intake
    limit: FileLimit

    async def __call__(self, update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        message = update.effective_message
        if message is None:
            return
        match received(message, self.limit):
            case Recording() as recording:
                self.take(message, recording)
            case Apology(reason, facts):
                self.speaking.reply(message, lambda texts: texts.apologies.apology(reason, facts))

    def take(self, message: Message, recording: Recording) -> None:
        """Make a job of what a message carries."""
        self.door.keep(partial(self.intake.accept, recording), partial(self._tell, message, recording))

    def _tell(self, message: Message, recording: Recording, refused: Refused | None) -> None:
        is_known = _is_private(message) or not recording.must_sniff
        if refused and refused.tell and is_known:
            self.speaking.reply_after(message, lambda texts: texts.waiting.too_many(self.intake.most_open))


def received(message: Message, limit: FileLimit) -> Recording | Apology | None:
    """Return what a message carries to be transcribed, or why that cannot be; None where nothing is to be said.

    In a group nothing is said of documents that are no recordings, as far as their names and types tell.
    Silent animations come with a document beside them, which does not count.
    """
    if message.animation:
        return None
    for kind in ("voice", "audio", "video_note", "video"):
        if media := getattr(message, kind):
            return _recording(message, kind, media, limit)
    return _document(message, message.document, limit) if message.document else None


def _document(message: Message, document: Document, limit: FileLimit) -> Recording | Apology | None:
    says, is_private = document_says(document.file_name, document.mime_type), _is_private(message)
    if says is Says.SOMETHING_ELSE:
        return Apology(Reason.NOT_AUDIO) if is_private else None
    if says is Says.RECORDING:
        return _recording(message, "document", document, limit)
    most = limit.bytes if says is Says.EITHER else min(limit.bytes, MOST_BYTES_OF_UNKNOWN)
    if not is_private and (document.file_size or 0) > most:
        return None
    return _recording(message, "document", document, limit, must_sniff=True)


def _recording(
    message: Message, kind: str, media: Any, limit: FileLimit, *, must_sniff: bool = False
) -> Recording | Apology:
    if media.file_size is not None and media.file_size > limit.bytes:
        return Apology(Reason.TOO_BIG, limit.facts)
    return recording_in(message, kind, media.file_id, media.file_unique_id, media.file_size, must_sniff=must_sniff)


def recording_in(
    message: Message,
    kind: str,
    file_id: str,
    file_unique_id: str,
    claimed_bytes: int | None = None,
    *,
    must_sniff: bool = False,
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
        must_sniff=must_sniff,
        interface=interface_of(message.chat, message.from_user),
    )


def _is_private(message: Message) -> bool:
    return message.chat.type == ChatType.PRIVATE


def _sender(message: Message) -> int | None:
    """Return who sent it; None for channels and for people who write in a chat's name."""
    return message.from_user.id if message.from_user and message.sender_chat is None else None

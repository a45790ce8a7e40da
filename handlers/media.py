"""Messages with speech in them: each becomes a recording at the front door, or is told why it cannot."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from telegram import Document, ExternalReplyInfo, Message, MessageOriginUser, Update
from telegram.constants import ChatType
from telegram.ext import ContextTypes

from bot.engine.intake import Intake, Recording
from bot.media.listened_to import Says, document_says, is_video
from bot.telegram.downloading.file_limit import TELEGRAMS, FileLimit
from bot.telegram.receiving.door import Door
from bot.telegram.receiving.updates import SOME_DATE
from bot.telegram.writing.messages import direct_topic_of
from handlers.misfits import Misfits
from handlers.posts import post_of
from handlers.speaking import Speaking
from storage.apology import Apology, Reason
from storage.intake import NotTaken, Refused, Sent
from storage.words import Asked, Job

# Of documents in groups of which nobody says that they are recordings. Telegram itself hands out no larger ones.
MOST_BYTES_OF_UNKNOWN = TELEGRAMS.bytes
GROUPS = frozenset({ChatType.GROUP, ChatType.SUPERGROUP})

Carrier = Message | ExternalReplyInfo
Otherwise = Callable[[], object]


@dataclass(frozen=True, slots=True)
class Media:
    """Hands recordings to the intake. What cannot be one is told so, but not everywhere: see `received`."""

    door: Door
    speaking: Speaking
    intake: Intake
    limit: FileLimit
    misfits: Misfits

    async def __call__(self, update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        message = update.effective_message
        if message is None:
            return
        match received(message, self.limit):
            case Recording() as recording:
                self.take(message, recording)
            case Apology() as sorry:
                seconds, people = _video_seconds(message, message), tuple(_people(message))
                self.apologise(message, sorry, Sent(message.chat.id, Asked.NOT, seconds, people))

    def take(self, message: Message, recording: Recording, otherwise: Otherwise | None = None) -> None:
        """Make a job of what a message carries, or asks for; do something else instead where its chat wants none."""
        tell = partial(self._tell, message, recording, otherwise)
        self.door.keep(partial(self.intake.accept, recording), tell, whole=True)

    def apologise(self, message: Message, sorry: Apology, sent: Sent, otherwise: Otherwise | None = None) -> None:
        """Say why a recording cannot become text; do something else instead where its chat would have none of it."""

        def tell(why: NotTaken | None) -> None:
            if why is None:
                self.speaking.reply_after(message, lambda texts: texts.apologies.apology(sorry.reason, sorry.facts))
            elif otherwise is not None:
                otherwise()
            elif why is NotTaken.OPTED_OUT and sent.asked is Asked.PLAINLY:
                self.speaking.reply_after(message, lambda texts: texts.people.wants_no_text())

        self.door.keep(partial(self.intake.store.unwanted, sent), tell)

    def _tell(
        self,
        message: Message,
        recording: Recording,
        otherwise: Otherwise | None,
        why: Job | Refused | NotTaken | None,
    ) -> None:
        """Say why there is no job: nobody is kept waiting for an answer that does not come."""
        if isinstance(why, NotTaken) and otherwise is not None:
            otherwise()
            return
        if isinstance(why, Job):
            self.misfits.tell(message, recording.speaks, why)
            return
        is_known = _is_private(message) or not recording.must_sniff
        if isinstance(why, Refused) and why.tell and is_known and (often := why.too_often) is not None:
            limit = (often.whose, often.most, often.seconds)
            self.speaking.reply_after(message, lambda texts: texts.waiting.too_often(*limit))
        elif isinstance(why, Refused) and why.tell and is_known:
            self.speaking.reply_after(message, lambda texts: texts.waiting.too_many(self.intake.most_open))
        elif why is NotTaken.UNDER_WAY and recording.asked is Asked.PLAINLY:
            self.speaking.reply_after(message, lambda texts: texts.asking.under_way())
        elif why is NotTaken.OPTED_OUT and recording.asked is Asked.PLAINLY:
            self.speaking.reply_after(message, lambda texts: texts.people.wants_no_text())


def received(message: Message, limit: FileLimit) -> Recording | Apology | None:
    """Return what a message carries to be transcribed, or why that cannot be; None where nothing is to be said.

    In a group nothing is said of documents that are no recordings, as far as their names and types tell.
    """
    match carried_by(message):
        case ("document", document):
            return _document(message, document, limit)
        case (kind, media):
            return _recording(message, kind, media, limit)
        case _:
            return None


def asked_for(message: Message, carrier: Carrier, limit: FileLimit, asked: Asked) -> Recording | Apology | None:
    """Return the recording that a message asks for, or why it cannot be had; None where there is none.

    `carrier` is the message that it replies to. Where that is in another chat, the answer replies to `message`.
    """
    carried = carried_by(carrier)
    if carried is None or not is_recording(carrier):
        return None
    recording = _recording(message, *carried, limit)
    if isinstance(recording, Apology):
        return recording
    people = sent_as_asked(message, carrier, asked).people
    recording = replace(recording, asked=asked, post=None, video_seconds=None, people=people)
    if isinstance(carrier, Message):
        recording = replace(recording, about=carrier.message_id, user_id=sender_of(carrier))
        recording = replace(recording, speaks=_speaks(carrier) or recording.speaks)
    return recording


def is_reply(message: Message) -> bool:
    """Tell whether a message replies to another one, in this chat or elsewhere."""
    return message.reply_to_message is not None or message.external_reply is not None


def replied_here(message: Message) -> int | None:
    """Return the message that another one replies to, also in another topic; None where it is in another chat."""
    if message.reply_to_message is not None:
        return message.reply_to_message.message_id
    outside = message.external_reply
    if outside is None or outside.chat is None or outside.chat.id != message.chat.id:
        return None
    return outside.message_id


def sent_as_asked(message: Message, carrier: Carrier, asked: Asked) -> Sent:
    """Return what decides whether a message gets the recording that it asks for: people always get their own."""
    others = _people(carrier) - {sender_of(message)}
    return Sent(message.chat.id, asked, None, tuple(others))


def carried_by(carrier: Carrier) -> tuple[str, Any] | None:
    """Return the kind and the file that a message carries; None where it is no recording, as far as the kind tells.

    Silent animations come with a document beside them, which does not count.
    """
    if carrier.animation:
        return None
    carried = ((kind, getattr(carrier, kind)) for kind in ("voice", "audio", "video_note", "video", "document"))
    return next(((kind, media) for kind, media in carried if media), None)


def is_recording(carrier: Carrier) -> bool:
    """Tell whether a message carries what may be a recording, as far as Telegram tells."""
    match carried_by(carrier):
        case None:
            return False
        case ("document", document):
            return document_says(document.file_name, document.mime_type) is not Says.SOMETHING_ELSE
        case _:
            return True


def _video_seconds(message: Message, carrier: Carrier) -> int | None:
    """Return how long the video in a group is, as it claims; see NewJob."""
    match carried_by(carrier) if message.chat.type in GROUPS else None:
        case ("video", video):
            return int(video.duration.total_seconds())
        case ("document", document) if document_says(document.file_name, document.mime_type) is Says.RECORDING:
            return 0 if is_video(document.file_name, document.mime_type) else None
        case _:
            return None


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
        user_id=sender_of(message),
        kind=kind,
        file_id=file_id,
        file_unique_id=file_unique_id,
        claimed_bytes=claimed_bytes,
        direct_topic_id=direct_topic_of(message),
        post=post_of(message, file_unique_id),
        must_sniff=must_sniff,
        video_seconds=_video_seconds(message, message),
        people=tuple(_people(message)),
        sent_at=_sent_at(message),
        speaks=_speaks(message),
    )


def _sent_at(message: Message) -> float | None:
    """Return when a message was sent, if it says so."""
    moment = message.date.timestamp()
    return moment if moment > SOME_DATE else None


def _speaks(message: Message) -> str | None:
    """Return the language that the sender of a message has in Telegram, which not every message tells."""
    is_person = message.from_user is not None and message.sender_chat is None
    return message.from_user.language_code if is_person and message.from_user else None


def _is_private(message: Message) -> bool:
    return message.chat.type == ChatType.PRIVATE


def _people(carrier: Carrier) -> frozenset[int]:
    """Return whose recording it is, as far as Telegram tells: who sent it, and whose message was forwarded."""
    if isinstance(carrier, Message):
        sender, origin = sender_of(carrier), carrier.forward_origin
    else:
        sender, origin = None, carrier.origin
    speaker = origin.sender_user.id if isinstance(origin, MessageOriginUser) else None
    return frozenset(each for each in (sender, speaker) if each is not None)


def sender_of(message: Message) -> int | None:
    """Return who sent it; None for channels and for people who write in a chat's name."""
    return message.from_user.id if message.from_user and message.sender_chat is None else None

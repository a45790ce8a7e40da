"""Which messages carry something to be listened to."""

import datetime as dt

import pytest
from telegram import (
    Animation,
    Audio,
    Chat,
    Document,
    Message,
    MessageOriginChannel,
    MessageOriginChat,
    MessageOriginHiddenUser,
    MessageOriginUser,
    User,
    Video,
    VideoNote,
    Voice,
)

from handlers.media import recording_of

ALICE = User(1001, "Alice", is_bot=False)
ANONYMOUS = User(1087968824, "Group", is_bot=True)
PRIVATE = Chat(1001, Chat.PRIVATE)
GROUP = Chat(-1001234, Chat.SUPERGROUP)
CHANNEL = Chat(-1009999, Chat.CHANNEL)


def message(chat=PRIVATE, sender=ALICE, **content) -> Message:
    date = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    return Message(7, date, chat, from_user=sender, **content)


def document(mime_type=None, file_name=None) -> Document:
    return Document("id", "unique", file_name=file_name, mime_type=mime_type, file_size=5)


@pytest.mark.parametrize(
    ("kind", "media"),
    [
        ("voice", Voice("id", "unique", 3, file_size=5)),
        ("audio", Audio("id", "unique", 3, file_size=5)),
        ("video_note", VideoNote("id", "unique", 240, 3, file_size=5)),
        ("video", Video("id", "unique", 640, 360, 3, file_size=5)),
        ("document", document("audio/flac", "song")),
    ],
)
def test_speech_comes_in_five_kinds(kind, media):
    recording = recording_of(message(**{kind: media}))
    assert recording.kind == kind
    assert (recording.chat_id, recording.message_id, recording.user_id) == (1001, 7, 1001)
    assert (recording.file_id, recording.file_unique_id, recording.claimed_bytes) == ("id", "unique", 5)
    assert recording.thread_id is None


@pytest.mark.parametrize(
    ("mime_type", "file_name"),
    [
        ("audio/ogg", None),
        ("AUDIO/OGG", "notes.txt"),
        ("video/mp4", ""),
        ("application/octet-stream", "voice.OGG"),
        (None, "an interview. part 1.m4a"),
        ("application/ogg", "x.oga"),
        ("", ".mp3"),
    ],
)
def test_documents_are_listened_to_for_their_type_or_their_name(mime_type, file_name):
    assert recording_of(message(document=document(mime_type, file_name))) is not None


@pytest.mark.parametrize(
    ("mime_type", "file_name"),
    [
        (None, None),
        ("application/pdf", "song.mp3.pdf"),
        ("image/gif", "cat.gif"),
        ("text/plain", "mp3"),
        ("application/audio", "a.b"),
        (None, "mp3."),
    ],
)
def test_other_documents_are_left_alone(mime_type, file_name):
    assert recording_of(message(document=document(mime_type, file_name))) is None


def test_animations_are_silent_although_they_come_with_a_document():
    cat = Animation("id", "unique", 1, 1, 1)
    assert recording_of(message(animation=cat, document=document("video/mp4", "cat.mp4"))) is None


def test_a_message_without_media_is_no_recording():
    assert recording_of(message(text="hello")) is None


VOICE = Voice("id", "unique", 3)
DATE = dt.datetime(2025, 1, 1, tzinfo=dt.UTC)
ELSEWHERE = Chat(-1008888, Chat.CHANNEL)
ORIGINS = [
    MessageOriginChannel(DATE, ELSEWHERE, 55),
    MessageOriginChannel(DATE, CHANNEL, 55),
    MessageOriginUser(DATE, ALICE),
    MessageOriginHiddenUser(DATE, "Alice"),
    MessageOriginChat(DATE, GROUP),
]


def posted(**changes):
    return recording_of(message(chat=CHANNEL, sender=None, sender_chat=CHANNEL, voice=VOICE, **changes))


def forwarded(origin, **changes):
    changes = {"sender_chat": CHANNEL, "voice": VOICE} | changes
    return recording_of(message(chat=GROUP, is_automatic_forward=True, forward_origin=origin, **changes))


def test_a_post_and_its_automatic_forward_have_the_same_name():
    post, copy = posted(), forwarded(MessageOriginChannel(DATE, CHANNEL, 7))
    assert post.post == copy.post is not None
    assert post.user_id is copy.user_id is None
    assert forwarded(MessageOriginChannel(DATE, CHANNEL, 7), sender_chat=None).post == post.post


@pytest.mark.parametrize("origin", ORIGINS, ids=lambda origin: type(origin).__name__)
def test_a_post_that_is_a_forward_itself_is_named_by_where_that_comes_from(origin):
    assert posted(forward_origin=origin).post == forwarded(origin).post is not None
    assert forwarded(origin).post != posted().post


def test_another_post_of_the_same_recording_has_another_name():
    names = {forwarded(MessageOriginChannel(DATE, CHANNEL, number)).post for number in (1, 2, 3)}
    assert len(names) == 3
    assert forwarded(MessageOriginChannel(DATE, ELSEWHERE, 1), sender_chat=ELSEWHERE).post not in names


def test_what_a_person_sends_or_forwards_is_no_post():
    assert recording_of(message(voice=VOICE)).post is None
    assert recording_of(message(chat=GROUP, voice=VOICE, forward_origin=ORIGINS[1])).post is None
    assert forwarded(None).post is None


def test_who_writes_in_the_name_of_a_chat_is_nobody():
    spoken = message(chat=GROUP, sender=ANONYMOUS, sender_chat=GROUP, voice=Voice("id", "unique", 3))
    assert recording_of(spoken).user_id is None


@pytest.mark.parametrize(("is_topic", "thread"), [(True, 55), (False, None), (None, None)])
def test_only_a_topic_is_answered_in_its_thread(is_topic, thread):
    spoken = message(chat=GROUP, voice=Voice("id", "unique", 3), message_thread_id=55, is_topic_message=is_topic)
    assert recording_of(spoken).thread_id == thread

"""Which messages carry something to be listened to, what is looked at first, and what is told at once."""

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

from bot.engine.intake import Recording
from bot.sizes import MEGABYTE
from bot.telegram.downloading.file_limit import TELEGRAMS, FileLimit
from handlers.media import received
from storage.apology import Apology, Reason

ALICE = User(1001, "Alice", is_bot=False)
ANONYMOUS = User(1087968824, "Group", is_bot=True)
PRIVATE = Chat(1001, Chat.PRIVATE)
GROUP = Chat(-1001234, Chat.SUPERGROUP)
CHANNEL = Chat(-1009999, Chat.CHANNEL)
LIMIT = FileLimit(50 * MEGABYTE)

SENT = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
LISTED = ("audio/flac", "song")
PDF = ("application/pdf", "song.mp3.pdf")
CONTRADICTORY = ("audio/mpeg", "song.pdf")
UNTOLD = ("application/octet-stream", None)


def message(chat=PRIVATE, sender=ALICE, **content) -> Message:
    return Message(7, SENT, chat, from_user=sender, **content)


def document(mime_type=None, file_name=None, size=5) -> Document:
    return Document("id", "unique", file_name=file_name, mime_type=mime_type, file_size=size)


@pytest.mark.parametrize(
    ("kind", "media"),
    [
        ("voice", Voice("id", "unique", 3, file_size=5)),
        ("audio", Audio("id", "unique", 3, file_size=5)),
        ("video_note", VideoNote("id", "unique", 240, 3, file_size=5)),
        ("video", Video("id", "unique", 640, 360, 3, file_size=5)),
        ("document", document(*LISTED)),
    ],
)
def test_speech_comes_in_five_kinds(kind, media):
    recording = received(message(**{kind: media}), LIMIT)
    expected = Recording(1001, 7, None, 1001, kind, "id", "unique", 5, people=(1001,), sent_at=SENT.timestamp())
    assert recording == expected


@pytest.mark.parametrize("chat", [PRIVATE, GROUP, CHANNEL])
@pytest.mark.parametrize("said", [UNTOLD, CONTRADICTORY])
def test_a_document_that_may_be_something_else_is_looked_at(chat, said):
    found = received(message(chat, document=document(*said)), LIMIT)
    assert isinstance(found, Recording)
    assert found.must_sniff


@pytest.mark.parametrize(
    ("chat", "said", "size", "expected"),
    [
        (PRIVATE, PDF, 5, Apology(Reason.NOT_AUDIO)),
        (GROUP, PDF, 5, None),
        (CHANNEL, PDF, 5, None),
        (PRIVATE, LISTED, LIMIT.bytes + 1, Apology(Reason.TOO_BIG, {"limit_mb": 50})),
        (GROUP, LISTED, LIMIT.bytes + 1, Apology(Reason.TOO_BIG, {"limit_mb": 50})),
        (PRIVATE, UNTOLD, LIMIT.bytes + 1, Apology(Reason.TOO_BIG, {"limit_mb": 50})),
        (GROUP, UNTOLD, 20 * MEGABYTE + 1, None),
        (GROUP, CONTRADICTORY, LIMIT.bytes + 1, None),
    ],
)
def test_what_is_no_recording_is_told_in_private_and_a_recording_that_is_too_big_everywhere(chat, said, size, expected):
    assert received(message(chat, document=document(*said, size)), LIMIT) == expected


@pytest.mark.parametrize(
    ("chat", "said", "size"),
    [
        (GROUP, UNTOLD, 20 * MEGABYTE),
        (GROUP, UNTOLD, None),
        (PRIVATE, UNTOLD, LIMIT.bytes),
        (GROUP, CONTRADICTORY, LIMIT.bytes),
        (GROUP, LISTED, LIMIT.bytes),
    ],
)
def test_what_is_not_larger_than_it_may_be_is_taken(chat, said, size):
    assert isinstance(received(message(chat, document=document(*said, size)), LIMIT), Recording)


def test_an_unknown_document_in_a_group_may_not_be_larger_than_the_operator_allows_either():
    assert received(message(GROUP, document=document(*UNTOLD, MEGABYTE + 1)), FileLimit(MEGABYTE)) is None


def test_telegrams_limit_is_named_as_telegrams():
    voice = Voice("id", "unique", 3, file_size=TELEGRAMS.bytes + 1)
    assert received(message(voice=voice), TELEGRAMS) == Apology(Reason.TOO_BIG, {"telegram_limit_mb": 20})


def test_animations_are_silent_although_they_come_with_a_document():
    cat = Animation("id", "unique", 1, 1, 1)
    assert received(message(animation=cat, document=document("video/mp4", "cat.mp4")), LIMIT) is None


def test_a_message_without_media_is_no_recording():
    assert received(message(text="hello"), LIMIT) is None


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
    return received(message(chat=CHANNEL, sender=None, sender_chat=CHANNEL, voice=VOICE, **changes), LIMIT)


def forwarded(origin, **changes):
    changes = {"sender_chat": CHANNEL, "voice": VOICE} | changes
    return received(message(chat=GROUP, is_automatic_forward=True, forward_origin=origin, **changes), LIMIT)


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
    assert received(message(voice=VOICE), LIMIT).post is None
    assert received(message(chat=GROUP, voice=VOICE, forward_origin=ORIGINS[1]), LIMIT).post is None
    assert forwarded(None).post is None


def test_who_writes_in_the_name_of_a_chat_is_nobody():
    spoken = message(chat=GROUP, sender=ANONYMOUS, sender_chat=GROUP, voice=Voice("id", "unique", 3))
    assert received(spoken, LIMIT).user_id is None


@pytest.mark.parametrize(("is_topic", "thread"), [(True, 55), (False, None), (None, None)])
def test_only_a_topic_is_answered_in_its_thread(is_topic, thread):
    spoken = message(chat=GROUP, voice=Voice("id", "unique", 3), message_thread_id=55, is_topic_message=is_topic)
    assert received(spoken, LIMIT).thread_id == thread

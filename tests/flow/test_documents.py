"""Documents: what their senders call them is one thing, what is in them another."""

import gzip

import pytest

from bot.sizes import MEGABYTE
from storage.apology import Reason
from tests.english import ENGLISH
from tests.world import audio, other_voice, texts

NOT_AUDIO = ENGLISH.apologies.apology(Reason.NOT_AUDIO, {})
PDF = b"%PDF-1.7\n" + bytes(range(256)) * 20
TEXT = b"export const answer: number = 42;\n" * 50
ELSE = (PDF, TEXT, gzip.compress(PDF))

UNTOLD = [
    (None, None),
    (None, "application/octet-stream"),
    ("rec", "application/octet-stream"),
    ("rec", "binary/octet-stream"),
    ("my.long.interview", None),
    ("rec.mp3 (1)", "application/x-unknown"),
]
LISTED = [
    ("rec.m4a ", "application/octet-stream"),
    ("REC.M4A", None),
    ("rec.m4a.", ""),
    ("rec\u200e.m4a\u200e", None),
    ("an interview. part 1.mp3", "application/octet-stream"),
    (None, "application/ogg"),
    (None, "application/mp4"),
    ("rec", "audio/ogg; codecs=opus"),
    ("rec", "AUDIO/OGG"),
    ("rec.qta", "application/octet-stream"),
]
CONTRADICTORY = [
    ("song.pdf", "audio/mpeg"),
    ("song.mp3", "application/pdf"),
    ("notes.txt", "audio/ogg"),
    ("song.mp3", "text/plain; charset=utf-8"),
    ("lesson.ts", "video/MP2T"),
    ("lesson.ts", None),
    ("lesson.ts", "text/texmacs"),
]
SOMETHING_ELSE = [
    ("report.PDF", "application/pdf"),
    ("report.pdf ", "application/octet-stream"),
    (None, "IMAGE/PNG"),
    ("song.mp3.zip", None),
    ("words.srt", "application/x-subrip"),
    ("list.m3u8", "audio/x-mpegurl"),
    ("app", "application/vnd.android.package-archive"),
    ("letter.docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    ("song.mid", "audio/midi"),
]


@pytest.fixture
def alice(world):
    return world.telegram.user("Alice")


@pytest.fixture
def private(world, alice):
    return world.telegram.private(alice)


@pytest.fixture
def group(world, alice):
    return world.telegram.group("Team", [alice], privacy=False)


def send(chat, sender, data, name=None, type_=None, **claims):
    return chat.send_document(sender, data, file_name=name, mime_type=type_, **claims)


def placeholders(world):
    return [call for call in world.telegram.calls_of("sendMessage") if "reply_markup" in call.params]


@pytest.mark.parametrize(("name", "type_"), [*UNTOLD, *LISTED, *CONTRADICTORY])
async def test_a_recording_is_transcribed_whatever_it_is_called(world, alice, private, group, name, type_):
    for chat in (private, group):
        send(chat, alice, other_voice(), name, type_)
    world.speech.says("hello")
    await world.settle()
    assert texts(private) == texts(group) == ["hello"]


@pytest.mark.parametrize(("name", "type_"), [*UNTOLD, *CONTRADICTORY])
async def test_what_turns_out_to_be_something_else_is_told_once_in_private_and_left_alone_in_groups(
    world, alice, private, group, name, type_
):
    sent = [send(private, alice, data, name, type_)["message_id"] for data in ELSE]
    for data in ELSE:
        send(group, alice, data, name, type_)
    await world.settle()
    assert texts(private) == [NOT_AUDIO] * len(ELSE)
    assert sorted(message["reply_to_message"]["message_id"] for message in private.bot_messages) == sent
    assert group.bot_messages == []
    assert placeholders(world) == world.speech.uploads == []
    assert world.telegram.calls_of("editMessageText") == []
    assert world.app.metrics.render().count(b'verbatim_jobs_ended_total{outcome="apology"} 3.0') == 1


@pytest.mark.parametrize(("name", "type_"), SOMETHING_ELSE)
async def test_what_is_plainly_something_else_is_not_even_looked_at(world, alice, private, group, name, type_):
    for chat in (private, group):
        send(chat, alice, audio(), name, type_)
    await world.settle()
    assert texts(private) == [NOT_AUDIO]
    assert group.bot_messages == []
    assert world.telegram.calls_of("getFile") == await world.jobs() == []


async def test_first_bytes_that_nobody_knows_are_tried_in_private_and_left_alone_in_groups(
    world, alice, private, group
):
    for chat in (private, group):
        send(chat, alice, audio("random.bin"), "rec", "application/octet-stream")
    await world.settle()
    assert texts(private) == [NOT_AUDIO]
    assert len(placeholders(world)) == 1
    assert group.bot_messages == []


async def test_an_empty_document_is_told_to_be_empty(world, alice, private, group):
    for chat in (private, group):
        send(chat, alice, b"", "rec")
    await world.settle()
    assert texts(private) == [ENGLISH.apologies.apology(Reason.EMPTY, {})]
    assert group.bot_messages == []


@pytest.mark.parametrize(("claimed", "answers"), [(20 * MEGABYTE, 1), (20 * MEGABYTE + 1, 0), (None, 1)])
async def test_an_unknown_document_in_a_group_is_looked_at_up_to_a_size(world, alice, group, claimed, answers):
    send(group, alice, audio(), "rec", file_size=claimed)
    if claimed is None:
        del world.telegram.pending_updates[0]["message"]["document"]["file_size"]
    world.speech.says("hello")
    await world.settle()
    assert texts(group) == ["hello"] * answers
    assert len(world.telegram.calls_of("getFile")) == 2 * answers


async def test_a_document_that_is_no_recording_counts_as_ignored_and_not_as_failed(world, alice, group):
    send(group, alice, PDF)
    await world.settle()
    metrics = world.app.metrics.render().decode()
    assert 'verbatim_jobs_ended_total{outcome="ignored"} 1.0' in metrics
    assert 'outcome="failed"' not in metrics
    assert await world.app.store.backlog(world.clock()) == {"due": 0}


async def test_a_message_that_comes_again_after_it_was_ignored_is_ignored_again(world, alice, group):
    send(group, alice, PDF)
    update = world.telegram.pending_updates[0]
    await world.settle()
    world.telegram.redeliver(update)
    await world.settle()
    assert group.bot_messages == []


async def test_a_look_that_fails_is_tried_again_and_says_nothing_in_a_group(world, alice, private, group):
    for chat in (private, group):
        send(chat, alice, PDF)
    world.telegram.fault("file", 502, times=6)
    world.telegram.fault("file", drop=True, times=4)
    await world.settle()
    assert texts(private) == [NOT_AUDIO]
    assert group.bot_messages == []


async def test_a_document_that_telegram_has_lost_is_told_in_private_alone(world, alice, private, group):
    for chat in (private, group):
        world.telegram.lose_file(send(chat, alice, PDF), chat)
    await world.settle()
    assert ["no longer has this file" in text for text in texts(private)] == [True]
    assert group.bot_messages == []


async def test_an_apology_that_was_sent_and_has_no_id_is_not_sent_again(world, alice, private):
    send(private, alice, PDF)
    world.telegram.fault("sendMessage", 200, body={"ok": True, "result": True})
    await world.settle()
    assert len(world.telegram.calls_of("sendMessage")) == 1
    assert b'verbatim_jobs_ended_total{outcome="apology"} 1.0' in world.app.metrics.render()


async def test_an_apology_that_did_not_get_through_is_sent_until_it_does(world, alice, private):
    send(private, alice, PDF)
    world.telegram.fault("sendMessage", 502, times=3)
    await world.settle()
    assert texts(private) == [NOT_AUDIO]


async def test_a_look_waits_for_no_slot_of_the_provider(stopped_world):
    async with stopped_world.running(nova_concurrency=1) as world:
        alice = world.telegram.user("Alice")
        chat = world.telegram.private(alice)
        world.speech.latency = 3600
        chat.send_voice(alice, other_voice())
        await world.settle(seconds=30)
        send(chat, alice, PDF)
        await world.settle(seconds=30)
        assert NOT_AUDIO in texts(chat)


async def test_many_unknown_documents_at_once_leave_out_the_rest_and_only_private_chats_are_told(stopped_world):
    async with stopped_world.running(max_open_jobs_per_chat=1) as world:
        alice = world.telegram.user("Alice")
        private = world.telegram.private(alice)
        group = world.telegram.group("Team", [alice], privacy=False)
        for chat in (private, group):
            for _ in range(3):
                send(chat, alice, PDF)
        await world.settle()
        assert min(texts(private)).startswith("I am still working on")
        assert group.bot_messages == []


class TestTooBig:
    KINDS = ("send_voice", "send_audio", "send_video", "send_video_note", "send_document")

    def send_all(self, chat, sender, size):
        for kind in self.KINDS:
            named = {"file_name": "song.mp3", "mime_type": "audio/mpeg"} if kind == "send_document" else {}
            getattr(chat, kind)(sender, audio(), file_size=size, **named)

    async def test_it_is_told_at_once_everywhere_and_named_as_telegrams_limit(self, world, alice, private, group):
        for chat in (private, group):
            self.send_all(chat, alice, 20 * MEGABYTE + 1)
        await world.settle()
        for chat, videos in ((private, 1), (group, 0)):  # a video in a group is transcribed when somebody asks for it
            assert len(texts(chat)) == len(self.KINDS) - 1 + videos
            assert all("Telegram" in text and "20 MB" in text and "operator" not in text for text in texts(chat))
            assert all(message["reply_to_message"] for message in chat.bot_messages)
        assert placeholders(world) == world.telegram.calls_of("getFile") == await world.jobs() == []

    async def test_it_is_told_as_the_operators_limit_where_it_is(self, stopped_world):
        async with stopped_world.running(max_file_mb=2.5) as world:
            alice = world.telegram.user("Alice")
            chat = world.telegram.private(alice)
            self.send_all(chat, alice, 3 * MEGABYTE)
            await world.settle()
            assert all("operator" in text and "2.5 MB" in text and "Telegram" not in text for text in texts(chat))
            assert await world.jobs() == []

    async def test_it_is_told_as_telegrams_limit_where_the_server_refuses_what_the_operator_allows(self, stopped_world):
        async with stopped_world.running(max_file_mb=100) as world:
            alice = world.telegram.user("Alice")
            chat = world.telegram.private(alice)
            chat.send_voice(alice, audio(), file_size=30 * MEGABYTE)
            await world.settle()
            (text,) = texts(chat)
            assert "Telegram" in text
            assert "20 MB" in text

    async def test_an_unknown_document_that_is_too_big_is_told_in_private_alone(self, world, alice, private, group):
        for chat in (private, group):
            send(chat, alice, audio(), "rec", file_size=20 * MEGABYTE + 1)
        await world.settle()
        assert ["20 MB" in text for text in texts(private)] == [True]
        assert group.bot_messages == []
        assert world.telegram.calls_of("getFile") == []

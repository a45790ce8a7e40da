"""Files: sent as an app would send them, and had back byte for byte."""

from io import BytesIO

import aiohttp
import pytest

from bot.playground.sim.uploads import LARGEST_FILE
from tests.world import audio

UNKNOWN = "application/octet-stream"


def kind_of(message):
    (kind,) = message.keys() & {"voice", "audio", "video", "video_note", "document"}
    return kind


@pytest.mark.parametrize(
    ("name", "content_type", "kind", "mime_type"),
    [
        ("song", "audio/mpeg", "audio", "audio/mpeg"),
        ("song", "Audio/WebM;codecs=opus", "audio", "audio/webm"),
        ("clip", "video/mp4", "video", "video/mp4"),
        ("clip.mp3", "video/quicktime", "video", "video/quicktime"),
        ("notes", "text/plain", "document", "text/plain"),
        ("notes", UNKNOWN, "document", UNKNOWN),
        ("hello.ogg", UNKNOWN, "audio", "audio/ogg"),
        ("hello.oga", UNKNOWN, "audio", "audio/ogg"),
        ("hello.opus", UNKNOWN, "audio", "audio/ogg"),
        ("hello.m4a", UNKNOWN, "audio", "audio/mp4"),
        ("hello.mp3", UNKNOWN, "audio", "audio/mpeg"),
        ("hello.flac", UNKNOWN, "audio", "audio/flac"),
        ("hello.webm", UNKNOWN, "video", "video/webm"),
        ("hello.mkv", UNKNOWN, "video", "video/x-matroska"),
        ("hello.pdf", UNKNOWN, "document", "application/pdf"),
    ],
)
async def test_a_file_becomes_what_it_calls_itself(sim, name, content_type, kind, mime_type):
    message = (await sim.send(b"anything", name, content_type)).body
    assert kind_of(message) == kind
    sent = message[kind]
    assert (sent["mime_type"], sent["file_name"], sent["file_size"]) == (mime_type, name, 8)


@pytest.mark.parametrize(
    ("kind", "name", "seconds"),
    [
        ("audio", "speech.mp3", 4),
        ("video", "video.mp4", 3),
        ("video_note", "video_note.mp4", 3),
        ("document", "voice.ogg", None),
    ],
)
async def test_a_file_becomes_what_it_is_said_to_be(sim, kind, name, seconds):
    message = (await sim.send(audio(name), name, "text/plain", kind=kind)).body
    assert kind_of(message) == kind
    assert message[kind].get("duration") == seconds
    assert message[kind]["file_size"] == len(audio(name))
    assert (await sim.ask("GET", f"/sim/files/{message[kind]['file_id']}")).content == audio(name)


@pytest.mark.parametrize("kind", ["audio", "video"])
async def test_nobody_minds_a_file_whose_length_cannot_be_found(sim, kind):
    assert (await sim.send(b"no recording at all", kind=kind)).body[kind]["duration"] == 0


@pytest.mark.parametrize(
    ("name", "seconds"), [("voice.ogg", 4), ("speech.webm", 4), ("speech.wav", 4), ("video.mp4", 3)]
)
async def test_a_voice_becomes_what_apps_record(sim, name, seconds):
    message = (await sim.send(audio(name), name, kind="voice")).body
    assert (message["voice"]["mime_type"], message["voice"]["duration"]) == ("audio/ogg", seconds)
    assert "file_name" not in message["voice"]
    data = (await sim.ask("GET", f"/sim/files/{message['voice']['file_id']}")).content
    assert data.startswith(b"OggS")
    assert b"OpusHead" in data[:64]
    assert len(data) == message["voice"]["file_size"]


@pytest.mark.parametrize("name", ["text.mp3", "video_silent.mp4", "playlist.mp3"])
async def test_a_voice_without_sound_is_refused(sim, name):
    assert (await sim.send(audio(name), name, kind="voice")).refusal == (400, "There is no sound in that recording.")
    assert sim.chat.messages == []


@pytest.fixture
def broken_ffmpeg(tmp_path, monkeypatch):
    """The first ffmpeg on the way is one that somebody kills."""
    program = tmp_path / "ffmpeg"
    program.write_text("#!/bin/sh\nkill -9 $$\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")


async def test_it_is_said_when_the_recording_is_not_to_blame(sim, broken_ffmpeg):
    status, sentence = (await sim.send(audio(), kind="voice")).refusal
    assert (status, sentence) == (
        500,
        "The recording could not be made into a voice note: ffmpeg was killed by signal 9.",
    )
    assert (await sim.send(audio("video.mp4"), kind="video")).body["video"]["duration"] == 0


async def test_a_file_has_a_caption_a_place_and_a_question_it_answers(sim):
    forum = sim.telegram.supergroup("Hikers", members=[sim.alice], topics=True)
    thread = forum.topic("Plans")
    asked = forum.say(sim.alice, "where to?", thread=thread)
    message = (
        await sim.send(b"map", chat=forum.id, thread=thread, reply_to=asked["message_id"], caption=" see /there ")
    ).body
    assert (message["message_thread_id"], message["reply_to_message"]["text"]) == (thread, "where to?")
    assert message["caption"] == "see /there"
    assert message["caption_entities"] == [{"type": "bot_command", "offset": 4, "length": 6}]
    assert message["reactions"] == []


async def test_a_channel_posts_files_as_itself(sim):
    channel = sim.telegram.channel("News")
    message = (await sim.send(b"map", chat=channel.id)).body
    assert message["sender_chat"]["id"] == channel.id


async def test_a_file_comes_back_as_a_download_and_never_as_a_page(sim):
    data = b"<script>alert(1)</script>\x00\xff"
    message = (await sim.send(data, "page.html", "text/html")).body
    answer = await sim.ask("GET", f"/sim/files/{message['document']['file_id']}")
    assert answer.content == data
    assert answer.headers["Content-Type"] == UNKNOWN
    assert answer.headers["Content-Disposition"] == "attachment"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


async def test_a_file_that_is_not_there_is_not_found(sim):
    assert (await sim.ask("GET", "/sim/files/nonsense")).refusal == (404, "There is no such file.")


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"kind": "sticker"}, "kind"),
        ({"caption": "x" * 1025}, "caption"),
        ({"from": "Alice"}, "from"),
        ({"reply_to": ""}, "reply_to"),
        ({"file_name": "notes"}, "file_name"),
    ],
)
async def test_a_form_that_says_something_else_is_refused(sim, fields, field):
    status, sentence = (await sim.send(b"notes", **fields)).refusal
    assert status == 400
    assert sentence.startswith(f"{field}: ")


async def test_a_form_without_its_sender_is_refused(sim):
    form = aiohttp.FormData()
    form.add_field("file", b"notes", filename="notes.txt")
    answer = await sim.ask("POST", f"/sim/chats/{sim.chat.id}/files", data=form)
    assert answer.refusal == (400, "from: Field required")


async def test_a_form_without_a_file_is_refused(sim):
    path = f"/sim/chats/{sim.chat.id}/files"
    for form in ({"from": "1001"}, {"from": "1001", "file": "not one"}, None):
        assert (await sim.ask("POST", path, data=form)).refusal == (400, "file: a file is expected")
    assert (await sim.send(b"")).refusal == (400, "file: it is empty")


@pytest.mark.parametrize(
    ("content_type", "sent"),
    [
        ("multipart/form-data", b"x"),
        ("multipart/form-data; boundary=abc", b"x"),
        ("multipart/form-data; boundary=a", b"--a\r\n"),
    ],
)
async def test_a_form_that_cannot_be_read_is_refused(sim, content_type, sent):
    path, headers = f"/sim/chats/{sim.chat.id}/files", {"Content-Type": content_type}
    status, sentence = (await sim.ask("POST", path, data=sent, headers=headers)).refusal
    assert status == 400
    assert sentence.startswith("The form cannot be read: ")


@pytest.mark.parametrize("beyond", [1, 1024 * 1024])
async def test_a_file_that_is_too_large_is_refused(sim, beyond):
    assert (await sim.send(bytes(LARGEST_FILE + beyond))).refusal == (413, "A file may have 50 MB.")
    assert sim.chat.messages == []


async def test_a_file_may_be_as_large_as_promised(sim):
    assert (await sim.send(bytes(LARGEST_FILE))).body["document"]["file_size"] == LARGEST_FILE


async def test_a_body_that_is_no_file_may_not_be_larger(sim):
    answer = await sim.ask("POST", "/sim/people", data=BytesIO(bytes(LARGEST_FILE + 1024 * 1024)))
    assert answer.refusal[0] == 413

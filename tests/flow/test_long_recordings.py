"""Long recordings and the sound of videos go up as they were encoded, unless something of them would be lost."""

import pytest

from tests.english import ENGLISH
from tests.levels import level_of
from tests.long import encoded, joined, repeated
from tests.world import AUDIO, audio, texts

MP4, MP3 = ("-f", "mp4"), ("-f", "mp3")
TWO_SIDES = ("-af", "asplit[a][b];[b]adelay=20[c];[a][c]amerge,pan=stereo|c0=c0|c1=c1")
STEREO_AAC = ("-c:a", "aac", "-ar", "22050", "-b:a", "48k", *MP4)


async def answer_to(world, data):
    alice = world.telegram.user("Alice")
    chat = world.telegram.private(alice)
    chat.send_document(alice, data, file_name="recording", mime_type="audio/mpeg")
    await world.settle(seconds=300)
    (text,) = texts(chat)
    return text


def assert_all_is_there(recording, *uploads):
    before, after = level_of(recording), [level_of(upload) for upload in uploads]
    assert sum(level.seconds for level in after) == pytest.approx(before.seconds, abs=0.2)
    assert [level.mean for level in after] == pytest.approx([before.mean] * len(after), abs=1)


@pytest.mark.parametrize("output", [MP4, ("-f", "matroska")])
async def test_long_sound_is_uploaded_as_it_was_encoded(world, output):
    recording = repeated(AUDIO / "speech.m4a", 400, *output)
    assert await answer_to(world, recording) == "0:00 hello world"
    (upload,) = world.speech.uploads
    assert b"mp4a" in upload.data
    assert_all_is_there(recording, upload.data)
    assert (upload.data == recording) is (output == MP4)


async def test_the_sound_of_a_video_is_uploaded_as_it_was_encoded(world):
    assert await answer_to(world, audio("video.mp4")) == "hello world"
    (upload,) = world.speech.uploads
    assert b"mp4a" in upload.data
    assert b"vide" not in upload.data
    assert_all_is_there(audio("video.mp4"), upload.data)


async def test_a_long_video_goes_up_in_parts_of_its_sound(stopped_world):
    async with stopped_world.running(split_minutes=2) as world:
        recording = repeated(AUDIO / "video.mp4", 400, *MP4)
        await answer_to(world, recording)
    uploads = [upload.data for upload in stopped_world.speech.uploads]
    assert len(uploads) > 3
    assert all(b"mp4a" in data for data in uploads)
    assert_all_is_there(recording, *uploads)


async def test_opposite_sides_of_a_long_recording_are_found_wherever_they_begin(world):
    usual = encoded(AUDIO / "voice.ogg", *TWO_SIDES, *STEREO_AAC)
    opposed = encoded(AUDIO / "opposed.m4a", *STEREO_AAC)
    await answer_to(world, joined(*[usual] * 100, *[opposed] * 40, demuxer="mp4"))
    (upload,) = world.speech.uploads
    assert upload.data.startswith(b"OggS")
    assert level_of(upload.data, "atrim=start=400").mean > -25


async def test_a_long_recording_of_silence_costs_nothing(world):
    assert await answer_to(world, repeated(AUDIO / "silent.m4a", 400, *MP4)) == ENGLISH.answers.no_speech()
    assert world.speech.uploads == []


async def test_a_single_word_in_long_silence_is_found(world):
    silence = repeated(AUDIO / "silent.mp3", 200, *MP3)
    word = encoded(AUDIO / "voice_short.ogg", "-ar", "16000", "-ac", "2", "-b:a", "32k", *MP3)
    assert await answer_to(world, silence + word + silence) == "0:00 hello world"


async def test_the_second_track_of_a_long_video_is_taken_where_the_first_is_silent(world):
    await answer_to(world, repeated(AUDIO / "two_tracks_first_silent.mp4", 400, "-map", "0", *MP4))
    (upload,) = world.speech.uploads
    assert level_of(upload.data).mean > -40
    assert level_of(upload.data).seconds == pytest.approx(400, abs=10)


@pytest.mark.parametrize(("most", "is_sent"), [(1, True), (0.1, False)])
async def test_a_file_goes_up_as_it_came_if_it_is_no_larger_than_is_set(stopped_world, most, is_sent):
    recording = encoded(AUDIO / "speech.wav", "-ar", "48000", "-f", "wav")
    async with stopped_world.running(max_upload_mb=most) as world:
        await answer_to(world, recording)
    (upload,) = stopped_world.speech.uploads
    assert (upload.data == recording) is is_sent
    assert is_sent or upload.data.startswith(b"OggS")

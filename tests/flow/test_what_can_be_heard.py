"""What a player plays is what is transcribed: the right track, all channels, as loud and as long; silence is not."""

import pytest

from tests.levels import level_of
from tests.world import audio, other_voice, texts


async def send(world, data):
    alice = world.telegram.user("Alice")
    chat = world.telegram.private(alice)
    chat.send_document(alice, data, file_name="recording.mp3", mime_type="audio/mpeg")
    await world.settle()
    return chat


async def uploaded(world, name):
    world.speech.says("heard")
    assert texts(await send(world, audio(name))) == ["heard"]
    (upload,) = world.speech.uploads
    return upload.data


@pytest.mark.parametrize(
    ("name", "mean", "seconds"),
    [
        ("antiphase_video.mp4", -20.4, 2.99),
        ("opposed.mp3", -16.3, 2),
        ("opposed.m4a", -15.9, 2),
        ("opposed.wav", -16.0, 1.5),
        ("opposed.ogg", -15.9, 2),
        ("opposed_vorbis.ogg", -15.9, 2),
        ("opposed_later.m4a", -15.9, 2),
        ("opposed_5.1.m4a", -16.6, 2),
        ("right.mp3", -17.8, 2),
        ("centre.m4a", -19.8, 2),
        ("centre_and_hum.m4a", -19.8, 2),
        ("one_of_eight.flac", -20.4, 2),
        ("third_of_three.wav", -18.7, 1),
    ],
)
async def test_no_sound_is_lost_where_channels_become_one(world, name, mean, seconds):
    level = level_of(await uploaded(world, name))
    assert level.mean == pytest.approx(mean, abs=1.5)
    assert level.seconds == pytest.approx(seconds, abs=0.1)


@pytest.mark.parametrize(
    ("name", "mean"),
    [
        ("two_tracks_first_silent.mp4", -20.4),
        ("second_track.mkv", -15.9),
        ("second_track.ts", -15.9),
        ("second_default.mkv", -15.9),
        ("second_readable.mkv", -15.9),
        ("second_filled.mp4", -15.9),
        ("first_of_two.mkv", -15.9),
    ],
)
async def test_of_several_tracks_the_one_is_transcribed_that_a_player_plays_if_it_has_sound(world, name, mean):
    assert level_of(await uploaded(world, name)).mean == pytest.approx(mean, abs=1.5)


@pytest.mark.parametrize("name", ["quiet.ogg", "quiet.mp3", "quiet.m4a"])
async def test_quiet_speech_is_transcribed(world, name):
    assert await uploaded(world, name) == audio(name)


@pytest.mark.parametrize(
    "name",
    [
        *("silence.ogg", "silent_dtx.ogg", "silent_stereo.ogg", "silent_vorbis.ogg", "silent.mp3", "silent.m4a"),
        *("silent.wav", "silent_alaw.wav", "silent.flac", "silent.webm", "silent.amr", "silent_video.mp4"),
    ],
)
async def test_of_silence_it_is_said_that_there_is_no_speech_and_nothing_is_paid(world, name):
    chat = await send(world, audio(name))
    (text,) = texts(chat)
    assert "no speech" in text
    assert "reply_markup" not in chat.bot_messages[0]
    assert world.speech.uploads == []


async def test_what_is_said_of_silence_is_kept_for_nobody(world):
    await send(world, audio("silence.ogg"))
    before = len(world.telegram.calls_of("file"))
    await send(world, audio("silence.ogg"))
    assert len(world.telegram.calls_of("file")) == before + 1


async def test_silence_takes_no_place_at_the_provider(stopped_world):
    async with stopped_world.running(nova_concurrency=1) as world:
        await send(world, audio("silence.ogg"))
        world.speech.says("next")
        assert texts(await send(world, other_voice()))[-1] == "next"

import tempfile
from pathlib import Path

import pytest

from bot.playground.engines.program import ProgramError
from bot.playground.engines.sound import (
    BYTES_PER_SECOND,
    NoSoundError,
    as_voice,
    decoded,
    found_by,
    seconds,
)

AUDIO = Path(__file__).parents[2] / "audio"
SILENT = ["broken.mp3", "random.bin", "empty.ogg", "text.mp3", "playlist.mp3", "concat.ogg", "video_silent.mp4"]


def recording(name: str) -> bytes:
    return (AUDIO / name).read_bytes()


@pytest.mark.parametrize(
    ("name", "lasts"),
    [("voice.ogg", 3.84), ("speech.wav", 3.84), ("speech.amr", 3.86), ("video.mp4", 3.0), ("truncated.m4a", 3.46)],
)
async def test_whatever_a_recording_is_it_becomes_samples(name, lasts):
    assert len(await decoded(recording(name))) / BYTES_PER_SECOND == pytest.approx(lasts, abs=0.02)


@pytest.mark.parametrize("name", SILENT)
async def test_what_has_no_sound_is_refused_in_a_sentence(name):
    with pytest.raises(NoSoundError, match=r"^no sound could be decoded from this file$"):
        await decoded(recording(name))


async def test_a_recording_longer_than_anybody_would_wait_for_is_refused():
    with pytest.raises(NoSoundError, match=r"longer than 0\.05 minutes"):
        await decoded(recording("voice.ogg"), longest=3)


@pytest.mark.parametrize(("playlist", "listed"), [("playlist.mp3", "speech.ts"), ("concat.ogg", "voice.ogg")])
async def test_a_playlist_is_not_followed_although_what_it_lists_is_there(tmp_path, monkeypatch, playlist, listed):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    (tmp_path / listed).write_bytes(recording(listed))
    with pytest.raises(NoSoundError):
        await decoded(recording(playlist))


async def test_nothing_of_a_recording_stays_on_the_disk(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    await decoded(recording("voice_short.ogg"))
    with pytest.raises(NoSoundError):
        await decoded(recording("random.bin"))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["speech.webm", "speech.m4a", "voice.ogg"])
async def test_what_a_browser_recorded_becomes_a_voice_note_as_apps_send_it(name):
    voice, lasts = await as_voice(recording(name))
    assert lasts == pytest.approx(3.84, abs=0.03)
    assert voice.startswith(b"OggS")
    assert voice[28:38] == b"OpusHead\x01\x01"  # version 1, one channel
    assert int.from_bytes(voice[40:44], "little") == 48_000
    assert 24_000 < len(voice) * 8 / lasts < 40_000
    assert await seconds(voice) == pytest.approx(lasts, abs=0.03)


async def test_the_same_recording_becomes_the_same_voice_note():
    assert await as_voice(recording("voice_short.ogg")) == await as_voice(recording("voice_short.ogg"))


@pytest.mark.parametrize("name", ["empty.ogg", "video_silent.mp4"])
async def test_what_has_no_sound_becomes_no_voice_note(name):
    with pytest.raises(NoSoundError):
        await as_voice(recording(name))


@pytest.mark.parametrize(
    ("name", "lasts"),
    [
        ("speech.mp3", 3.84),
        ("speech.m4a", 3.84),
        ("video.mp4", 3.0),
        ("voice.ogg", 3.84),
        ("speech.webm", 3.84),
        ("truncated.ogg", 0.99),
    ],
)
async def test_the_sound_of_a_file_lasts_as_long_as_it_can_be_heard(name, lasts):
    assert await seconds(recording(name)) == pytest.approx(lasts, abs=0.03)


@pytest.mark.parametrize("name", ["broken.mp3", "empty.ogg", "playlist.mp3", "video_silent.mp4"])
async def test_what_has_no_sound_lasts_for_no_time_that_could_be_told(name):
    assert await seconds(recording(name)) is None


def test_no_ffmpeg_at_all_is_said_in_a_sentence():
    def nothing_bundled() -> str:
        raise RuntimeError

    with pytest.raises(ProgramError, match="there is no ffmpeg on this machine"):
        found_by(nothing_bundled)

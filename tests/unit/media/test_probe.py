import struct
from pathlib import Path

import pytest

from bot.errors import PermanentError, TemporaryError
from bot.media.probe import opus_duration, probe
from bot.media.sniff import Container
from storage.apology import Reason

AUDIO = Path(__file__).parents[2] / "audio"


@pytest.mark.parametrize(
    ("name", "container", "codec", "seconds"),
    [
        ("voice.ogg", Container.OGG, "opus", 3.84),
        ("speech_vorbis.ogg", Container.OGG, "vorbis", 3.84),
        ("speech.mp3", Container.MP3, "mp3", 3.84),
        ("cover.mp3", Container.MP3, "mp3", 3.84),
        ("speech.m4a", Container.MP4, "aac", 3.84),
        ("speech.wav", Container.WAV, "pcm_s16le", 3.84),
        ("speech.flac", Container.FLAC, "flac", 2.0),
        ("speech.webm", Container.WEBM, "opus", 3.84),
        ("speech.amr", Container.AMR, "amr_nb", 3.84),
        ("speech.3gp", Container.MP4, "amr_nb", 3.84),
        ("truncated.m4a", Container.MP4, "aac", 3.52),
    ],
)
async def test_sound_is_found_and_measured(name, container, codec, seconds, bench):
    found = await probe(AUDIO / name, bench)
    assert (found.container, found.codec) == (container, codec)
    assert found.duration == pytest.approx(seconds, abs=0.1)
    assert found.has_audio
    assert not found.has_video


async def test_a_video_has_both_sound_and_picture(bench):
    found = await probe(AUDIO / "video.mp4", bench)
    assert (found.codec, found.has_audio, found.has_video) == ("aac", True, True)
    assert found.duration == pytest.approx(3.0, abs=0.1)


async def test_a_silent_video_has_a_picture_alone(bench):
    found = await probe(AUDIO / "video_silent.mp4", bench)
    assert (found.codec, found.duration, found.has_audio, found.has_video) == (None, 0.0, False, True)


async def test_a_container_in_which_nothing_is_found_has_neither(bench):
    found = await probe(AUDIO / "truncated.mp4", bench)
    assert (found.has_audio, found.has_video) == (False, False)


async def test_a_header_that_lies_about_the_length_is_not_believed(tmp_path, bench):
    honest = (AUDIO / "speech.wav").read_bytes()
    size_at = honest.index(b"data") + 4
    liar = tmp_path / "liar.wav"
    liar.write_bytes(honest[:size_at] + struct.pack("<I", 2**31) + honest[size_at + 4 :])
    assert (await probe(liar, bench)).duration == pytest.approx(3.84, abs=0.1)


async def test_a_voice_note_needs_no_process(idle_bench):
    assert (await probe(AUDIO / "voice.ogg", idle_bench)).duration == pytest.approx(3.84, abs=0.01)
    with pytest.raises(TemporaryError):
        await probe(AUDIO / "speech_vorbis.ogg", idle_bench)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("empty.ogg", Reason.EMPTY),
        ("random.bin", Reason.NOT_AUDIO),
        ("text.mp3", Reason.NOT_AUDIO),
        ("playlist.mp3", Reason.NOT_AUDIO),
        ("concat.ogg", Reason.NOT_AUDIO),
    ],
)
async def test_what_is_no_recording_is_refused_without_a_process(name, reason, idle_bench):
    with pytest.raises(PermanentError) as refusal:
        await probe(AUDIO / name, idle_bench)
    assert refusal.value.reason is reason


def test_a_file_that_is_not_there_has_no_opus_in_it(tmp_path):
    assert opus_duration(tmp_path / "missing.ogg") is None

import math
import struct
from pathlib import Path

import pytest

from bot.errors import PermanentError, TemporaryError
from bot.media.convert import Recording, encode
from bot.media.ffmpeg import source
from bot.media.probe import opus_sound, probe
from bot.media.sniff import Container
from storage.apology import Reason
from tests.crafted import PACKET, filled, flac, id3, page
from tests.levels import level_of

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
        ("amr_no_magic.amr", Container.AMR_FRAMES, "amr_nb", 3.0),
        ("noise.awb", Container.AMR, "amr_wb", 2.0),
        ("truncated.m4a", Container.MP4, "aac", 3.52),
        ("jumping.ogg", Container.OGG, "opus", 7.69),  # its clock says three hours
        ("paused.webm", Container.WEBM, "opus", 2.99),  # and so does this one's
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
        ("playlist.mp3", Reason.NOT_AUDIO),
        ("concat.ogg", Reason.NOT_AUDIO),
    ],
)
async def test_what_is_no_recording_is_refused_without_a_process(name, reason, idle_bench):
    with pytest.raises(PermanentError) as refusal:
        await probe(AUDIO / name, idle_bench)
    assert refusal.value.reason is reason


def test_a_file_that_is_not_there_has_no_opus_in_it(tmp_path):
    assert opus_sound(tmp_path / "missing.ogg") is None


async def test_times_in_the_file_are_not_the_length_of_its_sound(tmp_path, bench):
    honest = (AUDIO / "speech.m4a").read_bytes().replace(b"edts", b"free")
    frame_length = honest.index(b"stts") + 16
    late = tmp_path / "late.m4a"
    late.write_bytes(honest[:frame_length] + (3_000_000).to_bytes(4, "big") + honest[frame_length + 4 :])
    assert (await probe(late, bench)).duration == pytest.approx(3.84, abs=0.1)


async def test_no_text_in_a_file_looks_like_a_stream(tmp_path, bench):
    listed = "\n  Stream #0:1: Video: h264, yuv420p\n#media_type 1: video\n#codec_id 0: opus\nNo space left on device"
    forger = tmp_path / "forger.mp3"
    forger.write_bytes(id3(title=listed, **{listed: "x"}) + (AUDIO / "speech.mp3").read_bytes())
    found = await probe(forger, bench)
    assert (found.codec, found.has_video, found.is_all) == ("mp3", False, True)
    assert found.duration == pytest.approx(3.84, abs=0.1)


async def test_what_changes_its_format_is_counted_to_its_end(tmp_path, bench):
    part, changing = tmp_path / "part.aac", tmp_path / "changing.aac"
    await bench.run(
        *source(AUDIO / "speech.aac", "aac"), *("-ac", "2", "-ar", "8000", "-c:a", "aac", "-f", "adts", f"file:{part}")
    )
    first = (AUDIO / "speech.aac").read_bytes()
    changing.write_bytes(first + part.read_bytes() + first)
    found = await probe(changing, bench)
    assert found.duration == pytest.approx(3 * 3.9, abs=0.3)
    assert found.work == pytest.approx(3 * 3.9 * 16_000, rel=0.05)
    assert (await probe(changing, bench, most_work=10 * 16_000)).work == math.inf


async def test_the_samples_of_a_recording_are_counted_and_no_more_than_allowed(bench):
    assert (await probe(AUDIO / "speech.wav", bench)).work == pytest.approx(3.84 * 8_000, rel=0.01)
    assert (await probe(AUDIO / "speech.wav", bench, most_work=20_000)).work == math.inf


async def test_more_samples_a_second_than_anybody_records_are_refused_at_once(tmp_path, bench):
    dense = tmp_path / "dense.flac"
    dense.write_bytes(flac(0.3))
    with pytest.raises(PermanentError, match="samples a second") as refusal:
        await probe(dense, bench)
    assert refusal.value.reason is Reason.TOO_DEMANDING


async def test_a_second_track_and_a_second_stream_may_be_played_by_others(tmp_path, bench):
    twice, chained = tmp_path / "twice.m4a", tmp_path / "chained.ogg"
    copied = ("-map", "0:a", "-map", "0:a", "-c", "copy", "-f", "mp4", f"file:{twice}")
    await bench.run(*source(AUDIO / "speech.m4a", "mp4"), *copied)
    vorbis = (AUDIO / "speech_vorbis.ogg").read_bytes()
    chained.write_bytes(vorbis + vorbis)
    for path, is_all in [(twice, False), (chained, False), (AUDIO / "speech_vorbis.ogg", True)]:
        assert (await probe(path, bench)).is_all is is_all


async def test_what_is_not_counted_here_is_counted_by_ffmpeg_however_long_that_takes(tmp_path, bench):
    slow = tmp_path / "slow.ogg"
    one_packet = page(PACKET)
    slow.write_bytes(filled(one_packet, 40_000 * len(one_packet)))
    assert (await probe(slow, bench)).duration == pytest.approx(800, abs=1)


async def test_a_picture_that_cannot_even_be_listed_leaves_the_sound(tmp_path, bench):
    video = (AUDIO / "video.mp4").read_bytes()
    at = video.index(b"mp4v") if b"mp4v" in video else video.index(b"avc1")
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(video[: at + 28] + bytes(4) + video[at + 32 :])
    found = await probe(broken, bench)
    assert (found.codec, found.has_video) == ("aac", True)


@pytest.mark.parametrize(
    ("name", "track"),
    [("second_track.mkv", 1), ("second_default.mkv", 1), ("second_readable.mkv", 1), ("first_of_two.mkv", 0)],
)
async def test_the_track_is_chosen_that_a_player_plays_if_something_can_be_heard_in_it(name, track, bench):
    found = await probe(AUDIO / name, bench)
    assert (found.mix.track, found.is_silent, found.is_all) == (track, False, False)


async def two_tracks(folder, bench, *filters):
    """The voice note twice in one file, each time behind a filter."""
    path = folder / "tracks.mka"
    graph = ";".join(f"[0:a]{one}[{number}]" for number, one in enumerate(filters))
    mapped = [argument for number in range(len(filters)) for argument in ("-map", f"[{number}]")]
    output = ("-filter_complex", graph, *mapped, "-c:a", "flac", "-f", "matroska", f"file:{path}")
    await bench.run(*source(AUDIO / "speech.wav", "wav"), *output)
    return path


@pytest.mark.parametrize(
    ("first", "second", "track"),
    [("volume=-45dB", "anull", 1), ("volume=-45dB", "volume=-30dB", 0), ("volume=-25dB", "anull", 0)],
)
async def test_a_track_that_is_hardly_to_be_heard_gives_way_to_one_that_is_far_louder(
    first, second, track, tmp_path, bench
):
    assert (await probe(await two_tracks(tmp_path, bench, first, second), bench)).mix.track == track


async def test_a_recording_is_silent_if_all_its_tracks_are(tmp_path, bench):
    silent = tmp_path / "silent.mkv"
    copied = ("-map", "0:a", "-map", "0:a", "-c", "copy", "-f", "matroska", f"file:{silent}")
    await bench.run(*source(AUDIO / "silent.m4a", "mp4"), *copied)
    found = await probe(silent, bench)
    assert (found.mix.track, found.is_silent) == (0, True)


async def test_opposite_sides_are_found_where_the_format_changes(tmp_path, bench):
    part, changing = tmp_path / "part.aac", tmp_path / "changing.aac"
    stereo = ("-ar", "8000", "-c:a", "aac", "-f", "adts", f"file:{part}")
    await bench.run(*source(AUDIO / "opposed.m4a", "mp4"), *stereo)
    changing.write_bytes((AUDIO / "speech.aac").read_bytes() + part.read_bytes() * 4)
    found = await probe(changing, bench)
    assert not found.mix.is_usual
    (whole,) = await encode(
        Recording(changing, Container.AAC, found.mix), bench, cuts=(), duration=found.duration, max_seconds=60
    )
    assert level_of(whole, "atrim=start=5").mean == pytest.approx(-16, abs=4)

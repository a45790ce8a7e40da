import subprocess
from pathlib import Path

import pytest

from bot.machine.subprocesses import bundled_ffmpeg
from bot.media import copying
from bot.media.copying import Original, copy_of, drop
from bot.media.cut import Cut
from bot.media.mp4 import packets_in
from bot.media.probe import opus_sound
from bot.media.sniff import Container
from tests.levels import level_of
from tests.long import encoded, repeated

AUDIO = Path(__file__).parents[2] / "audio"
MP4 = copying.MP4


@pytest.fixture
def copy(bench):
    async def copy(path, container, codec, track=0):
        return await copy_of(Original(path, container, track, codec, path.stat().st_size), bench)

    return copy


def samples(path, container):
    """What a decoder makes of a file."""
    command = (bundled_ffmpeg(), "-loglevel", "error", "-f", container, "-i", f"file:{path}")
    return subprocess.run((*command, "-f", "f32le", "pipe:1"), capture_output=True, timeout=60, check=True).stdout


KINDS = pytest.mark.parametrize(
    ("name", "container", "codec", "seconds"),
    [
        ("speech.m4a", Container.MP4, "aac", 3.9),
        ("video.mp4", Container.MP4, "aac", 3.07),
        ("speech.aac", Container.AAC, "aac", 3.9),
        ("speech.mp3", Container.MP3, "mp3", 3.89),
        ("cover.mp3", Container.MP3, "mp3", 3.89),
        ("talk.ogg", Container.OGG, "opus", 12.26),
        ("speech.webm", Container.WEBM, "opus", 3.85),
    ],
)


@KINDS
async def test_the_copy_lasts_as_long_as_its_packets(copy, name, container, codec, seconds):
    assert (await copy(AUDIO / name, container, codec)).seconds == pytest.approx(seconds, abs=0.05)


@KINDS
async def test_the_parts_hold_the_whole_recording(copy, bench, name, container, codec, seconds):
    copied = await copy(AUDIO / name, container, codec)
    whole, *parts = (bench.scratch.file() for _ in range(4))
    copied.cut((), [whole])
    starts = copied.cut((Cut(1.0, 1.0), Cut(2.2, 2.2)), parts)
    assert starts == pytest.approx([0.0, 1.0, 2.2], abs=0.2)
    lengths = [level_of(part).seconds for part in parts]
    assert lengths == pytest.approx([1.0, 1.2, seconds - 2.2], abs=0.2)
    assert sum(lengths) == pytest.approx(level_of(whole).seconds, abs=0.4 if codec == "mp3" else 0.05)


async def test_a_cut_through_aac_changes_no_sample(copy, tmp_path, bench):
    recording = tmp_path / "without_noise.m4a"  # of which a decoder makes some other each time
    recording.write_bytes(encoded(AUDIO / "voice.ogg", "-c:a", "aac", "-aac_pns", "0", *MP4))
    copied = await copy(recording, Container.MP4, "aac")
    whole, *parts = (bench.scratch.file() for _ in range(4))
    copied.cut((), [whole])
    copied.cut((Cut(1.0, 1.0), Cut(2.2, 2.2)), parts)
    assert b"".join(samples(part, "mp4") for part in parts) == samples(whole, "mp4")


async def test_no_sound_is_lost_where_mp3_takes_bits_from_earlier_frames(copy, bench):
    copied = await copy(AUDIO / "speech.mp3", Container.MP3, "mp3")
    whole, first, second = (bench.scratch.file() for _ in range(3))
    copied.cut((), [whole])
    _, start = copied.cut((Cut(2.0, 2.0),), [first, second])
    assert start < 2.0
    expected, got = samples(whole, "mp3"), samples(second, "mp3")
    behind = -(-int((3.8 - 2.0) * 22_050) * 4 // 4096) * 4096
    assert got[-behind:] == expected[-behind:]


@pytest.mark.parametrize("output", [("-b:a", "24k"), ("-q:a", "9"), ("-b:a", "8k", "-ar", "16000"), ("-b:a", "64k")])
async def test_no_sound_of_a_slow_mp3_is_lost_at_any_cut(copy, tmp_path, bench, output):
    recording = tmp_path / "slow.mp3"
    recording.write_bytes(encoded(AUDIO / "talk.ogg", "-ar", "44100", *output, "-f", "mp3"))
    copied = await copy(recording, Container.MP3, "mp3")
    whole, first, second = (bench.scratch.file() for _ in range(3))
    copied.cut((), [whole])
    expected = samples(whole, "mp3")
    for cut in (2.0, 3.1, 4.3, 7.7):
        copied.cut((Cut(cut, cut),), [first, second])
        behind = (len(copied.packets.sizes) - copied.packets.at(cut)) * copied.packets.samples * 4
        assert samples(second, "mp3")[-behind:] == expected[-behind:]


@KINDS
async def test_stretches_are_put_one_behind_the_other(copy, bench, name, container, codec, seconds):
    copied = await copy(AUDIO / name, container, codec)
    sample = bench.scratch.file()
    lasts = copied.extract([(0.5, 1.0), (1.5, 2.25), (seconds - 0.2, seconds + 5)], sample)
    assert lasts == pytest.approx(1.45, abs=0.2)
    assert level_of(sample).seconds == pytest.approx(lasts, abs=0.05)


async def test_times_in_the_file_are_made_anew(copy, tmp_path, bench):
    honest = (AUDIO / "speech.m4a").read_bytes().replace(b"edts", b"free")
    at = honest.index(b"stts") + 16
    hurried = tmp_path / "hurried.m4a"
    hurried.write_bytes(honest[:at] + (10).to_bytes(4, "big") + honest[at + 4 :])
    part = bench.scratch.file()
    (await copy(hurried, Container.MP4, "aac")).cut((), [part])
    assert b"".join((b"stts", bytes(4), b"\0\0\0\1", b"\0\0\0\x3d", (1024).to_bytes(4))) in part.read_bytes()


async def test_of_what_an_edit_took_out_of_a_recording_no_more_than_a_second_is_copied(copy, tmp_path):
    edited = tmp_path / "edited.m4a"
    recording = bytearray((AUDIO / "speech.m4a").read_bytes())
    begins = recording.index(b"elst") + 16
    recording[begins : begins + 4] = (2 * 16_000).to_bytes(4)
    edited.write_bytes(recording)
    assert 1.9 < (await copy(edited, Container.MP4, "aac")).seconds < 3.0


async def test_a_copy_of_positions_that_jump_lasts_as_long_as_its_sound(copy):
    copied = await copy(AUDIO / "jumping.ogg", Container.OGG, "opus")
    assert copied.seconds == pytest.approx(opus_sound(AUDIO / "jumping.ogg").seconds, abs=0.1)


@pytest.mark.parametrize(
    ("name", "container", "codec"),
    [("speech.amr", Container.AMR, "amr_nb"), ("speech_vorbis.ogg", Container.OGG, "vorbis")],
)
async def test_what_no_provider_takes_or_nobody_can_count_is_not_copied(copy, name, container, codec):
    assert await copy(AUDIO / name, container, codec) is None


async def test_what_is_larger_than_was_thought_fit_is_not_copied(bench):
    path = AUDIO / "speech.mp3"
    assert await copy_of(Original(path, Container.MP3, 0, "mp3", -60_000), bench) is None
    assert bench.scratch.used() == 0


async def test_a_copy_that_is_dropped_takes_no_room(copy, bench):
    drop(await copy(AUDIO / "speech.mp3", Container.MP3, "mp3"))
    assert bench.scratch.used() == 0


@pytest.mark.parametrize("data", [b"", b"\0\0\0\4mdat", (AUDIO / "speech.m4a").read_bytes()[:2000]])
def test_a_file_without_an_index_has_no_packets(tmp_path, data):
    path = tmp_path / "broken.mp4"
    path.write_bytes(data)
    assert packets_in(path, "aac") is None


def test_packets_that_follow_each_other_in_another_way_are_not_cut(tmp_path):
    two_tracks = tmp_path / "tracks.mp4"
    two_tracks.write_bytes(repeated(AUDIO / "two_tracks_first_silent.mp4", 3, "-map", "0", *MP4))
    assert packets_in(two_tracks, "aac") is None


@pytest.mark.parametrize("rate", [8_000, 11_025, 24_000, 48_000])
@pytest.mark.parametrize("codec", ["aac", "mp3"])
def test_each_packet_lasts_as_long_as_its_rate_says(tmp_path, rate, codec):
    path = tmp_path / "sound.mp4"
    output = ("-c:a", "libmp3lame" if codec == "mp3" else "aac", "-strict", "-1", "-ar", str(rate), *MP4)
    path.write_bytes(encoded(AUDIO / "talk.ogg", *output))
    assert packets_in(path, codec).seconds == pytest.approx(12.26, abs=0.5)

from pathlib import Path

import pytest

from bot.media.ffmpeg import source
from bot.media.length import any_count, parse_any_count, parse_steady_count, steady_count

AUDIO = Path(__file__).parents[2] / "audio"
NO_LIMIT = 10**12


async def steady(path, demuxer, bench, most_samples=NO_LIMIT):
    ran = await bench.run(*steady_count(path, demuxer, most_samples))
    counted = parse_steady_count(ran.stdout)
    return ran.returncode, counted and counted[1] / counted[0].rate


async def any_way(path, demuxer, bench, most_seconds=1e6):
    ran = await bench.run(*source(path, demuxer), *any_count(most_seconds))
    return parse_any_count(ran.stdout)


@pytest.mark.parametrize(
    ("name", "demuxer"),
    [("speech.m4a", "mp4"), ("speech.flac", "flac"), ("paused.webm", "webm"), ("speech.ts", "mpegts")],
)
async def test_both_ways_of_counting_count_the_same(name, demuxer, bench):
    code, seconds = await steady(AUDIO / name, demuxer, bench)
    assert code == 0
    assert await any_way(AUDIO / name, demuxer, bench) == pytest.approx(seconds, abs=0.001)


async def test_a_recording_whose_format_changes_is_counted_in_one_way_only(tmp_path, bench):
    part, changing = tmp_path / "part.aac", tmp_path / "changing.aac"
    stereo = ("-ac", "2", "-ar", "8000", "-c:a", "aac", "-f", "adts", f"file:{part}")
    await bench.run(*source(AUDIO / "speech.aac", "aac"), *stereo)
    first = (AUDIO / "speech.aac").read_bytes()
    changing.write_bytes(first + part.read_bytes() + first)
    code, _ = await steady(changing, "aac", bench)
    assert code != 0
    assert await any_way(changing, "aac", bench) == pytest.approx(3 * 3.9, abs=0.3)


async def test_the_counting_ends_at_a_limit(bench):
    assert await steady(AUDIO / "speech.wav", "wav", bench, most_samples=16_000) == (0, 2.0)
    assert await any_way(AUDIO / "speech.wav", "wav", bench, most_seconds=2.0) == pytest.approx(2.0, abs=0.3)


@pytest.mark.parametrize("name", ["-y", "http:", "a;b $(c) %d", "pipe:0", "a'b\\c:[x],y=z", "\\\\'"])
async def test_a_file_name_is_nothing_but_a_name(tmp_path, name, bench):
    path = tmp_path / name
    path.write_bytes((AUDIO / "voice.ogg").read_bytes())
    assert await steady(path, "ogg", bench) == (0, 3.84)


@pytest.mark.parametrize("demuxer", ["ogg", "mp3", "mp4"])
async def test_a_playlist_is_not_followed(demuxer, bench):
    code, seconds = await steady(AUDIO / "concat.ogg", demuxer, bench)
    assert code != 0
    assert seconds is None


def test_nothing_decoded_is_nothing_counted():
    assert parse_any_count("") == 0.0
    assert parse_steady_count("#media_type 0: audio\n#sample_rate 0: 8000\n") is None

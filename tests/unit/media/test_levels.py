from pathlib import Path

import pytest

from bot.media.levels import Level, meters, parse

AUDIO = Path(__file__).parents[2] / "audio"

TOLD = """\
  title           : [Parsed_volumedetect_0 @ 0x1] mean_volume: -1.0 dB
[Parsed_volumedetect_0 @ 0x1] n_samples: 0
[Parsed_volumedetect_0 @ 0x2] n_samples: 100
[Parsed_volumedetect_0 @ 0x2] mean_volume: -20.0 dB
[Parsed_volumedetect_0 @ 0x2] max_volume: -3.5 dB
[Parsed_volumedetect_0 @ 0x2] histogram_3db: 5
"""


def told(*levels):
    return "".join(
        f"[Parsed_volumedetect_{number} @ 0x1] n_samples: 10\n"
        f"[Parsed_volumedetect_{number} @ 0x1] mean_volume: {mean} dB\n"
        f"[Parsed_volumedetect_{number} @ 0x1] max_volume: {peak} dB\n"
        for number, (mean, peak) in enumerate(levels)
    )


async def measured(name, channels, bench):
    graph = f"amovie=filename={AUDIO / name},{meters(channels, 'out0')}"
    ran = await bench.run("-f", "lavfi", "-i", graph, "-f", "null", "-")
    return parse(ran.stderr, channels)


def test_what_ffmpeg_tells_is_read_and_not_what_a_title_says():
    levels = parse(TOLD, channels=1)
    assert levels.whole == Level(pytest.approx(-20.0), -3.5)
    assert levels.channels == (levels.whole,)
    assert not levels.are_silent


def test_where_the_format_changed_all_that_was_told_counts():
    levels = parse(TOLD + TOLD.replace("100", "300").replace("-20.0", "-80.0").replace("-3.5", "-60.0"), channels=1)
    assert levels.whole == Level(pytest.approx(-26.0, abs=0.1), -3.5)


@pytest.mark.parametrize("errors", ["", told((-1.0, 0.0), (-1.0, 0.0)), TOLD[:150]])
def test_what_was_not_told_is_not_known(errors):
    assert parse(errors, channels=2) is None


@pytest.mark.parametrize(
    ("mean", "peak", "is_silent"),
    [
        (-91.0, -91.0, True),
        (-72.2, -72.2, True),  # of a telephone
        (-70.0, -54.6, True),  # hours of noise
        (-69.0, -60.0, False),
        (-85.0, -50.0, False),  # a whisper in silence
    ],
)
def test_silence_is_what_no_word_stands_out_of(mean, peak, is_silent):
    assert parse(told((mean, peak)), channels=1).are_silent is is_silent


@pytest.mark.parametrize(("mean", "is_faint"), [(-91.0, True), (-50.1, True), (-50.0, False)])
def test_what_is_faint_is_known_by_the_mean(mean, is_faint):
    assert parse(told((mean, 0.0)), channels=1).are_faint is is_faint


async def test_the_channels_of_a_recording_are_measured_in_one_run(bench):
    levels = await measured("right.mp3", 2, bench)
    assert [channel.mean for channel in levels.channels] == [-91.0, pytest.approx(-16.3, abs=1)]
    assert levels.whole.mean == pytest.approx(-19.3, abs=0.1)
    assert levels.added.mean == pytest.approx(-22.3, abs=1)
    assert levels.opposed == Level()


@pytest.mark.parametrize("name", ["opposed.mp3", "opposed_later.m4a"])
async def test_moments_with_opposite_sides_are_found(name, bench):
    levels = await measured(name, 2, bench)
    assert levels.opposed.mean == pytest.approx(-16, abs=2) or levels.opposed.mean == pytest.approx(-22, abs=2)


async def test_centre_and_sides_are_measured_apart(bench):
    levels = await measured("centre_and_hum.m4a", 6, bench)
    centre = levels.channels[2].mean
    assert centre == pytest.approx(-16, abs=1)
    assert all(level.mean < centre - 20 for level in levels.channels[:2] + levels.channels[3:])

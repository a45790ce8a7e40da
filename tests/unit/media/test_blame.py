"""A recording is refused if the ffmpeg that could not read it works, and the one that comes along cannot either."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from bot.errors import PermanentError, TemporaryError
from bot.machine.scratch import Scratch
from bot.machine.subprocesses import bundled_ffmpeg
from bot.media.blame import rightly_blamed
from bot.media.ffmpeg import Bench, Ffmpeg
from bot.media.probe import Probe, probe
from bot.media.trial import Choice
from storage.apology import Reason
from tests.ffmpegs import ffmpeg_that

AUDIO = Path(__file__).parents[2] / "audio"


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    """When this file is made, the ffmpeg of `breaking` is broken."""
    return tmp_path / "broken"


@pytest.fixture
def breaking(tmp_path: Path, broken: Path) -> str:
    (tmp_path / "named").mkdir()
    return ffmpeg_that(tmp_path / "named", f"echo >> {tmp_path}/runs; [ -e {broken} ] && exit 1")


def on(bench: Bench, tmp_path: Path, named: str | None, bundled: str) -> Bench:
    choice = Choice(lambda: Scratch(tmp_path), named, on_path=lambda: None, bundled=lambda: bundled)
    return replace(bench, ffmpeg=Ffmpeg(choice.path, choice.try_again))


async def read(name: str, bench: Bench) -> Probe:
    async def work(bench: Bench) -> Probe:
        found = await probe(AUDIO / name, bench)
        if not found.has_audio:
            raise PermanentError(Reason.NOT_AUDIO)
        return found

    return await rightly_blamed(work, bench)


async def test_what_a_broken_ffmpeg_cannot_read_waits_and_another_one_is_chosen(
    bench, tmp_path, breaking, broken, lines
):
    bench = on(bench, tmp_path, breaking, bundled_ffmpeg())
    await read("speech.amr", bench)
    broken.touch()
    with pytest.raises(TemporaryError) as failure:
        await read("speech.amr", bench)
    assert failure.value.reason is Reason.MACHINE
    (told,) = lines.of("ffmpeg.broken")
    assert told["path"] == breaking
    assert (await read("speech.amr", bench)).codec == "amr_nb"
    assert bench.ffmpeg.chosen == bundled_ffmpeg()


async def test_without_another_one_all_wait_until_it_is_mended(bench, tmp_path, breaking, broken):
    bench = on(bench, tmp_path, None, breaking)
    await read("speech.amr", bench)
    broken.touch()
    for _ in range(2):
        with pytest.raises(TemporaryError) as failure:
            await read("speech.amr", bench)
        assert failure.value.reason is Reason.MACHINE
    with pytest.raises(PermanentError):  # which needs no ffmpeg
        await read("empty.ogg", bench)
    with pytest.raises(PermanentError):
        await read("playlist.mp3", bench)
    broken.unlink()
    assert (await read("speech.amr", bench)).codec == "amr_nb"


async def test_what_an_operators_ffmpeg_lacks_is_told_once(bench, tmp_path, lines):
    lacking = ffmpeg_that(tmp_path, "echo 'Decoder not found' >&2; exit 8", "*amr*")
    bench = on(bench, tmp_path, lacking, bundled_ffmpeg())
    found = await asyncio.gather(read("speech.amr", bench), read("speech.amr", bench))
    assert [probe.codec for probe in found] == ["amr_nb"] * 2
    assert len(lines.of("ffmpeg.replaced")) == 1
    assert bench.ffmpeg.chosen == bundled_ffmpeg()


async def test_what_the_only_ffmpeg_cannot_read_is_refused(bench):
    with pytest.raises(PermanentError) as refusal:
        await read("random.bin", bench)
    assert refusal.value.reason is Reason.NOT_AUDIO


async def test_many_that_fail_at_once_wait_for_one_trial(bench, tmp_path, breaking):
    bench = on(bench, tmp_path, None, breaking)
    await bench.ffmpeg.path()
    runs = tmp_path / "runs"
    of_a_trial = len(runs.read_text().splitlines())
    results = await asyncio.gather(*[read("random.bin", bench) for _ in range(6)], return_exceptions=True)
    assert [result.reason for result in results] == [Reason.NOT_AUDIO] * 6
    of_all = len(runs.read_text().splitlines()) - of_a_trial
    assert of_all < 6 * of_a_trial


async def test_a_failure_of_one_that_was_replaced_meanwhile_says_nothing(bench, tmp_path, breaking):
    bench = on(bench, tmp_path, breaking, bundled_ffmpeg())
    await bench.ffmpeg.path()

    async def work(bench: Bench) -> None:
        other = on(bench, tmp_path, None, bundled_ffmpeg()).ffmpeg
        await other.path()
        bench.ffmpeg.give_way(other)
        raise PermanentError(Reason.NOT_AUDIO)

    with pytest.raises(TemporaryError):
        await rightly_blamed(work, bench)


@pytest.mark.parametrize("reason", [Reason.EMPTY, Reason.TOO_LONG])
async def test_other_refusals_need_no_trial(bench, reason):
    async def work(_: Bench) -> None:
        raise PermanentError(reason)

    with pytest.raises(PermanentError):
        await rightly_blamed(work, bench)

"""A clock of the machine that is wrong: nothing freezes for the difference, and nothing paid for is dropped."""

import json
import time

import pytest

from tests.patience import until
from tests.process import CHECKOUT

HOUR = 3600
MONTH = 30 * 24 * HOUR
# What Python loads at its start: a clock that is ahead of the true one by what a file says.
CLOCK = """
import time
from pathlib import Path

true, ahead = time.time, Path(__file__).with_name("ahead")
time.time = lambda: true() + float(ahead.read_text())
"""

pytestmark = pytest.mark.usefixtures("by_command_line")


class WrongClock:
    """The clock of the machine on which the lives of a scene run."""

    def __init__(self, folder, scene) -> None:
        self._ahead = folder / "ahead"
        self.set(0)
        (folder / "sitecustomize.py").write_text(CLOCK)
        scene.environment |= {"PYTHONPATH": f"{folder}:{CHECKOUT}", "LOG_FORMAT": "json"}

    def set(self, seconds) -> None:
        """Let it be ahead of the true time by so many seconds, negative for behind."""
        new = self._ahead.with_suffix(".new")
        new.write_text(str(seconds))
        new.replace(self._ahead)


@pytest.fixture
def clock(scene, tmp_path):
    folder = tmp_path / "clock"
    folder.mkdir()
    return WrongClock(folder, scene)


def told(life):
    """What a life has said about clocks, as pairs of an event and seconds."""
    lines = [json.loads(line) for line in life.output.splitlines() if line.startswith("{")]
    return [(line["event"], line["seconds"]) for line in lines if line["event"].startswith("clock.")]


async def a_life_with_work_left(scene):
    """Kill a life that leaves a job at the provider and one that waits for its next try."""
    scene.speech.latency = HOUR
    at_provider = scene.voice()
    await scene.start()
    await scene.until_stored(1, "state = 'submitted'")
    scene.speech.fault("create", status=503, times=None)
    scene.voice()
    await scene.until_stored(1, "state = 'queued' AND attempts > 0")
    await scene.life.kill()
    scene.speech.clear_faults()
    return at_provider


def finish_everything(speech):
    """Let the provider be done with what it has, and quick from now on."""
    speech.latency = 0
    for generation in speech.generations.values():
        generation.ready_at = time.time()


@pytest.mark.parametrize(("first", "then"), [(3 * HOUR, 0), (MONTH, 0), (0, MONTH)])
async def test_a_clock_that_was_wrong_at_the_first_start_freezes_nothing_and_drops_nothing_paid_for(
    scene, clock, first, then
):
    clock.set(first)
    at_provider = await a_life_with_work_left(scene)
    clock.set(then)
    await scene.start()
    await scene.life.says("leases.released")
    looks = len(scene.speech.fetches)
    await until(scene.speech, lambda: len(scene.speech.fetches) > looks)  # it is asked for, and not given up
    finish_everything(scene.speech)
    await scene.finish()
    assert scene.uploads(at_provider) == 1
    [(event, seconds)] = told(scene.life)
    assert event == ("clock.jumped" if first else "clock.gap")
    assert abs(seconds - (then - first)) < 60


@pytest.mark.parametrize("jump", [-MONTH, MONTH])
async def test_a_clock_that_jumps_under_a_running_bot_is_told_and_changes_no_wait_of_this_life_or_the_next(
    scene, clock, jump
):
    clock.set(-jump)
    scene.speech.latency = HOUR
    voice = scene.voice()
    await scene.start()
    await scene.until_stored(1, "state = 'submitted'")
    clock.set(0)
    await scene.life.says("clock.jumped")
    [(_, seconds)] = told(scene.life)
    assert abs(seconds - jump) < 60
    looks = len(scene.speech.fetches)
    await until(scene.speech, lambda: len(scene.speech.fetches) > looks + 1)
    await scene.life.kill()
    await scene.start()
    finish_everything(scene.speech)
    await scene.finish()
    assert scene.uploads(voice) == 1

import pytest

from bot.engine.clockwatch import ClockWatch


class Clocks:
    def __init__(self):
        self.moved = self.asleep = 0.0
        self.nudges = []
        self.watch = ClockWatch(lambda: self.moved, lambda: self.asleep, lambda: self.nudges.append(self.asleep))


@pytest.fixture
def clocks():
    return Clocks()


@pytest.mark.parametrize(("seconds", "direction"), [(3600, "ahead"), (-3600, "back")])
def test_a_jump_of_the_systems_clock_is_told_once(clocks, lines, seconds, direction):
    clocks.moved = seconds
    clocks.watch.look()
    clocks.watch.look()
    [line] = lines.of("clock.jumped")
    assert (line["seconds"], line["direction"]) == (seconds, direction)


def test_a_clock_that_is_kept_right_little_by_little_has_not_jumped(clocks, lines):
    for moved in range(1, 60):
        clocks.moved = moved
        clocks.watch.look()
    assert lines.of("clock.jumped") == []


def test_a_machine_that_slept_goes_on_at_once(clocks, lines):
    clocks.asleep = 3600
    clocks.watch.look()
    clocks.watch.look()
    assert clocks.nudges == [3600]
    assert lines.of("clock.slept")[0]["seconds"] == 3600

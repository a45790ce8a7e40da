"""How far a long recording is, and how long the rest will take."""

from bot.engine.progress import NEARLY, HowFar, Sound, how_far


def test_without_a_pace_only_what_is_heard_is_known():
    assert how_far([Sound(60, 0, is_heard=True), Sound(40, 0)], None, 10) == HowFar(60, 100)


def test_what_is_under_way_counts_by_the_pace_from_any_moment_on():
    assert how_far([Sound(100, 0)], 2, 10) == HowFar(20, 100, 40)


def test_what_is_not_done_is_never_quite_heard():
    assert how_far([Sound(100, 0)], 2, 1_000).heard == NEARLY * 100


def test_the_rest_is_heard_as_many_at_a_time_as_are_under_way():
    assert how_far([Sound(100, 10), Sound(100, 10), Sound(100), Sound(100)], 2, 10) == HowFar(0, 400, 100)

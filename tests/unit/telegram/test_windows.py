import pytest

from bot.telegram.pacing.windows import LONGEST_WAIT, Window, Write

ANSWER, PLACEHOLDER = Write(is_answer=True), Write(is_answer=False)


def window_of(*moments) -> Window:
    return Window(limit=4, span=10.0, kept=1, moments=list(moments))


@pytest.mark.parametrize(
    ("moments", "write", "wait"),
    [
        ((), ANSWER, 0.0),
        ((100, 101, 102), ANSWER, 0.0),
        ((100, 101, 102, 103), ANSWER, 6.0),
        ((100, 101, 102, 103, 104), ANSWER, 7.0),
        ((94, 101, 102, 103), ANSWER, 0.0),
        ((100, 101, 102, 103, 110), ANSWER, 7.0),
        ((100, 101), PLACEHOLDER, 0.0),
        ((100, 101, 102), PLACEHOLDER, 6.0),
        ((100, 101, 102, 103), PLACEHOLDER, 7.0),
    ],
)
def test_a_window_tells_when_there_is_a_place(moments, write, wait):
    window = window_of(*moments)
    assert window.next(104.0, window.allowed(write)) == 104.0 + wait


def test_those_who_stand_behind_others_get_the_places_after_theirs():
    window = window_of(100, 101, 102, 103)
    assert [window.next(104.0, 4, behind) for behind in range(6)] == [110, 111, 112, 113, 120, 121]
    assert [window_of(101).next(104.0, 4, behind) for behind in range(5)] == [104, 104, 104, 111, 114]


@pytest.mark.parametrize(("write", "allowed"), [(ANSWER, 4), (PLACEHOLDER, 3)])
def test_refused_writes_do_not_all_come_back_for_one_place(write, allowed):
    window = window_of(100, 100, 100, 100)
    moments = [window.promise(110.0, write) for _ in range(3)]
    assert moments == pytest.approx([110.0 + number * 10.0 / allowed for number in range(3)])


def test_a_place_that_is_given_back_is_free_and_one_of_long_ago_stays_forgotten():
    window = window_of(100, 101, 102, 103)
    window.remove(102)
    window.remove(50)
    assert window.moments == [100, 101, 103]


def test_a_write_that_took_long_counts_from_its_end():
    window = window_of(100, 101)
    window.move(100, 104)
    assert window.moments == [101, 104]


def test_what_lies_too_far_ahead_was_written_before_the_clock_was_put_back():
    window = window_of(100, 101)
    assert window.next(101 - LONGEST_WAIT, 1) == 111
    assert window.next(90 - LONGEST_WAIT, 1) == 90 - LONGEST_WAIT

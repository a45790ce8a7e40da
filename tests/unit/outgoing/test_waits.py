import datetime as dt
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.outgoing.waits import LONGEST, SHORTEST, asked_wait


@pytest.mark.parametrize(
    ("asked", "seconds"),
    [
        (7, 7.0),
        (1.5, 1.5),
        ("7", 7.0),
        (" 1.5 ", 1.5),
        (dt.timedelta(minutes=1), 60.0),
        (0, SHORTEST),
        (0.01, SHORTEST),
        (-5, SHORTEST),
        (-math.inf, SHORTEST),
        (99999999, LONGEST),
        (10**400, LONGEST),
        (1e300, LONGEST),
        (math.inf, LONGEST),
        ("9" * 400, LONGEST),
        (dt.timedelta.max, LONGEST),
    ],
)
def test_patience_lasts_from_a_second_to_an_hour(asked, seconds):
    assert asked_wait(asked) == seconds


@pytest.mark.parametrize(
    "asked", [None, math.nan, True, False, "", "soon", "nan", "-5", "1e3", "²", "9" * 9999, [7], {}]
)
def test_what_says_no_length_leaves_it_to_us(asked):
    assert asked_wait(asked) is None


@given(st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.timedeltas())
def test_whatever_is_asked_for_can_be_waited(asked):
    seconds = asked_wait(asked)
    assert seconds is None or SHORTEST <= seconds <= LONGEST

"""The patience that other servers ask for, made fit to wait for."""

import datetime as dt
import re

SHORTEST = 1.0  # seconds; a server that asks for less would be asked again and again
LONGEST = 3600.0  # seconds; a server that asks for more is asked again after an hour
UNSAID = 5.0  # seconds, where a server asks for patience and does not say how much

_NUMBER = re.compile(r"\s*[0-9]{1,1000}(\.[0-9]{0,1000})?\s*", re.ASCII)


def asked_wait(asked: object) -> float | None:
    """Return the seconds to wait, from SHORTEST to LONGEST; None for what says no length, such as NaN or a truth value.

    Everything that asks for patience is read here: the JSON of servers has numbers of any size, and their headers text.
    """
    match asked:
        case bool():
            return None
        case int() | float() if asked == asked:  # noqa: PLR0124 - NaN is not equal to itself
            return float(min(max(asked, SHORTEST), LONGEST))
        case str() if _NUMBER.fullmatch(asked):
            return asked_wait(float(asked))
        case dt.timedelta():
            return asked_wait(asked.total_seconds())
        case _:
            return None

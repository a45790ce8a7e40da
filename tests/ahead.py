"""Let the wall clock of a process be ahead of the true one; imported before what is to go by it."""

import os
import time

AHEAD = "CLOCK_AHEAD"  # of the environment: seconds, negative for behind
_true = time.time


def _ahead() -> float:
    return _true() + float(os.environ.get(AHEAD, "0"))


time.time = _ahead

"""Becomes Python with other arguments, in a process that is killed when whoever started it dies, even of SIGKILL.

Only Linux knows how; elsewhere such a process lives on.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1  # see prctl(2)


def main() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    os.execv(sys.executable, [sys.executable, *sys.argv[1:]])  # noqa: S606 - there is no shell, and none is wanted


if __name__ == "__main__":
    main()

"""A program that runs Python with its arguments, in a process that is killed when its parent dies, even of SIGKILL.

Only Linux has this feature; on other systems the process lives on.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1  # see prctl(2)


def main() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    os.execv(sys.executable, [sys.executable, *sys.argv[1:]])  # noqa: S606 - no shell is needed


if __name__ == "__main__":
    main()

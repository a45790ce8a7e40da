"""A program that runs another one under limits, in its own process and with an empty environment.

The process is killed when its parent dies, even of SIGKILL; only Linux has this feature.

It takes some 20 ms of another processor. A `preexec_fn` takes less in all, but needs a fork of the whole bot, which
blocks the event loop for most of that time, and runs Python while other threads may hold locks.
"""

import os
import resource
import signal
import sys

PR_SET_PDEATHSIG = 1  # see prctl(2)
NOT_STARTED = 126  # the exit code, as shells have it


def main(parent: int, limits: str, *command: str) -> None:
    """Become `command`. `limits` has the name, the soft and the hard value of each, such as "CPU:10:15,CORE:0:0"."""
    for name, soft, hard in (limit.split(":") for limit in limits.split(",")):
        _limit(getattr(resource, f"RLIMIT_{name}"), int(soft), int(hard))
    for number in (signal.SIGPIPE, signal.SIGXFSZ):  # which Python ignores, and with it what it starts
        signal.signal(number, signal.SIG_DFL)
    if sys.platform == "linux":
        _die_with(parent)
    try:
        os.execve(command[0], command, {})  # noqa: S606 - no shell is needed
    except OSError as error:
        sys.exit(_fail(error))


def _die_with(parent: int) -> None:
    import ctypes  # noqa: PLC0415 - the bot imports this module for its constant, and uses no ctypes

    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it died before that
        sys.exit(NOT_STARTED)


def _limit(what: int, soft: int, hard: int) -> None:
    """Set a limit, or keep the one that holds already, where that is lower."""
    _, highest = resource.getrlimit(what)
    if highest != resource.RLIM_INFINITY:
        soft, hard = min(soft, highest), min(hard, highest)
    resource.setrlimit(what, (soft, hard))


def _fail(error: OSError) -> int:
    print(f"it cannot be started: {error.strerror}", file=sys.stderr)  # noqa: T201 - this is a program
    return NOT_STARTED


if __name__ == "__main__":
    main(int(sys.argv[1]), *sys.argv[2:])

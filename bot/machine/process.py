"""The process itself: its memory, how many files and connections it may have open, and how it ends."""

import atexit
import ctypes
import gc
import os
import resource
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import NoReturn

MOST_DESCRIPTORS = 65_536  # more would never be used, and a system without a limit has none to give
M_MMAP_THRESHOLD = -3  # see mallopt(3)
LARGE_BLOCK = 256 * 1024  # bytes


class UnawaitedThreads(ThreadPoolExecutor):
    """Threads for calls that block. Shutting them down waits for none, as one may be busy for minutes or for ever."""

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:  # noqa: ARG002, FBT001, FBT002
        super().shutdown(wait=False, cancel_futures=True)


def raise_descriptor_limit() -> None:
    """Allow as many open files and connections as the system lets this process have, and at most MOST_DESCRIPTORS."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_DESCRIPTORS if hard == resource.RLIM_INFINITY else min(hard, MOST_DESCRIPTORS)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with suppress(OSError, ValueError):  # macOS refuses more than it has, and tells a limit that is none
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def give_large_blocks_back() -> None:
    """Let memory of LARGE_BLOCK and more go back to the system when it is freed.

    The C library of most Linux systems learns from the first large block to keep room for such ones, and after a few
    large answers three times as much as they ever took up together.
    """
    with suppress(OSError, AttributeError):  # another system, or another C library
        ctypes.CDLL(None).mallopt(M_MMAP_THRESHOLD, LARGE_BLOCK)


def spare_what_is_loaded() -> None:
    """Leave all that is in memory now out of every later search for garbage.

    It stays as long as the process, and nearly all of it is code: 90,000 objects, which take 60 ms to look through.
    """
    gc.freeze()


def leave(code: int) -> NoReturn:
    """End the process now, after what is registered for its end.

    A normal end would wait for every thread that is still busy, and then take everything apart.
    """
    atexit._run_exitfuncs()  # noqa: SLF001 - as multiprocessing does before it ends a child in this way
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):  # nobody may read it any more
            stream.flush()
    os._exit(code)

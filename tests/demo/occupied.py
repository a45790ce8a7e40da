"""Ports that belong to somebody else."""

import fcntl
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from socket import create_server


@contextmanager
def taken(*ports: int) -> Iterator[None]:
    """By this test, or by somebody else already; tests that run beside it wait for their turn."""
    with ExitStack() as stack:
        turn = stack.enter_context(Path(__file__).open())
        fcntl.flock(turn, fcntl.LOCK_EX)
        for port in ports:
            with suppress(OSError):
                stack.enter_context(create_server(("127.0.0.1", port)))
        yield

"""The threads for work on the bytes of recordings, which nothing else of the process has to wait for."""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from bot.media.places import Order
from bot.media.turns import Turns

_P = ParamSpec("_P")
_R = TypeVar("_R")

_THREADS = 2  # Python computes in one at a time; a second one works while the first one waits for the disk


class Threads:
    """A few threads. Once closed, they begin nothing more, and `closed` tells a running function to end."""

    def __init__(self) -> None:
        self._executor = ThreadPoolExecutor(_THREADS, thread_name_prefix="recordings")
        self._turns = Turns(_THREADS)
        self._closed = threading.Event()

    async def run(self, order: Order, function: Callable[_P, _R], *arguments: _P.args, **named: _P.kwargs) -> _R:
        """Call a function in one of the threads and return what it returns. See Turns for who waits how long."""
        async with self._turns.taken(order.chat, order.size):
            if self.closed():
                raise asyncio.CancelledError
            call = asyncio.get_running_loop().run_in_executor
            return await call(self._executor, lambda: function(*arguments, **named))

    def closed(self) -> bool:
        """Tell whether nobody waits for results any more; functions that take long ask it."""
        return self._closed.is_set()

    def close(self) -> None:
        """Begin nothing more, and wait for nothing."""
        self._closed.set()
        self._executor.shutdown(wait=False, cancel_futures=True)

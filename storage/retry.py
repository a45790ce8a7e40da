"""Writing again and again until the database takes it."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from storage.errors import StorageUnavailableError

AGAIN_AFTER = 1.0  # seconds; a full disk or a backup lasts longer, and a short lock is waited for by the engine
Result = TypeVar("Result")


async def repeat_until_stored(
    write: Callable[[], Awaitable[Result]],
    report: Callable[[StorageUnavailableError], object],
    *,
    gives_up: Callable[[], bool] = lambda: False,
) -> Result:
    """Call `write` until it raises no StorageUnavailableError, each of which is reported, or until `gives_up`."""
    while True:
        try:
            return await write()
        except StorageUnavailableError as error:
            report(error)
            if gives_up():
                raise
        await asyncio.sleep(AGAIN_AFTER)

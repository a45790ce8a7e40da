"""The folder for files of steps: space in it is given out before a file is written, so that no step takes another's."""

import asyncio
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from bot.machine.scratch import Scratch

_KEPT_FREE = 32 * 1024 * 1024  # bytes, for what is not reserved: the database's own files may be beside these
_KEPT_FREE_SHARE = 16  # but no more than such a part of a small file system
_LOOK_AGAIN = 1.0  # second, as others may use the same file system


class NoRoomError(Exception):
    """There was no room in time."""


def free_bytes(folder: Path) -> int:
    """Return the free space of the file system of a folder, without the part that is kept free."""
    usage = shutil.disk_usage(folder)
    return usage.free - min(_KEPT_FREE, usage.total // _KEPT_FREE_SHARE)


class Workplace:
    """Gives out room in a folder of this process alone."""

    def __init__(self, folder: Path, free: Callable[[Path], int] = free_bytes) -> None:
        self._folder = folder
        self._free = free
        self._reserved: dict[Scratch, int] = {}
        self._queue = asyncio.Lock()
        self._given_back = asyncio.Event()

    @contextmanager
    def scratch(self) -> Iterator[Scratch]:
        """Make a place for files; at the end they are gone, and the room that was reserved for them is given back."""
        self._folder.mkdir(mode=0o700, exist_ok=True)  # a cleaner of temporary files may have removed it
        scratch = Scratch(self._folder)
        try:
            with scratch:
                yield scratch
        finally:
            self._reserved.pop(scratch, None)
            self._given_back.set()

    async def reserve(self, scratch: Scratch, size: int, wait: float) -> None:
        """Reserve room for `size` bytes. Those who wait get it in their order.

        Raises NoRoomError if there is none within `wait` seconds.
        """
        try:
            async with asyncio.timeout(wait), self._queue:
                while not self._has_room(size):
                    await self._until_given_back()
                self._reserved[scratch] = size
        except TimeoutError:
            raise NoRoomError from None

    def _has_room(self, size: int) -> bool:
        """Tell whether so many bytes are left when all others use what they have reserved; always if there are none.

        So a recording that is larger than was thought fit is at least tried, alone.
        """
        if not self._reserved:
            return True
        free = self._free(self._folder)
        if size <= free - sum(self._reserved.values()):  # so it is also where others have used what they reserved
            return True
        outstanding = sum(max(0, promised - scratch.used()) for scratch, promised in self._reserved.items())
        return size <= free - outstanding

    async def _until_given_back(self) -> None:
        """Wait until room has been given back, or for a short while."""
        self._given_back.clear()
        with suppress(TimeoutError):
            async with asyncio.timeout(_LOOK_AGAIN):
                await self._given_back.wait()

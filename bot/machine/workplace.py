"""The folder for files of steps: space in it is given out before a file is written, so that no step takes another's."""

import asyncio
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from bot.machine.ledger import BusyError, Ledger
from bot.machine.scratch import Scratch, can_borrow

_KEPT_FREE = 32 * 1024 * 1024  # bytes, for what is not reserved: the database's own files may be beside these
_KEPT_FREE_SHARE = 16  # but no more than such a part of a small file system
# What comes to so little is not told to other processes, and passes those who wait for more: the part that is kept free
# covers it. It is no more than such a part of the free space.
_SMALL = 8 * 1024 * 1024
_SMALL_SHARE = 64
_LOOK_AGAIN = 1.0  # second, as others may use the same file system
_BUSY_AGAIN = 0.01  # as another process holds the ledger, for far less
_TELL_EVERY = 1.0  # how much of what was reserved has been used meanwhile


class NoRoomError(Exception):
    """There was no room in time."""


class NeverRoomError(Exception):
    """There can be no room, as the whole file system is smaller."""


def kept_free(total: int) -> int:
    """Return the bytes that are kept free of a file system with so many."""
    return min(_KEPT_FREE, total // _KEPT_FREE_SHARE)


def free_bytes(folder: Path) -> int:
    """Return the free space of the file system of a folder, without the part that is kept free."""
    usage = shutil.disk_usage(folder)
    return usage.free - kept_free(usage.total)


class Workplace:
    """Gives out room in a folder of this process alone. A `ledger` tells what other processes have given out.

    `not_shared` is told why that cannot be used.
    """

    def __init__(
        self,
        folder: Path,
        free: Callable[[Path], int] = free_bytes,
        *,
        ledger: Ledger | None = None,
        not_shared: Callable[[OSError], None] = lambda _: None,
    ) -> None:
        self._folder = folder
        self._free = free
        self._ledger = ledger
        self._not_shared = not_shared
        self._reserved: dict[Scratch, int] = {}
        self._queue = asyncio.Lock()
        self._given_back = asyncio.Event()
        self._telling: asyncio.TimerHandle | None = None

    @contextmanager
    def scratch(self) -> Iterator[Scratch]:
        """Make a place for files; at the end they are gone, and the room that was reserved for them is given back."""
        self._folder.mkdir(mode=0o700, exist_ok=True)  # a cleaner of temporary files may have removed it
        scratch = Scratch(self._folder)
        try:
            with scratch:
                yield scratch
        finally:
            if self._reserved.pop(scratch, None) is not None:
                self._tell()
            self._given_back.set()

    async def reserve(self, scratch: Scratch, size: int, wait: float, *, surely: int = 0) -> None:
        """Reserve room for `size` bytes, of which `surely` so many are needed. Those who wait get it in their order.

        Raises NoRoomError if there is none within `wait` seconds, and NeverRoomError where there can be none.
        """
        usage = shutil.disk_usage(self._folder)
        if surely > usage.total - kept_free(usage.total):
            raise NeverRoomError
        if self._queue.locked() and self._is_small(size) and self._take(scratch, size, surely):
            return
        try:
            async with asyncio.timeout(wait), self._queue:
                while (taken := self._take(scratch, size, surely)) is not True:
                    await (self._until_given_back() if taken is False else asyncio.sleep(_BUSY_AGAIN))
        except TimeoutError:
            raise NoRoomError from None

    def lower(self, scratch: Scratch, size: int) -> None:
        """Give room back, so that `size` bytes are reserved, those that are used already among them.

        A little is not worth it: it is given back soon.
        """
        if size < self._reserved.get(scratch, 0) - _SMALL:
            self._reserved[scratch] = size
            self._tell()
            self._given_back.set()

    def is_elsewhere(self, folder: Path) -> bool:
        """Tell whether a folder is on another file system, and its files can be read where they are."""
        try:
            return can_borrow() and folder.stat().st_dev != self._folder.stat().st_dev
        except OSError:
            return False

    def close(self) -> None:
        """Give back all that other processes know of."""
        if self._telling is not None:
            self._telling.cancel()
        if self._ledger is not None:
            self._ledger.close()

    def _take(self, scratch: Scratch, size: int, surely: int) -> bool | None:
        """Reserve so many bytes, if there is room; None where another process keeps this one from knowing."""
        is_shared = self._ledger is not None and not self._is_small(size + sum(self._reserved.values()))
        taken = self._enter(size, surely) if is_shared else self._has_room(size, 0, surely)
        if taken:
            self._reserved[scratch] = size
            if is_shared:
                self._tell_later()
        return taken

    def _enter(self, size: int, surely: int) -> bool | None:
        """Reserve them where other processes see it. Where that cannot be, this process counts for itself."""
        assert self._ledger is not None
        try:
            return self._ledger.enter(self._outstanding() + size, lambda others: self._has_room(size, others, surely))
        except BusyError:
            return None
        except OSError as error:
            self._not_shared(error)
            self._ledger = None
            return self._has_room(size, 0, surely)

    def _has_room(self, size: int, others: int, surely: int) -> bool:
        """Tell whether so many bytes are left when all use what they have reserved, `others` in other processes.

        Where hardly anything is reserved there must be room for what is surely needed. So a recording whose conversion
        might take more than there is is at least tried, alone.
        """
        if not others and self._has_little_reserved() and surely < shutil.disk_usage(self._folder).free:
            return True
        free = self._free(self._folder)
        if size <= free - others - sum(self._reserved.values()):  # so it is also where others used what they reserved
            return True
        return size <= free - others - self._outstanding()

    def _has_little_reserved(self) -> bool:
        return not self._reserved or self._is_small(sum(self._reserved.values()))

    def _is_small(self, size: int) -> bool:
        return size <= min(_SMALL, self._free(self._folder) // _SMALL_SHARE)

    def _outstanding(self) -> int:
        """Return what was reserved here and is not used yet."""
        return sum(max(0, promised - scratch.used()) for scratch, promised in self._reserved.items())

    def _tell(self) -> None:
        """Tell other processes what is still reserved here, where they know of more."""
        if self._ledger is not None:
            self._ledger.lower(self._outstanding())

    def _tell_later(self) -> None:
        """Go on telling for as long as something is reserved, as space that was used lacks others already."""
        if self._telling is None and self._reserved:
            self._telling = asyncio.get_running_loop().call_later(_TELL_EVERY, self._tell_now)

    def _tell_now(self) -> None:
        self._telling = None
        self._tell()
        self._tell_later()

    async def _until_given_back(self) -> None:
        """Wait until room has been given back, or for a short while."""
        self._given_back.clear()
        with suppress(TimeoutError):
            async with asyncio.timeout(_LOOK_AGAIN):
                await self._given_back.wait()

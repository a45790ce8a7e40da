"""The wire between processes and their PostgreSQL, which is cut when a test says so."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Literal

CHUNK = 65536
COMMIT = b"COMMIT"
Moment = Literal["before", "after"]


class Cut:
    """Cuts the connection with the `nth` message that `is_meant`, before the server has it or before it can answer."""

    def __init__(self, nth: int, moment: Moment, is_meant: Callable[[bytes], bool]) -> None:
        self.left = nth
        self.moment = moment
        self.is_meant = is_meant


class Wire:
    """Carries connections to the socket of a server. What it carries are whole messages, as the driver sends them."""

    def __init__(self, socket: Path) -> None:
        self.port = 0
        self.cuts = 0
        self._socket = socket
        self._planned: list[Cut] = []
        self._idle = asyncio.Event()
        self._idle.set()
        self._ends: set[asyncio.StreamWriter] = set()

    def cut_at(self, nth: int, moment: Moment) -> None:
        """Cut a connection at the `nth` message from now on, whichever connection it comes on."""
        self._planned.append(Cut(nth, moment, lambda _: True))

    def cut_at_commit(self, nth: int, moment: Moment) -> None:
        """The same, of those that end a transaction."""
        self._planned.append(Cut(nth, moment, lambda message: COMMIT in message))

    @property
    def planned(self) -> int:
        """Return how many cuts are still to come."""
        return len(self._planned)

    @asynccontextmanager
    async def carrying(self) -> AsyncIterator["Wire"]:
        server = await asyncio.start_server(self._carry, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()
            for end in self._ends:
                end.transport.abort()
            await self._idle.wait()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._ends.add(writer)
        self._idle.clear()
        with suppress(OSError):
            await self._connect(reader, writer)
        writer.transport.abort()
        self._ends.discard(writer)
        if not self._ends:
            self._idle.set()

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there_reader, there_writer = await asyncio.open_unix_connection(self._socket)
        try:
            back = asyncio.create_task(_pour(there_reader, writer))
            there = asyncio.create_task(self._pour_until_cut(reader, there_writer, back))
            await asyncio.wait({back, there}, return_when=asyncio.FIRST_COMPLETED)
            back.cancel()
            there.cancel()
            await asyncio.gather(back, there, return_exceptions=True)
        finally:
            there_writer.close()

    async def _pour_until_cut(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, back: asyncio.Task[None]
    ) -> None:
        with suppress(OSError):
            while message := await reader.read(CHUNK):
                cut = self._due(message)
                if cut == "before":
                    return
                if cut == "after":
                    back.cancel()  # nobody hears the answer
                writer.write(message)
                await writer.drain()
                if cut == "after":
                    return

    def _due(self, message: bytes) -> Moment | None:
        """Count the message, and return how it is cut."""
        for cut in self._planned:
            cut.left -= cut.is_meant(message)
        due = next((cut for cut in self._planned if cut.left <= 0), None)
        if due is None:
            return None
        self._planned.remove(due)
        self.cuts += 1
        return due.moment


async def _pour(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while chunk := await reader.read(CHUNK):
            writer.write(chunk)
            await writer.drain()

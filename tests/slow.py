"""A server that reads slowly: for uploads that crawl, stand still or are never answered."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

SIZE = 3_000_000  # bytes of an upload, of which the system cannot take most at once
WELL = b'HTTP/1.1 200 OK\r\nContent-Length: 22\r\nConnection: close\r\n\r\n{"generation_id": "g"}'


@asynccontextmanager
async def reading(chunk: int, seconds: float, *, most: int = 10**9, answer: bytes = WELL) -> AsyncIterator[str]:
    """A server that reads a request slowly, and no more than `most` bytes of it."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length"))
        left = min(int(length.partition(b":")[2]), most)
        while left > 0:
            left -= len(await reader.read(min(chunk, left)))
            await asyncio.sleep(seconds)
        if most < SIZE or not answer:
            await asyncio.Event().wait()
        writer.write(answer)
        await writer.drain()
        writer.close()

    listening = socket.create_server(("127.0.0.1", 0))
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
    serving: set[asyncio.Task[None]] = set()

    async def remember(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        serving.add(task)
        try:
            await serve(reader, writer)
        except asyncio.CancelledError:
            writer.transport.abort()

    server = await asyncio.start_server(remember, sock=listening, limit=16384)
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/"
    finally:
        for task in serving:
            task.cancel()
        await asyncio.gather(*serving, return_exceptions=True)
        server.close()

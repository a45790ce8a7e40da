"""A proxy that speaks HTTP: it carries requests and connects tunnels, and keeps what it was asked for."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from urllib.parse import urlsplit

CHUNK = 65536


class RecordingProxy:
    """`asked` has the first line of each request, `logins` its Proxy-Authorization."""

    def __init__(self) -> None:
        self.address = ""
        self.asked: list[str] = []
        self.logins: list[str] = []

    @asynccontextmanager
    async def serving(self) -> AsyncIterator["RecordingProxy"]:
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.address = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
        try:
            yield self
        finally:
            server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            line, *headers = head.split("\r\n")
            self.asked.append(line)
            self.logins += [each.partition(": ")[2] for each in headers if each.lower().startswith("proxy-auth")]
            method, target, version = line.split(" ")
            place = urlsplit(f"//{target}" if method == "CONNECT" else target)
            there_reader, there_writer = await asyncio.open_connection(place.hostname, place.port)
            if method == "CONNECT":
                writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            else:
                path = f"{place.path}?{place.query}" if place.query else place.path
                kept = [each for each in headers if not each.lower().startswith(("proxy-", "connection"))]
                rest = "\r\n".join([f"{method} {path} {version}", "Connection: close", *kept])
                there_writer.write(rest.encode("latin-1"))
            await asyncio.gather(_pour(reader, there_writer), _pour(there_reader, writer))


async def _pour(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while chunk := await reader.read(CHUNK):
            writer.write(chunk)
            await writer.drain()
    writer.close()

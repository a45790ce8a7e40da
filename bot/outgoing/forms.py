"""Forms with a file in them, as `multipart/form-data` (RFC 7578): a small one is one piece, a large one is streamed."""

import asyncio
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import BinaryIO

import aiohttp
from aiohttp.abc import AbstractStreamWriter

from bot.outgoing.session import CHUNK
from bot.sizes import SMALL_FILE

_ESCAPED = str.maketrans({"\\": "\\\\", '"': '\\"'})


@dataclass(frozen=True, slots=True)
class FilePart:
    """The part of a form in which the file is: the field, and the name and the type that the file is announced with."""

    field: str
    file_name: str
    content_type: str


def form(fields: Mapping[str, str], part: FilePart, file: BinaryIO, size: int) -> aiohttp.Payload:
    """Return the body with these fields and, behind them, the file, which is open and has `size` bytes.

    Fields come first, as some servers read while they receive. Names are sent in UTF-8, as browsers send them. A file
    of up to SMALL_FILE is read here, as a thread would take longer, and leaves with its form and headers in one write.
    """
    boundary = secrets.token_hex(16)
    texts = (f"{_opened(boundary, name)}\r\n\r\n{value}\r\n" for name, value in fields.items())
    announced = f'; filename="{_quoted(part.file_name)}"\r\nContent-Type: {part.content_type}\r\n\r\n'
    before = "".join((*texts, _opened(boundary, part.field), announced)).encode()
    behind = f"\r\n--{boundary}--\r\n".encode()
    content_type = f"multipart/form-data; boundary={boundary}"
    if size <= SMALL_FILE:
        return aiohttp.BytesPayload(b"".join((before, file.read(), behind)), content_type=content_type)
    return _Streamed(before, file, behind, size, content_type)


class _Streamed(aiohttp.Payload):
    """A body whose file is read in a thread, piece by piece, while it leaves."""

    def __init__(self, before: bytes, file: BinaryIO, behind: bytes, size: int, content_type: str) -> None:
        super().__init__(file, content_type=content_type)
        self._ends = before, behind
        self._size = len(before) + size + len(behind)

    def decode(self, _encoding: str = "utf-8", _errors: str = "strict") -> str:
        raise TypeError("is sent once, and never read")

    async def write(self, writer: AbstractStreamWriter) -> None:
        before, behind = self._ends
        await writer.write(before)
        while chunk := await asyncio.to_thread(self._value.read, CHUNK):
            await writer.write(chunk)
        await writer.write(behind)


def _opened(boundary: str, name: str) -> str:
    return f'--{boundary}\r\nContent-Disposition: form-data; name="{_quoted(name)}"'


def _quoted(name: str) -> str:
    """Return a name that cannot leave its quotation marks."""
    return "".join(filter(str.isprintable, name)).translate(_ESCAPED)

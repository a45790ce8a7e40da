"""python-telegram-bot's way to the network, on the aiohttp session that the rest of the process uses."""

import io
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import IO, Any

import aiohttp
from telegram.request import BaseRequest, RequestData

from bot.faults import TELEGRAM, fault_of
from bot.metrics import status_label
from bot.outgoing.moving import LIMITS, Limits
from bot.outgoing.session import Sent, Session, read_at_most
from bot.telegram.answers import NoAnswerError, read_answer

Seconds = Any  # a float, None for no limit, or the library's own sentinel for "not said"
DEFAULT_TIMEOUT = 20.0
LARGEST_ANSWER = 4 * 1024 * 1024  # bytes; the answer to a call is one message, or less


class AiohttpRequest(BaseRequest):
    """Carries Bot API calls; `observe(method, status)` is told of every answer, for the metrics.

    The token is part of every address, so nothing raised here repeats what aiohttp says.
    """

    def __init__(self, session: Session, observe: Callable[[str, str], None], limits: Limits = LIMITS) -> None:
        self._session = session
        self._limits = limits
        self._observe = observe

    @property
    def read_timeout(self) -> float | None:
        return DEFAULT_TIMEOUT

    async def initialize(self) -> None:
        """Do nothing: the session belongs to its maker."""

    async def shutdown(self) -> None:
        """Do nothing: the session belongs to its maker."""

    async def do_request(  # noqa: PLR0913, PLR0917 - the library's signature
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Seconds = None,
        write_timeout: Seconds = None,
        connect_timeout: Seconds = None,  # noqa: ARG002 - the session's connector decides
        pool_timeout: Seconds = None,  # noqa: ARG002
    ) -> tuple[int, bytes]:
        name = url.rpartition("/")[2]
        limit = sum(_given(timeout) for timeout in (read_timeout, write_timeout)) or DEFAULT_TIMEOUT
        try:
            async with self._asked(method, url, request_data, limit) as answer:
                payload = await read_at_most(answer, LARGEST_ANSWER)
        except (aiohttp.ClientError, OSError) as error:
            self._observe(name, "timeout" if isinstance(error, TimeoutError) else type(error).__name__)
            raise NoAnswerError(fault_of(error, TELEGRAM)) from None
        self._observe(name, status_label(answer.status))
        status, reduced = read_answer(name, answer.status, payload)
        return status, json.dumps(reduced).encode()

    @asynccontextmanager
    async def _asked(
        self, method: str, url: str, data: RequestData | None, limit: float
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        """Ask within so many seconds. What has files in it may take as long as it moves."""
        body = _body(data)
        if data is None or not isinstance(body, aiohttp.FormData):
            timeout = aiohttp.ClientTimeout(total=limit)
            async with self._session.request(method, url, data=body, timeout=timeout) as answer:
                yield answer
            return
        sent = Sent(body, sum(_size(content) for _, content, _ in data.multipart_data.values()))
        async with self._session.transfer(method, url, self._limits, sent=sent) as (answer, _):
            yield answer


def _given(timeout: Seconds) -> float:
    return float(timeout) if isinstance(timeout, int | float) else 0.0


def _body(data: RequestData | None) -> aiohttp.FormData | dict[str, str] | None:
    if data is None or not data.parameters:
        return None
    if not data.contains_files:
        return dict(data.json_parameters)
    form = aiohttp.FormData(quote_fields=False)
    for name, value in data.json_parameters.items():
        form.add_field(name, value)
    for name, (file_name, content, content_type) in data.multipart_data.items():
        # As a file it is sent piece by piece, and nothing waits until a large one has left whole.
        file = io.BytesIO(content) if isinstance(content, bytes) else content
        form.add_field(name, file, filename=file_name, content_type=content_type)
    return form


def _size(content: bytes | IO[bytes]) -> int:
    """Return the bytes of a file that has not been read yet."""
    if isinstance(content, bytes):
        return len(content)
    size = content.seek(0, io.SEEK_END)
    content.seek(0)
    return size

"""Calls of the Bot API that are made for recordings: each is one request, and of its answer little is read.

The library builds its objects for each call and for its answer, which takes five times as long as the request itself.
So it makes only the calls that are rare. Both kinds read answers here, and what was refused is raised as its errors.
"""

import io
import json
import mimetypes
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp

from bot.faults import TELEGRAM, fault_of
from bot.metrics import Metrics, status_label
from bot.outgoing.forms import FilePart, form
from bot.outgoing.moving import LIMITS, Limits
from bot.outgoing.session import Sent, Session, read_at_most
from bot.telegram.answers import NoAnswerError, read_answer, refused
from bot.text.layout import Document

SECONDS = 20.0  # for a call, from its first byte to that of the answer
LARGEST_ANSWER = 4 * 1024 * 1024  # bytes; the answer to a call is one message, or less
DOCUMENT = "document"  # the part of a request in which the document is
PHOTO = "photo"

Observe = Callable[[str, str], None]


def counting(metrics: Metrics) -> Observe:
    """Return what counts the answers to calls, by method and status."""
    return lambda method, status: metrics.telegram.labels(method, status).inc()


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture to send, as a PNG."""

    content: bytes
    file_name: str = "picture.png"


class Calls:
    """Makes calls; `observe(method, status)` is told of every answer. Files are at `file_url`.

    The token is part of every address, so nothing raised here repeats what aiohttp says.
    """

    def __init__(self, api_url: str, token: str, session: Session, observe: Observe, limits: Limits = LIMITS) -> None:
        self.file_url = f"{api_url}/file/bot{token}"
        self._url = f"{api_url}/bot{token}"
        self._session = session
        self._observe = observe
        self._limits = limits

    async def make(
        self,
        method: str,
        parameters: Mapping[str, Any],
        *,
        document: Document | Picture | None = None,
        seconds: float = SECONDS,
    ) -> Any:
        """Make a call and return its result as `answers` reads it. Parameters that are None are left out.

        Without a document it must be answered within so many seconds, and with one it may take as long as it moves.
        """
        given = {name: value for name, value in parameters.items() if value is not None}
        url = f"{self._url}/{method}"
        asking = self._asked(url, given, seconds) if document is None else self._sent(url, given, document)
        status, answer = await exchanged(method, asking, self._observe)
        if not answer["ok"]:
            raise refused(status, answer)
        return answer["result"]

    def _asked(
        self, url: str, given: Mapping[str, Any], seconds: float
    ) -> AbstractAsyncContextManager[aiohttp.ClientResponse]:
        return self._session.request("POST", url, json=given, timeout=aiohttp.ClientTimeout(total=seconds))

    @asynccontextmanager
    async def _sent(
        self, url: str, given: Mapping[str, Any], document: Document | Picture
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        texts = {name: value if isinstance(value, str) else json.dumps(value) for name, value in given.items()}
        content_type, _ = mimetypes.guess_type(document.file_name)
        field = PHOTO if isinstance(document, Picture) else DOCUMENT
        part = FilePart(field, document.file_name, content_type or "application/octet-stream")
        size = len(document.content)
        sent = Sent(form(texts, part, io.BytesIO(document.content), size), size)
        async with self._session.transfer("POST", url, self._limits, sent=sent) as (answer, _):
            yield answer


async def exchanged(
    method: str, asking: AbstractAsyncContextManager[aiohttp.ClientResponse], observe: Observe
) -> tuple[int, dict[str, Any]]:
    """Make a request, and return the status and what is read of the answer, which may be a refusal."""
    try:
        async with asking as answer:
            payload = await read_at_most(answer, LARGEST_ANSWER)
    except (aiohttp.ClientError, OSError) as error:
        observe(method, "timeout" if isinstance(error, TimeoutError) else type(error).__name__)
        raise NoAnswerError(fault_of(error, TELEGRAM)) from None
    observe(method, status_label(answer.status))
    return read_answer(method, answer.status, payload)

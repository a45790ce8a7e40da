"""python-telegram-bot's way to the network, on the aiohttp session that the rest of the process uses."""

import json
from typing import Any

import aiohttp
from telegram.request import BaseRequest, RequestData

from bot.outgoing.session import Session
from bot.telegram.calls import SECONDS, Observe, exchanged

Seconds = Any  # a float, None for no limit, or the library's own sentinel for "not said"


class AiohttpRequest(BaseRequest):
    """Carries the library's calls, none of which has a file; `observe(method, status)` is told of every answer."""

    def __init__(self, session: Session, observe: Observe) -> None:
        self._session = session
        self._observe = observe

    @property
    def read_timeout(self) -> float | None:
        return SECONDS

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
        timeout = aiohttp.ClientTimeout(total=_given(read_timeout) + _given(write_timeout) or SECONDS)
        body = dict(request_data.json_parameters) if request_data and request_data.parameters else None
        asking = self._session.request(method, url, data=body, timeout=timeout)
        status, answer = await exchanged(url.rpartition("/")[2], asking, self._observe)
        return status, json.dumps(answer).encode()


def _given(timeout: Seconds) -> float:
    return float(timeout) if isinstance(timeout, int | float) else 0.0

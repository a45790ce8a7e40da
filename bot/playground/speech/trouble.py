"""Trouble on demand: faults in the answers of the server, and callbacks around their effects."""

import asyncio
import inspect
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

from aiohttp import web

Moment = Literal["before", "after"]

EVERYTHING = "*"
CUT = 0  # what `answer` tells as the status of a connection that was cut without an answer


@dataclass(slots=True, eq=False)
class Fault:
    """One way in which an operation goes wrong, `times` times (None: until healed)."""

    operation: str
    status: int | None
    body: dict[str, Any] | str | None
    headers: Mapping[str, str]
    times: int | None
    drop: bool
    half: bool
    after_effect: bool
    delay: float | None

    @property
    def replaces_the_answer(self) -> bool:
        return self.status is not None or self.body is not None

    @property
    def needs_the_effect(self) -> bool:
        """A late answer, or half of the true one, can only be given once there is one."""
        return self.after_effect or not (self.replaces_the_answer or self.drop)


@dataclass(slots=True, eq=False)
class Watcher:
    operation: str
    callback: Callable[[], object]
    moment: Moment
    times: int | None


Limited = TypeVar("Limited", Fault, Watcher)


class Trouble:
    """What goes wrong, and who looks on, at the operations of one fake server."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []
        self._watchers: list[Watcher] = []

    def fault(
        self,
        operation: str,
        *,
        status: int | None = None,
        body: dict[str, Any] | str | None = None,
        headers: Mapping[str, str] | None = None,
        times: int | None = 1,
        drop: bool = False,
        half: bool = False,
        after_effect: bool = False,
        delay: float | None = None,
    ) -> Fault:
        """Let the next `times` answers of `operation` ("*": of every one) go wrong; faults queue up.

        `status` and `body` replace the answer: a str body is sent as HTML, and 500 is meant when nothing
        is said. `drop` cuts the connection instead of answering, `half` cuts it in the middle of the body,
        `delay` holds the answer back for so many seconds. The request has no effect, unless `after_effect`
        is set or the true answer is to be sent after all (`half` or `delay` on their own).
        """
        if status is None and body is None and not drop and not half and delay is None:
            status = 500
        fault = Fault(operation, status, body, dict(headers or {}), times, drop, half, after_effect, delay)
        self.faults.append(fault)
        return fault

    def heal(self, fault: Fault | None = None) -> None:
        """Take one fault away, or all of them; one that is spent is gone already."""
        self.faults = [one for one in self.faults if fault is not None and one is not fault]

    def watch(
        self,
        operation: str,
        callback: Callable[[], object],
        moment: Moment = "before",
        times: int | None = 1,
    ) -> None:
        """Call `callback`, awaiting what it returns, before an operation has its effect, or after it.

        "after" lies between the effect and the answer; an operation that was refused has had no effect.
        """
        self._watchers.append(Watcher(operation, callback, moment, times))

    async def answer(
        self,
        operation: str,
        request: web.Request,
        effect: Callable[[], Awaitable[web.Response]],
        refusal: Callable[[int], web.Response],
    ) -> tuple[web.StreamResponse, int]:
        """The answer to give, after all trouble meant for it, and the status the caller will see.

        `refusal(status)` is the server's own answer for a fault that names nothing but a status.
        """
        await self._tell(operation, "before")
        fault = self._next_fault(operation)
        if fault is None:
            response = await self._carry_out(operation, effect)
            return response, response.status
        if fault.needs_the_effect:
            response = await self._carry_out(operation, effect)
        else:
            await request.read()  # a cut with unread bytes would be a reset instead of an end
            response = web.Response()
        return await _spoil(fault, request, response, refusal)

    async def _carry_out(self, operation: str, effect: Callable[[], Awaitable[web.Response]]) -> web.Response:
        response = await effect()
        if response.status < 400:
            await self._tell(operation, "after")
        return response

    def _next_fault(self, operation: str) -> Fault | None:
        fault = next((one for one in self.faults if one.operation in (operation, EVERYTHING)), None)
        if fault is not None:
            _spend(fault, self.faults)
        return fault

    async def _tell(self, operation: str, moment: Moment) -> None:
        called = [one for one in self._watchers if one.moment == moment and one.operation in (operation, EVERYTHING)]
        for watcher in called:
            _spend(watcher, self._watchers)
        for watcher in called:
            told = watcher.callback()
            if inspect.isawaitable(told):
                await told


def _spend(one: Limited, among: list[Limited]) -> None:
    if one.times is not None:
        one.times -= 1
        if one.times <= 0:
            among.remove(one)


async def _spoil(
    fault: Fault, request: web.Request, response: web.Response, refusal: Callable[[int], web.Response]
) -> tuple[web.StreamResponse, int]:
    if fault.delay is not None:
        await asyncio.sleep(fault.delay)
    if request.transport is None:  # whoever asked has gone meanwhile
        return response, CUT
    if fault.drop:
        request.transport.abort()
        return response, CUT
    if fault.replaces_the_answer:
        response = _replacement(fault, refusal)
    response.headers.update(fault.headers)
    if fault.half:
        return await _send_half(request, request.transport, response), response.status
    return response, response.status


def _replacement(fault: Fault, refusal: Callable[[int], web.Response]) -> web.Response:
    status = 200 if fault.status is None else fault.status
    if fault.body is None:
        return refusal(status)
    if isinstance(fault.body, str):
        return web.Response(status=status, text=fault.body, content_type="text/html")
    return web.json_response(fault.body, status=status)


async def _send_half(request: web.Request, transport: asyncio.Transport, whole: web.Response) -> web.StreamResponse:
    body = whole.body if isinstance(whole.body, bytes) else b""
    half = web.StreamResponse(status=whole.status, headers=whole.headers)
    half.content_length = len(body)
    await half.prepare(request)
    await half.write(body[: len(body) // 2])
    transport.close()
    return half

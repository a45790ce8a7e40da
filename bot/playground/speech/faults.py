"""Faults in the answers of the AI/ML API, and callbacks before and after the effects of its operations."""

import asyncio
import inspect
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

from aiohttp import web

Moment = Literal["before", "after"]

EVERYTHING = "*"
CUT = 0  # the status that `answer` returns for a connection that was cut without an answer


@dataclass(slots=True, eq=False)
class Fault:
    """One way in which an operation fails, `times` times; None: until it is cleared."""

    operation: str
    status: int | None
    body: dict[str, Any] | str | None
    headers: Mapping[str, str]
    times: int | None
    drop: bool
    half: bool
    after_effect: bool
    delay: float | None
    generation: str | None = None

    def concerns(self, operation: str, request: web.Request) -> bool:
        is_asked = self.operation in (operation, EVERYTHING)
        return is_asked and self.generation in (None, request.match_info.get("generation_id"))

    @property
    def replaces_answer(self) -> bool:
        return self.status is not None or self.body is not None

    @property
    def needs_effect(self) -> bool:
        """Say whether the operation is carried out first, as a late or halved answer needs a true one."""
        return self.after_effect or not (self.replaces_answer or self.drop)


@dataclass(slots=True, eq=False)
class Watcher:
    operation: str
    callback: Callable[[], object]
    moment: Moment
    times: int | None


Limited = TypeVar("Limited", Fault, Watcher)


class Faults:
    """The faults and the watchers of one server's operations; faults happen in the order in which they were added."""

    def __init__(self) -> None:
        self.queued: list[Fault] = []
        self._watchers: list[Watcher] = []

    def add(  # noqa: PLR0913 - one option a kind of fault
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
        generation: str | None = None,
    ) -> Fault:
        """Make the next `times` calls of `operation` ("*": of any) fail.

        `status` and `body` replace the answer; a str body is sent as HTML. `drop` cuts the connection instead of
        answering. `half` cuts it in the middle of the body. `delay` postpones the answer by so many seconds.
        `generation` names the only one that it happens to. Without
        any of these the status is 500. The request has no effect, unless `after_effect` is set or the true answer is
        still sent (`half` or `delay` alone).
        """
        if status is None and body is None and not drop and not half and delay is None:
            status = 500
        fault = Fault(operation, status, body, dict(headers or {}), times, drop, half, after_effect, delay, generation)
        self.queued.append(fault)
        return fault

    def clear(self, fault: Fault | None = None) -> None:
        """Remove one fault, or all of them. A fault whose `times` are used up has been removed already."""
        self.queued = [one for one in self.queued if fault is not None and one is not fault]

    def watch(
        self,
        operation: str,
        callback: Callable[[], object],
        moment: Moment = "before",
        times: int | None = 1,
    ) -> None:
        """Call `callback` before the operation takes effect or after it, and await what it returns.

        "after" means between the effect and the answer. A refused operation has no effect, so nothing is called then.
        """
        self._watchers.append(Watcher(operation, callback, moment, times))

    async def answer(
        self,
        operation: str,
        request: web.Request,
        effect: Callable[[], Awaitable[web.Response]],
        refusal: Callable[[int], web.Response],
    ) -> tuple[web.StreamResponse, int]:
        """Return the answer, changed by the next fault if there is one, and the status that the caller will see.

        `effect` carries the request out. `refusal(status)` is the answer for a fault that has a status and no body.
        """
        await self._call_watchers(operation, "before")
        fault = self._take(operation, request)
        if fault is None:
            response = await self._carry_out(operation, effect)
            return response, response.status
        if fault.needs_effect:
            response = await self._carry_out(operation, effect)
        else:
            await request.read()  # with unread bytes the client would see a reset instead of an end
            response = web.Response()
        return await _answer_with(fault, request, response, refusal)

    async def _carry_out(self, operation: str, effect: Callable[[], Awaitable[web.Response]]) -> web.Response:
        response = await effect()
        if response.status < 400:
            await self._call_watchers(operation, "after")
        return response

    def _take(self, operation: str, request: web.Request) -> Fault | None:
        fault = next((one for one in self.queued if one.concerns(operation, request)), None)
        if fault is not None:
            _spend(fault, self.queued)
        return fault

    async def _call_watchers(self, operation: str, moment: Moment) -> None:
        called = [one for one in self._watchers if one.moment == moment and one.operation in (operation, EVERYTHING)]
        for watcher in called:
            _spend(watcher, self._watchers)
        for watcher in called:
            returned = watcher.callback()
            if inspect.isawaitable(returned):
                await returned


def _spend(one: Limited, among: list[Limited]) -> None:
    if one.times is not None:
        one.times -= 1
        if one.times <= 0:
            among.remove(one)


async def _answer_with(
    fault: Fault, request: web.Request, response: web.Response, refusal: Callable[[int], web.Response]
) -> tuple[web.StreamResponse, int]:
    if fault.delay is not None:
        await asyncio.sleep(fault.delay)
    if request.transport is None:  # the client has disconnected
        return response, CUT
    if fault.drop:
        request.transport.abort()
        return response, CUT
    if fault.replaces_answer:
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

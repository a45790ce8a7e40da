"""The HTTP side: tokens, routing, parameters, faults, and answers in the form of the Bot API."""

import inspect
import re
from typing import Any

from aiohttp import web

from bot.playground.guard import bot_guard
from bot.playground.telegram.faults import FILE, Fault, Faults
from bot.playground.telegram.methods import METHODS, Method
from bot.playground.telegram.pace import Pace
from bot.playground.telegram.parameters import Parameters, read_parameters
from bot.playground.telegram.refusal import RefusedError, not_found, unauthorized
from bot.playground.telegram.state import CUT, Call, State

_TOKEN = re.compile(r"\d+:[\w-]+", re.ASCII)


class Server:
    """The HTTP server. It notifies of every call and of its end."""

    def __init__(self, state: State) -> None:
        self.state = state
        self.faults = Faults()
        self.pace: Pace | None = None

    def application(self) -> web.Application:
        application = web.Application(client_max_size=64 * 1024 * 1024, middlewares=[bot_guard])
        application.router.add_route("*", "/bot{token}/{method}", self._serve_method)
        application.router.add_get("/file/bot{token}/{path:.+}", self._serve_file)
        application.router.add_route("*", "/{anything:.*}", _serve_nothing)
        return application

    async def _serve_method(self, request: web.Request) -> web.StreamResponse:
        try:
            self._check_token(request.match_info["token"])
            method = self._find(request.match_info["method"])
            parameters = await read_parameters(request)
        except RefusedError as refusal:
            return _answer(refusal.status, refusal.answer())
        call = Call(method.name, parameters.readable(), self.state.clock())
        self.state.calls.append(call)
        self.state.notifier.notify()
        try:
            return await self._answer_call(request, method, parameters, call)
        finally:
            self._end(call)

    async def _answer_call(
        self, request: web.Request, method: Method, parameters: Parameters, call: Call
    ) -> web.StreamResponse:
        await self.faults.call_watchers(method.name, "before", call)
        fault = self.faults.take(method.name, call.params.get("chat_id"))
        if fault is not None and not fault.after_effect:
            return _fail(request, fault, call)
        status, answer = await self._carry_out(method, parameters)
        await self.faults.call_watchers(method.name, "after", call)
        if fault is not None:
            return _fail(request, fault, call)
        if request.transport is not None:
            call.status, call.answer = status, answer
        return _answer(status, answer)

    async def _carry_out(self, method: Method, parameters: Parameters) -> tuple[int, dict[str, Any]]:
        try:
            result = await self._result(method, parameters)
        except RefusedError as refusal:
            return refusal.status, refusal.answer()
        finally:
            self._complain(method, parameters)
            self.state.notifier.notify()
        return 200, {"ok": True, "result": result}

    async def _result(self, method: Method, parameters: Parameters) -> Any:
        if self.state.logged_out:
            raise RefusedError(400, "Logged out")
        if self.pace is not None and method.paced:
            self.pace.admit(parameters.integer("chat_id"), is_new=method.is_new)
        result = method.handler(self.state, parameters)
        return await result if inspect.isawaitable(result) else result

    def _complain(self, method: Method, parameters: Parameters) -> None:
        """Record the mistakes of a call that the real server silently ignores."""
        unknown = parameters.texts.keys() - method.parameters
        unused = parameters.uploads.keys() - parameters.used - method.parameters
        complaints = [f"unknown parameter {name!r}" for name in sorted(unknown)]
        complaints += [f"unused file {name!r}" for name in sorted(unused)]
        self.state.violations += [f"{method.name}: {one}" for one in complaints + parameters.complaints]

    def _check_token(self, token: str) -> None:
        if token == self.state.token:
            return
        raise unauthorized() if _TOKEN.fullmatch(token) else not_found()

    def _find(self, name: str) -> Method:
        method = METHODS.get(name.lower())
        if method is None:
            self.state.violations.append(f"{name}: the playground does not know this method")
            raise not_found()
        return method

    def _end(self, call: Call) -> None:
        call.status = CUT if call.status is None else call.status
        self.state.notifier.notify()

    async def _serve_file(self, request: web.Request) -> web.StreamResponse:
        call = Call(FILE, {"file_path": request.match_info["path"]}, self.state.clock())
        self.state.calls.append(call)
        self.state.notifier.notify()
        try:
            return await self._answer_file(request, call)
        finally:
            self._end(call)

    async def _answer_file(self, request: web.Request, call: Call) -> web.StreamResponse:
        await self.faults.call_watchers(FILE, "before", call)
        fault = self.faults.take(FILE, None)
        if fault is not None and not fault.after_effect:
            return _fail(request, fault, call)
        try:
            self._check_token(request.match_info["token"])
            data = self._followed(request.match_info["path"])
        except RefusedError as refusal:
            call.status = refusal.status
            return _answer(refusal.status, refusal.answer())
        call.status = 200
        if fault is not None:
            return await _send_half(request, data)
        await self.faults.call_watchers(FILE, "after", call)
        return web.Response(body=data, content_type="application/octet-stream")

    def _followed(self, path: str) -> bytes:
        file = self.state.files.follow(path)
        if file is None:
            raise not_found()
        return file.data


async def _serve_nothing(_: web.Request) -> web.StreamResponse:
    refusal = not_found()
    return _answer(refusal.status, refusal.answer())


def _answer(status: int, answer: dict[str, Any]) -> web.Response:
    headers = {}
    if retry_after := answer.get("parameters", {}).get("retry_after"):
        headers["Retry-After"] = str(retry_after)
    return web.json_response(answer, status=status, headers=headers)


def _fail(request: web.Request, fault: Fault, call: Call) -> web.StreamResponse:
    if fault.drop:
        return _cut(request)
    call.status = fault.status
    answer = fault.answer()
    if isinstance(answer, str):
        return web.Response(status=fault.status, text=answer, content_type="text/html")
    call.answer = answer
    return _answer(fault.status, answer)


def _cut(request: web.Request) -> web.Response:
    """Close the connection; the returned response is not sent."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


async def _send_half(request: web.Request, data: bytes) -> web.StreamResponse:
    """Send half of a file and close the connection, although Content-Length is that of the whole file."""
    response = web.StreamResponse(headers={"Content-Length": str(len(data))})
    await response.prepare(request)
    await response.write(data[: len(data) // 2])
    _cut(request)
    return response

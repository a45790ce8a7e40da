"""Caddy with the project's Caddyfile, in front of a server that stands for a replica."""

import asyncio
import re
import socket
from collections.abc import AsyncIterator
from io import BytesIO
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from tests.process import Command
from tests.unit.project.checkout import text
from tests.unit.project.deploying import tool

HEADER, SECRET = "X-Telegram-Bot-Api-Secret-Token", "a-secret-of-somebody"


class Replica:
    """Writes down what it is asked for."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, str | None]] = []

    async def answer(self, request: web.Request) -> web.Response:
        self.asked.append((request.method, request.path, request.headers.get(HEADER)))
        body = await request.text()
        if body == "drop":
            assert request.transport is not None
            request.transport.abort()
        return web.Response(status=503, headers={"Retry-After": "7"}) if body == "out of order" else web.Response()


@pytest.fixture
async def replica() -> AsyncIterator[tuple[Replica, int]]:
    found = Replica()
    application = web.Application(client_max_size=2**30)
    application.router.add_route("*", "/{path:.*}", found.answer)
    async with TestServer(application, host="127.0.0.1") as server:
        assert server.port is not None
        yield found, server.port


@pytest.fixture
async def caddy(replica: tuple[Replica, int], refusing_port: int, tmp_path: Path) -> AsyncIterator[tuple[str, Command]]:
    """Its address and the process. It finds two replicas, of which one does not listen."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{free.getsockname()[1]}"
    own = text("deploy/caddy/Caddyfile")
    config, replaced = re.subn(
        r"dynamic a \{.*?\}", f"to 127.0.0.1:{refusing_port} 127.0.0.1:{replica[1]}", own, flags=re.DOTALL
    )
    assert replaced == 1
    (tmp_path / "Caddyfile").write_text(config)
    process = await asyncio.create_subprocess_exec(
        *(tool("caddy"), "run", "--config", "Caddyfile", "--adapter", "caddyfile"),
        cwd=tmp_path,
        env={"DOMAIN": address, "HOME": str(tmp_path)},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        start_new_session=True,
    )
    command = Command(process)
    try:
        await command.says("serving initial configuration")
        yield address, command
    finally:
        await command.kill()


async def sent(address: str, method: str, path: str, body: bytes = b"{}") -> tuple[int, str | None]:
    async with (
        aiohttp.ClientSession() as session,
        session.request(method, f"{address}{path}", data=BytesIO(body), headers={HEADER: SECRET}) as answer,
    ):
        return answer.status, answer.headers.get("Retry-After")


async def test_updates_reach_a_replica_and_its_answer_comes_back(replica, caddy):
    assert await sent(caddy[0], "POST", "/telegram") == (200, None)
    assert await sent(caddy[0], "POST", "/telegram", b"out of order") == (503, "7")
    assert await sent(caddy[0], "POST", "/telegram", b"x" * 900_000) == (200, None)
    assert replica[0].asked == [("POST", "/telegram", SECRET)] * 3


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/telegram"),
        ("POST", "/telegram/more"),
        ("POST", "/"),
        ("GET", "/healthz"),
        ("GET", "/metrics"),
        ("POST", "/metrics"),
        ("POST", "/telegram/../metrics"),
    ],
)
async def test_nothing_else_reaches_a_replica(replica, caddy, method, path):
    assert await sent(caddy[0], method, path) == (404, None)
    assert replica[0].asked == []


async def test_a_replica_that_does_not_listen_is_passed_over(replica, caddy):
    assert {await sent(caddy[0], "POST", "/telegram") for _ in range(4)} == {(200, None)}
    assert len(replica[0].asked) == 4


async def test_an_update_that_is_too_large_is_refused(caddy):
    assert await sent(caddy[0], "POST", "/telegram", b"x" * 1_100_000) == (413, None)


async def test_a_request_that_fails_is_logged_without_the_secret(caddy):
    address, command = caddy
    assert await sent(address, "POST", "/telegram", b"drop") == (502, None)
    await command.says('"status":502')
    assert HEADER not in command.output
    assert SECRET not in command.output

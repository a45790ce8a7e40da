"""No answer of a server can hurt: not its size, not its address, not its form, and not what it says."""

import asyncio
import gzip
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import cache

import psutil
import pytest
from aiohttp import web

from bot.sizes import MEGABYTE
from tests.api import Api
from tests.crash.scene import Scene
from tests.front import Front
from tests.proxy import RecordingProxy

UNPACKED = 1500 * MEGABYTE
MOST_MEMORY = 60 * MEGABYTE  # more than before, while a bomb goes off
SAMPLE_SECONDS = 0.005
ORDERS = "\x1b[2J\x1b]0;title\x07\x9b31m\u202e\u2028"


@pytest.fixture
async def front(scene: Scene) -> AsyncIterator[Front]:
    """A server between the bot and Telegram."""
    async with Front(scene.telegram.url).serving() as front:
        scene.environment["TELEGRAM_API_URL"] = front.url
        yield front


@pytest.fixture
async def provider(scene: Scene) -> AsyncIterator[Front]:
    """A server between the bot and the provider."""
    async with Front(scene.speech.url).serving() as provider:
        scene.environment["AIMLAPI_URL"] = provider.url
        yield provider


@cache
def bomb() -> bytes:
    part = 100 * MEGABYTE
    return gzip.compress(b" " * part, compresslevel=9) * (UNPACKED // part)


async def explode(_request: web.Request) -> web.Response:
    return web.Response(body=bomb(), headers={"Content-Encoding": "gzip"})


def saying(status: int, body: object) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def say(_request: web.Request) -> web.Response:
        return web.json_response(body, status=status)  # which writes NaN and Infinity as they are read

    return say


async def settled(scene: Scene) -> None:
    """The bot is up and has nothing to do."""
    await scene.start()
    await scene.until(lambda: scene.telegram.calls_of("getUpdates"))


def resident(process: psutil.Process) -> int:
    return int(process.memory_info().rss)


@pytest.mark.parametrize("where", ["getUpdates", "sendMessage", "editMessageText", "getFile", "/file/", "stt/"])
async def test_an_answer_that_unfolds_to_gigabytes_costs_little_memory(
    scene: Scene, front: Front, provider: Front, where: str
) -> None:
    assert len(bomb()) < 2 * MEGABYTE
    await settled(scene)
    (bot, *_) = scene.life.tree()
    before = most = resident(bot)
    (provider if where == "stt/" else front).replace(where, explode)
    voice = scene.voice()
    done = asyncio.create_task(scene.until_stored(1, "state = 'delivered'"))
    while not done.done():
        most = max(most, resident(bot))
        await asyncio.wait({done}, timeout=SAMPLE_SECONDS)
    await done
    assert front.replaced + provider.replaced == 1
    assert most - before < MOST_MEMORY
    if where == "/file/":  # a recording that is too big
        assert scene.uploads(voice) == 0
    else:
        await scene.see(scene.chat, voice.text)
    assert await scene.life.stop() == 0


@pytest.mark.parametrize(
    ("where", "status"),
    [("getMe", 302), ("getUpdates", 307), ("sendMessage", 307), ("editMessageText", 308), ("/file/", 301)],
)
async def test_nothing_goes_where_a_redirect_points(scene: Scene, front: Front, where: str, status: int) -> None:
    elsewhere = Api(saying(200, {"ok": True, "result": {"message_id": 1}}))
    async with elsewhere.serving():

        async def redirect(request: web.Request) -> web.Response:
            return web.Response(status=status, headers={"Location": elsewhere.url + request.path.lstrip("/")})

        front.replace(where, redirect)
        voice = scene.voice()
        await scene.start()
        await scene.see(scene.chat, voice.text)
        assert front.replaced == 1
        assert elsewhere.requests == []
    await scene.finish()
    assert "redirect, which is not followed" in scene.life.output


@pytest.mark.parametrize("path", ["/proc/self/environ", "/proc/self/pagemap", "/etc/passwd"])
async def test_no_file_of_this_machine_is_read_because_a_server_names_it(scene: Scene, front: Front, path: str) -> None:
    front.replace("getFile", saying(200, {"ok": True, "result": {"file_path": path}}), times=99)
    scene.voice()
    await scene.start(MAX_FILE_MB="1")
    await scene.until_stored(1, "state = 'delivered'")
    assert scene.speech.uploads == []
    assert "TELEGRAM_LOCAL_FILES" in scene.life.output
    assert await scene.life.stop() == 0


async def test_patience_below_nothing_keeps_nobody_waiting(scene: Scene, front: Front, provider: Front) -> None:
    refusal = {"ok": False, "error_code": 429, "parameters": {"retry_after": -5}, "retry_after": -5}
    for server, where in (
        (front, "getUpdates"),
        (front, "sendMessage"),
        (front, "editMessageText"),
        (provider, "stt/"),
    ):
        server.replace(where, saying(429, refusal))
    voice = scene.voice()
    await scene.start()
    await scene.see(scene.chat, voice.text)
    await scene.finish()


@pytest.mark.parametrize("asked", [99999999, 1e300, float("inf"), 10**400])
async def test_no_patience_is_longer_than_an_hour(scene: Scene, front: Front, asked: float) -> None:
    refusal = {"ok": False, "error_code": 429, "parameters": {"retry_after": asked}}
    front.replace("getUpdates", saying(429, refusal))
    await scene.start(LOG_FORMAT="json")
    await scene.life.says("receiver.failed")
    (line,) = [json.loads(line) for line in scene.life.output.splitlines() if "receiver.failed" in line]
    assert line["again_in"] == 3600
    assert await scene.life.stop() == 0


async def test_what_a_provider_says_gives_no_orders_to_a_terminal(scene: Scene, provider: Front) -> None:
    provider.replace("stt/create", saying(200, {"generation_id": "gen-1"}))
    provider.replace("stt/gen-1", saying(200, {"status": "error", "error": {"name": "no\x1b[2J\x9b31m\u202ename"}}))
    voice = scene.voice()
    await scene.start(LOG_FORMAT="console")
    await scene.see(scene.chat, voice.text)
    assert await scene.life.stop() == 0
    assert "generation.failed" in scene.life.output
    assert scene.life.output.replace("\n", "").isprintable()


async def test_a_check_says_nothing_that_a_terminal_obeys(scene: Scene, provider: Front) -> None:
    provider.replace("billing", saying(500, {"message": f"no{ORDERS}balance"}))
    check = await scene.start("check")
    assert await check.wait() == 1
    assert "balance" in check.output
    assert check.output.replace("\n", "").isprintable()


@pytest.mark.parametrize("name", ["HTTP_PROXY", "ALL_PROXY", "http_proxy"])
async def test_the_proxy_of_the_environment_is_used_for_both_servers(scene: Scene, name: str) -> None:
    async with RecordingProxy().serving() as proxy:
        way = {name: f"http://user:proxy-password@{proxy.address}"}
        check = await scene.start("check", **way)
        assert await check.wait() == 0
        assert f"telegram: through the proxy http://{proxy.address}" in check.output
        assert f"aimlapi: through the proxy http://{proxy.address}" in check.output
        voice = scene.voice()
        await scene.start(**way)
        await scene.see(scene.chat, voice.text)
        await scene.finish()
        for server in (scene.telegram, scene.speech):
            assert any(server.url in line for line in proxy.asked)
        assert any("/file/" in line for line in proxy.asked)
        assert any("/getUpdates" in line for line in proxy.asked)
        assert all("proxy-password" not in life.output for life in scene.lives)


async def test_a_proxy_of_its_own_is_used_for_one_server(scene: Scene) -> None:
    async with RecordingProxy().serving() as proxy:
        voice = scene.voice()
        await scene.start(AIMLAPI_PROXY=proxy.address, HTTP_PROXY="127.0.0.1:1", NO_PROXY="127.0.0.1")
        await scene.see(scene.chat, voice.text)
        await scene.finish()
        assert proxy.asked
        assert all(scene.speech.url in line for line in proxy.asked)

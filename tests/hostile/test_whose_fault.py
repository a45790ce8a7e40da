"""Whose fault it is, as the real process tells it: to the operator by name and number, to the user in a sentence."""

import json
import re
import shutil
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack

import pytest
from aiohttp import web

from storage.apology import Notice
from tests.crash.scene import Scene
from tests.english import ENGLISH
from tests.front import Front
from tests.patience import promised

CLASS_NAME = re.compile(r"[a-z]Error\b|Exception|Traceback")


@pytest.fixture
def silent_port() -> Iterator[int]:
    """A port whose server never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@pytest.fixture
def black_hole() -> Iterator[int]:
    """A port at which every packet is dropped, as its queue of connections is full."""
    with ExitStack() as stack:
        server = stack.enter_context(socket.socket())
        server.bind(("127.0.0.1", 0))
        server.listen(0)
        for _ in range(4):
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(server.getsockname())
        yield server.getsockname()[1]


@pytest.fixture
async def front(scene: Scene) -> AsyncIterator[Front]:
    """A server between the bot and Telegram."""
    async with Front(scene.telegram.url).serving() as front:
        scene.environment["TELEGRAM_API_URL"] = front.url
        yield front


async def checked(scene: Scene, **changes: str) -> list[str]:
    """What a check says that finds no network; it takes no longer than is promised."""
    async with promised(10.0):
        check = await scene.start("check", **changes)
        assert await check.wait() == 1
    assert not CLASS_NAME.search(check.output)
    return check.output.splitlines()


def about(lines: list[str], label: str) -> str:
    (line,) = [line for line in lines if line.startswith(f"{label}: ") and "through the proxy" not in line]
    return line


async def test_a_check_names_who_refuses_connections(scene: Scene, refusing_port: int) -> None:
    url = f"http://127.0.0.1:{refusing_port}"
    lines = await checked(scene, TELEGRAM_API_URL=url, AIMLAPI_URL=url)
    refuses = "refuses connections: ECONNREFUSED (111, Connection refused); is its server up, and its address right?"
    assert about(lines, "telegram") == f"telegram: Telegram at 127.0.0.1 cannot be used: Telegram {refuses}"
    named = "the speech service"
    assert about(lines, "aimlapi") == f"aimlapi: {named} at 127.0.0.1 cannot be used: balance: {named} {refuses}"


async def test_a_check_names_a_host_that_cannot_be_looked_up(scene: Scene) -> None:
    nowhere = "http://nonexistent.invalid"
    lines = await checked(scene, TELEGRAM_API_URL=nowhere, AIMLAPI_URL=nowhere)
    for label in ("telegram", "aimlapi"):
        line = about(lines, label)
        assert "this machine cannot look up the name nonexistent.invalid (EAI_" in line
        assert "check its network and its DNS" in line


async def test_a_check_names_a_proxy_that_is_down(scene: Scene, refusing_port: int) -> None:
    lines = await checked(scene, HTTP_PROXY=f"http://user:proxy-password@127.0.0.1:{refusing_port}")
    for label in ("telegram", "aimlapi"):
        assert f"its proxy 127.0.0.1:{refusing_port} takes no connection, ECONNREFUSED (111" in about(lines, label)
        assert "check the proxy and the setting that names it" in about(lines, label)
    assert "proxy-password" not in str(lines)


async def test_a_check_does_not_wait_long_for_silence(scene: Scene, silent_port: int, black_hole: int) -> None:
    changes = {"TELEGRAM_API_URL": f"http://127.0.0.1:{silent_port}", "AIMLAPI_URL": f"http://127.0.0.1:{black_hole}"}
    lines = await checked(scene, **changes)
    late = "at 127.0.0.1 does not answer within 5 s; check the network, the firewall and whether a proxy is needed"
    assert about(lines, "telegram") == f"telegram: Telegram {late}"
    assert about(lines, "aimlapi") == f"aimlapi: the speech service {late}"


def told(scene: Scene) -> list[tuple[str, str]]:
    """The side and the words of every failed step."""
    lines = [json.loads(line) for line in scene.life.output.splitlines() if '"step.failed"' in line]
    return [(line["side"], line["error"]) for line in lines]


@pytest.mark.parametrize(
    ("status", "words"),
    [(502, "Telegram answered 502 (Bad Gateway)"), (504, "Telegram answered 504 (Gateway Timeout)")],
)
async def test_a_file_that_is_not_handed_over_is_telegrams_fault(scene: Scene, status: int, words: str) -> None:
    scene.telegram.fault("getFile", status, body="<html>", times=2)
    voice = scene.voice()
    await scene.start(LOG_FORMAT="json")
    await scene.see(scene.chat, ENGLISH.waiting.placeholder(Notice.TELEGRAM))
    await scene.see(scene.chat, voice.text)
    assert told(scene) == [("Telegram", words)] * 2
    await scene.finish()


async def test_a_folder_that_is_gone_is_this_machines_fault(scene: Scene) -> None:
    await scene.start(LOG_FORMAT="json")
    await scene.until(lambda: scene.telegram.calls_of("getUpdates"))
    await scene.life.says("ffmpeg.chosen")
    (folder,) = scene.temporary.iterdir()
    shutil.rmtree(folder)
    folder.write_text("somebody's file")
    voice = scene.voice()
    await scene.see(scene.chat, ENGLISH.waiting.placeholder(Notice.MACHINE))
    folder.unlink()
    await scene.see(scene.chat, voice.text)
    assert set(told(scene)) == {("this machine", "this machine, while working: EEXIST (17, File exists)")}
    assert "step.bug" not in scene.life.output
    await scene.finish()


async def test_a_local_server_whose_folder_is_not_mounted_is_told_with_the_setting(scene: Scene, front: Front) -> None:
    folder = scene.folder / "server"

    async def locally(_request: web.Request) -> web.Response:
        return web.json_response({"ok": True, "result": {"file_path": f"{folder}/voice/file_0.oga"}})

    front.replace("getFile", locally, times=2)
    voice = scene.voice()
    await scene.start(LOG_FORMAT="json", TELEGRAM_LOCAL_FILES=str(folder))
    await scene.see(scene.chat, ENGLISH.waiting.placeholder(Notice.MACHINE))
    await scene.see(scene.chat, voice.text)
    for side, words in told(scene):
        assert side == "this machine"
        assert f"TELEGRAM_LOCAL_FILES, which is {folder}, is no folder that this program sees" in words
        assert "ENOENT (2, No such file or directory)" in words
    await scene.finish()


async def test_a_download_that_breaks_off_costs_no_attempt(scene: Scene) -> None:
    scene.telegram.fault("file", after_effect=True)
    voice = scene.voice()
    await scene.start(LOG_FORMAT="json")
    await scene.see(scene.chat, voice.text)
    assert "download.broken" in scene.life.output
    assert told(scene) == []
    await scene.finish()

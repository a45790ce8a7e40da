"""The process cannot be worn down: not by its health port, not by large answers, and it ends when it has said so."""

import asyncio
import json
import re
import resource
import socket
import sys
from contextlib import ExitStack, asynccontextmanager, suppress
from pathlib import Path

import aiohttp
import pytest

from tests.crash.scene import says
from tests.english import ENGLISH
from tests.patience import Stopwatch, again_and_again, patiently, promised
from tests.world import audio, other_voice

DESCRIPTORS = 1_024  # that a process may have open, unless it asks for more
IDLE = 1_100
BEGINNINGS = b"OggS" * 2_500_000  # of pages, none of which is one
CLAIMED = (400 * 48_000).to_bytes(8, "little")  # samples, so that the length of the sound fits that of the file
LARGE_ANSWERS = 8
MOST_GROWTH = 110  # megabytes, of which a large answer takes 60 while it is parsed
BUSY = "while True: pass"


@pytest.fixture(autouse=True)
def descriptors():
    """The test holds as many connections as the bot."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 8_192), hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


async def health_port(scene, **environment):
    await scene.start(HTTP_PORT="0", LOG_FORMAT="json", **environment)
    await scene.life.says('"event": "telegram.ready"')
    resource.prlimit(scene.life.tree()[0].pid, resource.RLIMIT_NOFILE, (DESCRIPTORS, DESCRIPTORS))
    (port,) = re.findall(r'"port": (\d+)', scene.life.output)
    return int(port)


async def health(port, path="/healthz"):
    """The status, and after how many seconds it came."""
    watch = Stopwatch()
    async with aiohttp.ClientSession() as session, session.get(f"http://127.0.0.1:{port}{path}") as answer:
        await answer.read()
    watch.look()
    return answer.status, watch.seconds


async def test_many_idle_connections_to_the_health_port_stop_neither_it_nor_the_jobs(scene):
    port = await health_port(scene)
    with ExitStack() as held:
        for _ in range(IDLE):
            idle = held.enter_context(socket.socket())
            idle.setblocking(False)
            await patiently(asyncio.get_running_loop().sock_connect(idle, ("127.0.0.1", port)))
        voice = scene.voice()
        await scene.see(voice.chat, voice.text)
        status, seconds = await patiently(health(port))
        assert status == 200
        assert seconds < 1
    await scene.finish()


async def test_a_slow_request_to_the_health_port_is_cut_off(scene):
    port = await health_port(scene)
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"GET /healthz HTTP/1.1\r\nHost: here\r\n")

    def go_on():
        writer.write(b"X-Slow: yes\r\n")

    with again_and_again(go_on, 0.5), suppress(ConnectionResetError):
        assert await patiently(reader.read()) == b""
    writer.close()
    assert (await patiently(health(port)))[0] == 200


def answered(text):
    """The provider's answer that has this text."""
    return json.dumps({"status": "completed", "result": {"text": text}}, ensure_ascii=False)


def peak_megabytes(scene):
    """The most memory that the process ever had."""
    status = Path(f"/proc/{scene.life.tree()[0].pid}/status").read_text("utf-8")
    return int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]) / 1024


async def test_many_large_answers_at_once_take_hardly_more_memory_than_one(scene):
    await scene.start()
    await scene.life.says("telegram.ready")
    before = peak_megabytes(scene)
    scene.speech.fault("fetch", status=200, body=answered("word " * 3_000_000), times=LARGE_ANSWERS)
    for _ in range(LARGE_ANSWERS):
        person = scene.telegram.user("Somebody")
        scene.telegram.private(person).send_voice(person, other_voice())
    await scene.until_stored(LARGE_ANSWERS, "state = 'delivered'")
    assert peak_megabytes(scene) - before < MOST_GROWTH


async def test_millions_of_invisible_characters_keep_nobody_waiting(scene):
    port = await health_port(scene)
    scene.speech.fault("fetch", status=200, body=answered("\u200d" * 5_000_000), times=1)
    scene.chat.send_voice(scene.alice, other_voice())
    slowest = 0.0
    while not scene.rows("SELECT id FROM jobs WHERE state = 'delivered'"):
        slowest = max(slowest, (await patiently(health(port)))[1])
    assert slowest < 1
    assert says(scene.chat, ENGLISH.answers.no_speech()) == 1


@asynccontextmanager
async def busy_machine():
    """Twice as many processes as processors want each of them."""
    loops = [await asyncio.create_subprocess_exec(sys.executable, "-c", BUSY) for _ in range(4)]
    try:
        yield
    finally:
        for each in loops:
            each.kill()
            await each.wait()


async def stop_quickly(scene):
    """Stop the process, which must be gone soon after its last line."""
    stopping = asyncio.create_task(scene.life.stop())
    await scene.life.says("stopped")
    async with promised(2, scene.life.describe):
        assert await stopping == 0


@pytest.mark.usefixtures("by_command_line")
async def test_the_process_is_gone_soon_after_its_last_line_even_on_a_busy_machine(scene):
    await scene.start()
    for _ in range(10):
        scene.voice()
    await scene.until_stored(10, "state = 'delivered'")
    async with busy_machine():
        await stop_quickly(scene)


def slow_to_count():
    """A voice note in which a page might begin anywhere."""
    voice = audio()
    last = voice[voice.rindex(b"OggS") :]
    return voice + BEGINNINGS + last[:6] + CLAIMED + last[14:]


@pytest.mark.usefixtures("by_command_line")
async def test_the_process_is_gone_soon_after_its_last_line_while_a_recording_is_still_counted(scene):
    downloaded = asyncio.Event()
    scene.telegram.watch("file", downloaded.set, "after")
    await scene.start()
    scene.chat.send_voice(scene.alice, slow_to_count())
    await patiently(downloaded.wait())
    voice = scene.voice(scene.telegram.private(scene.telegram.user("Somebody else")))
    await scene.see(voice.chat, voice.text)
    await stop_quickly(scene)

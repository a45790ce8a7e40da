"""The playground for a bot of one's own: both servers and the page, at the ports that were asked for."""

import re
import signal
import subprocess
from pathlib import Path

import aiohttp

from tests.demo.occupied import taken
from tests.demo.visit import Visit
from tests.process import Command
from tests.world import audio

GUESSED = ("123456:PLAYGROUND", "playground-key")


def address(playground, server):
    (found,) = re.findall(rf"^The {server} is at (\S+), for the ", playground.output, re.MULTILINE)
    return found


def pasted(playground):
    """What a shell has in its environment after the lines were pasted into it."""
    lines = [line for line in playground.output.splitlines() if line.startswith("export ")]
    shell = subprocess.run(
        ["sh"], input="\n".join([*lines, "env -0"]), env={}, capture_output=True, text=True, check=True
    )
    return dict(entry.split("=", 1) for entry in shell.stdout.split("\0") if entry[:2] != "_=" and "=" in entry)


async def transcribed(session, speech, key):
    """What a bot would do with a recording; the words."""
    headers = {"Authorization": f"Bearer {key}", "User-Agent": "a bot of one's own"}
    form = aiohttp.FormData({"model": "#g1_nova-2-general"})
    form.add_field("audio", audio(), filename="voice.ogg", content_type="audio/ogg")
    async with session.post(f"{speech}/stt/create", data=form, headers=headers) as answer:
        generation_id = (await answer.json())["generation_id"]
    while True:
        async with session.get(f"{speech}/stt/{generation_id}", headers=headers) as answer:
            told = await answer.json()
        if told["status"] == "completed":
            return told["result"]["results"]["channels"][0]["alternatives"][0]["transcript"]


async def test_a_bot_of_ones_own_talks_to_it(execute, temporary):
    playground = await execute("playground", "--port", "0", "--telegram-port", "0", "--speech-port", "0")
    async with Visit.at(await playground.is_up()) as visit:
        assert visit.stream.state["process"] is None
        settings = pasted(playground)
        token, key = settings["TELEGRAM_BOT_TOKEN"], settings["AIMLAPI_KEY"]
        api = f"{settings['TELEGRAM_API_URL']}/bot{token}"
        await visit.hears("good morning")
        words = await transcribed(visit.session, settings["AIMLAPI_URL"], key)
        async with visit.session.post(f"{api}/sendMessage", data={"chat_id": visit.chat, "text": words}) as answer:
            assert answer.status == 200
        assert await visit.reads("good morning") == "good morning"
        webhook = {"url": "http://127.0.0.1:1/hook"}
        async with visit.session.post(f"{api}/setWebhook", data=webhook) as answer:
            assert answer.status == 200
        shown = str(await visit.state())
        assert token not in shown
        assert key not in shown
    assert settings["TELEGRAM_API_URL"] == address(playground, "Bot API")
    assert settings["AIMLAPI_URL"] == address(playground, "AI/ML API")
    assert f"for the token {token}." in playground.output
    assert f"for the key {key}." in playground.output
    assert await playground.leave(signal.SIGINT) == (0, [])
    assert list(temporary.iterdir()) == []


async def test_without_a_word_about_them_token_and_key_are_those_of_this_playground_alone(start):
    seen = []
    for _ in range(2):
        playground = await start("playground", "--port", "0", "--telegram-port", "0", "--speech-port", "0")
        await playground.is_up()
        settings = pasted(playground)
        seen += [settings["TELEGRAM_BOT_TOKEN"], settings["AIMLAPI_KEY"]]
        async with aiohttp.ClientSession() as session:
            async with session.get(f"{settings['TELEGRAM_API_URL']}/bot{GUESSED[0]}/getMe") as answer:
                assert answer.status == 401
            headers = {"Authorization": f"Bearer {GUESSED[1]}"}
            async with session.get(f"{settings['AIMLAPI_URL']}/billing/balance", headers=headers) as answer:
                assert answer.status == 401
        assert await playground.leave(signal.SIGTERM) == (0, [])
    assert len(set(seen)) == len(seen)
    assert all(re.fullmatch(r"\d{8,10}:[\w-]{35}", token) for token in seen[::2])
    assert all(re.fullmatch(r"[\w-]{32}", key) for key in seen[1::2])


async def test_this_bot_runs_with_the_lines_as_its_dot_env(start, folder):
    playground = await start("playground", "--port", "0", "--telegram-port", "0", "--speech-port", "0")
    url = await playground.is_up()
    lines = [line for line in playground.output.splitlines() if line.startswith("export ")]
    (folder / ".env").write_text("\n".join(lines))
    async with Visit.at(url) as visit:
        await visit.hears("good morning")
        bot = await Command.start(["run"], {}, folder)
        try:
            await visit.speak()
            assert await visit.reads("good morning") == "good morning"
        finally:
            await bot.stop()
    assert await playground.leave(signal.SIGTERM) == (0, [])


async def test_a_token_or_a_key_that_is_strange_to_a_shell_is_pasted_as_it_is(start):
    ports = ("--port", "0", "--telegram-port", "0", "--speech-port", "0")
    playground = await start("playground", *ports, "--token", "7:$HOME 'x'", "--key", "a b;c")
    await playground.is_up()
    settings = pasted(playground)
    assert (settings["TELEGRAM_BOT_TOKEN"], settings["AIMLAPI_KEY"]) == ("7:$HOME 'x'", "a b;c")


async def test_ports_token_and_key_are_those_that_were_asked_for(start, unused_tcp_port_factory):
    page, telegram, speech = (str(unused_tcp_port_factory()) for _ in range(3))
    ports = ("--port", page, "--telegram-port", telegram, "--speech-port", speech)
    playground = await start("playground", *ports, "--token", "7:mine", "--key", "my-key")
    assert await playground.is_up() == f"http://127.0.0.1:{page}/"
    assert address(playground, "Bot API") == f"http://127.0.0.1:{telegram}"
    assert address(playground, "AI/ML API") == f"http://127.0.0.1:{speech}/v1"
    async with aiohttp.ClientSession() as session:
        async with session.get(f"http://127.0.0.1:{telegram}/bot7:mine/getMe") as answer:
            assert (await answer.json())["result"]["id"] == 7
        headers = {"Authorization": "Bearer my-key"}
        async with session.get(f"http://127.0.0.1:{speech}/v1/billing/balance", headers=headers) as answer:
            assert answer.status == 200


async def test_usual_ports_that_are_taken_are_replaced(start):
    with taken(8100, 8101, 8102):
        playground = await start("playground", PLAYGROUND_WHISPER="base")
        url = await playground.is_up()
    no_whisper, *replaced = playground.output.splitlines()[:4]
    assert no_whisper.startswith("PLAYGROUND_WHISPER=base has no effect")
    assert replaced == [f"Port {port} is taken; another one is used." for port in (8101, 8102, 8100)]
    async with Visit.at(url) as visit:
        assert visit.stream.state["speech"]["real"] is False
    assert await playground.leave(signal.SIGTERM) == (0, [])


async def test_an_asked_port_that_is_taken_ends_the_command(start, unused_tcp_port):
    with taken(unused_tcp_port):
        playground = await start("playground", "--telegram-port", "0", "--speech-port", str(unused_tcp_port))
        assert await playground.wait() == 1
    (sentence,) = playground.output.splitlines()
    assert sentence.startswith(f"Port {unused_tcp_port} cannot be listened on: ")


async def test_where_nobody_could_hear_it_is_said_how_to_get_ears(execute, tmp_path):
    """As on a Python for which there is no pocketsphinx."""
    hiding = tmp_path / "hiding"
    hiding.mkdir()
    (hiding / "sitecustomize.py").write_text("import sys\nsys.modules['pocketsphinx'] = None\n")
    ways = f"{hiding}:{Path(__file__).parents[2]}"
    for command in (("demo", "--selftest"), ("playground",)):
        deaf = await execute(*command, PYTHONPATH=ways)
        assert await deaf.wait() == 1
        (sentence,) = deaf.output.splitlines()
        assert sentence.startswith("pocketsphinx is not installed")

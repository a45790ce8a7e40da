"""The demo as somebody at a terminal has it: started, used, and ended."""

import asyncio
import shlex
import signal
import sys
from socket import create_server

import aiohttp
import psutil
import pytest

from bot.playground.samples import SAMPLES
from bot.playground.speech import FakeSpeech
from bot.sizes import MEGABYTE
from tests.demo.occupied import taken
from tests.demo.visit import Visit
from tests.patience import patience, promised

MOST_MEMORY = 400 * MEGABYTE
USABLE_SECONDS = 5.0
LOOK_SECONDS = 0.5
SIGNALS = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]


async def test_what_is_said_in_a_sample_stands_in_the_chat(execute):
    async with promised(USABLE_SECONDS):
        demo = await execute("demo", "--no-browser", "--port", "0")
        async with aiohttp.ClientSession(await demo.is_up()) as session, session.get("/") as page:
            assert page.status == 200
    async with Visit.at(demo.url) as visit:
        await visit.speak()
        reading = asyncio.create_task(visit.reads("bread"))
        peak = await demo.peak(reading, lambda process: process.memory_info().rss)
        assert SAMPLES[0].text in (await reading).lower()
        await visit.stream.sees("log", lambda line: line["event"] == "telegram.ready")
        await visit.stream.menu()
        check_state(await visit.state())
    assert len(demo.output.splitlines()) == 1
    assert 0 < peak < MOST_MEMORY, f"{peak / MEGABYTE:.0f} MB"


def check_state(state):
    """Of a demo in which the bot has done something: who is there, what is seen, and no secret."""
    assert [person["first_name"] for person in state["people"]] == ["Alex", "Sam"]
    assert [(chat["type"], chat["bot"]) for chat in state["chats"]] == [
        ("private", "member"),
        ("supergroup", "administrator"),
    ]
    assert [topic["name"] for topic in state["chats"][1]["topics"]] == ["Plans", "Photos"]
    assert {call["server"] for call in state["calls"]} == {"telegram", "speech"}
    assert (state["process"]["state"], state["process"]["lives"], state["process"]["note"]) == ("running", 1, "")
    assert f"{state['bot']['id']}:" not in str(state)


async def test_a_bot_killed_in_the_middle_comes_back_and_pays_only_once(demo):
    async with Visit.at(demo.url) as visit:
        await visit.hears("good morning", latency=2)
        await visit.speak()
        await visit.sees_call("GET /v1/stt/")  # from here on it knows what it has paid for
        killed = await visit.ask("POST", "/sim/process/kill")
        assert killed["state"] == "restarting"
        assert await visit.reads("good morning")
        await visit.stream.sees("process", lambda process: process["state"] == "running" and process["lives"] == 2)
        assert await visit.uploads() == 1
        pids = {process["pid"] for process in visit.stream.all("process")} - {None}
        assert len(pids) >= 2


async def test_one_request_kills_the_bot_in_the_middle_of_a_note(demo):
    async with Visit.at(demo.url) as visit:
        await visit.stream.sees("process", lambda process: process["state"] == "running")
        where = {"chat": visit.chat, "from": visit.chat}
        killed = await visit.ask("POST", "/sim/process/kill-in-the-middle", where)
        assert killed["process"]["note"] == "Killed with kill -9."
        (_, placeholder) = (await visit.ask("GET", f"/sim/chats/{visit.chat}"))["messages"]
        assert placeholder["text"] == "Transcribing…"
        assert await visit.reads("bread") == SAMPLES[0].text
        await visit.stream.sees("log", lambda line: line["event"] == "job.ended")
        assert await visit.uploads() == 1
        lines = [line for line in (await visit.state())["log"] if line["job"] == killed["job"]]
        assert [line["event"] for line in lines if line["level"] == "info"] == [
            *("job.accepted", "job.submitted", "job.ready", "job.ended")
        ]
        assert (await visit.state())["process"]["lives"] == 2


@pytest.mark.parametrize("number", SIGNALS)
async def test_a_demo_told_to_end_as_soon_as_it_is_up_leaves_nothing_behind(demo, temporary, number):
    assert await demo.leave(number) == (0, [])
    assert list(temporary.iterdir()) == []


@pytest.mark.parametrize("number", SIGNALS[:2])
async def test_a_demo_told_to_end_in_the_middle_of_everything_leaves_nothing_behind(demo, temporary, number):
    async with Visit.at(demo.url) as visit:
        await visit.speak(SAMPLES[-1])
        await visit.sees_call("POST /v1/stt/create")  # from here on it is listened to
        waiting = asyncio.create_task(visit.reads("nothing of this kind"))
        await visit.stream.sees("process", lambda process: process["state"] == "running")
        assert len(demo.tree()) > 1
        assert await demo.leave(number) == (0, [])
        await visit.stream.until(lambda: visit.stream.ended)
        assert isinstance((await asyncio.gather(waiting, return_exceptions=True))[0], OSError)
    assert list(temporary.iterdir()) == []
    assert len(demo.output.splitlines()) == 1


async def test_a_browser_is_opened_where_there_is_a_screen(start, tmp_path):
    program = tmp_path / "browser.py"
    program.write_text(
        "import sys, urllib.request\n"
        'body = b\'{"first_name": "Browser"}\'\n'
        "urllib.request.urlopen(urllib.request.Request(sys.argv[1] + 'sim/people', body)).read()\n"
    )
    command = shlex.join([sys.executable, "-I", "-S", str(program), "%s"])
    demo = await start("demo", "--port", "0", DISPLAY=":0", BROWSER=command)
    async with Visit.at(await demo.is_up()) as visit:

        def came(people):
            return any(person["first_name"] == "Browser" for person in people)

        if not came(visit.stream.state["people"]):
            await visit.stream.sees("people", came)
    assert await demo.leave(signal.SIGTERM) == (0, [])


async def test_an_asked_port_that_is_taken_ends_the_command(start, temporary):
    with create_server(("127.0.0.1", 0)) as occupant:
        port = occupant.getsockname()[1]
        demo = await start("demo", "--no-browser", "--port", str(port))
        assert await demo.wait() == 1
    (sentence,) = demo.output.splitlines()
    assert sentence.startswith(f"Port {port} cannot be listened on: ")
    assert list(temporary.iterdir()) == []


async def test_a_usual_port_that_is_taken_is_replaced_and_settings_change_nothing(start, folder):
    """Neither those of the environment nor those of a .env where the demo is started."""
    settings = {
        "TELEGRAM_BOT_TOKEN": "1:nobody",
        "TELEGRAM_API_URL": "http://127.0.0.1:1",
        "DATABASE_URL": f"sqlite:///{folder / 'mine.db'}",
        "ALLOWED_CHATS": "1",
        "HTTP_PORT": "nonsense",
        "AIMLAPI_URL": "http://127.0.0.1:1/v1",
    }
    lines = [f"{name}={value}" for name, value in (settings | {"AIMLAPI_KEY": "mine"}).items()]
    (folder / ".env").write_text("\n".join(lines))
    with taken(8100):
        demo = await start("demo", "--no-browser", PLAYGROUND_WHISPER="base", **settings)
        url = await demo.is_up()
    assert url != "http://127.0.0.1:8100/"
    no_whisper, another_port, _ = demo.output.splitlines()
    assert no_whisper == "PLAYGROUND_WHISPER=base has no effect: faster-whisper is not installed."
    assert another_port == "Port 8100 is taken; another one is used."
    async with Visit.at(url) as visit:
        assert visit.stream.state["speech"]["real"] is False
        await visit.hears("good morning")
        await visit.speak()
        await visit.reads("good morning")
    assert await demo.leave(signal.SIGTERM) == (0, [])
    assert [file.name for file in folder.iterdir()] == [".env"]


async def test_with_a_key_the_real_provider_hears_and_nobody_sees_the_key(start):
    key = "a-key-that-costs"
    async with FakeSpeech(key) as speech:
        speech.latency = 0
        speech.says("said by the real one")
        demo = await start("demo", "--no-browser", "--port", "0", AIMLAPI_KEY=key, AIMLAPI_URL=speech.url)
        async with Visit.at(await demo.is_up()) as visit:
            await visit.speak()
            await visit.reads("said by the real one")
            state = await visit.state()
            shown = [str(state), str(visit.stream.told), demo.output]
        assert await demo.leave(signal.SIGTERM) == (0, [])
        assert len(speech.uploads) == 1
        assert speech.violations == []
    assert demo.output.startswith("AIMLAPI_KEY is set, so the real AI/ML API hears, and every recording costs.\n")
    assert state["speech"] == {"engine": "the real AI/ML API", "real": True, "says": None}
    assert [fault["name"] for fault in state["faults"]] == ["telegram-429"]
    assert {call["server"] for call in state["calls"]} == {"telegram"}
    assert not any(key in one for one in shown)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere nobody is told of a parent's death")
async def test_a_demo_that_is_killed_takes_its_bot_along(execute):
    demo = await execute("demo", "--no-browser", "--port", "0")
    async with Visit.at(await demo.is_up()) as visit:
        await visit.hears("good morning")
        await visit.speak()
        await visit.reads("good morning")
        await visit.until_logged("ffmpeg.chosen")  # it is tried out after a start, by processes that end
    whole, *children = demo.tree()
    assert len(children) == 1
    whole.kill()
    async with patience(5):
        while children:
            _, children = await asyncio.to_thread(psutil.wait_procs, children, LOOK_SECONDS)

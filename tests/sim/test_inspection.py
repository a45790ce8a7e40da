"""Inspecting: the state in its documented shapes, a chat, the calls, what was careless."""

import aiohttp
import pytest

from bot.playground.samples import SAMPLES
from tests.sim.process import TalkingProcess
from tests.sim.sim_client import open_sim
from tests.world import audio


async def test_the_state_is_everything_there_is(sim):
    group = sim.telegram.supergroup("Hikers", owner=sim.alice, topics=True, bot_admin=True)
    thread = group.topic("Plans")
    sim.chat.say(sim.alice, "hello")
    state = await sim.get("/sim/state")
    alice = {"id": 1001, "first_name": "Alice", "username": "alice", "is_bot": False, "language_code": "en"}
    assert state["bot"] == {"id": 123456, "first_name": "Verbatim", "username": "verbatim_bot", "is_bot": True}
    assert state["people"] == [alice]
    private, hikers = state["chats"]
    assert {name: private[name] for name in private.keys() - {"messages", "permissions"}} == {
        "id": 1001,
        "type": "private",
        "title": "Alice",
        "members": [1001],
        "admins": [],
        "menus": {"1001": []},
        "topics": [],
        "bot": "member",
        "privacy": True,
        "typing": False,
    }
    assert [message["text"] for message in private["messages"]] == ["hello"]
    assert hikers["topics"] == [{"id": thread, "name": "Plans"}]
    assert (hikers["type"], hikers["title"], hikers["bot"]) == ("supergroup", "Hikers", "administrator")
    assert (hikers["admins"], state["privacy"]) == ([1001], True)
    assert state["process"] is None
    assert state["calls"] == []
    assert state["log"] == []
    assert state["speech"] == {"engine": "script", "real": False, "says": None, "latency": 2.0, "credits": 1000.0}
    assert [fault["name"] for fault in state["faults"]] == [
        "telegram-429",
        "provider-down",
        "no-credits",
        "slow",
    ]
    assert all(fault["on"] is False and fault["ends_at"] is None for fault in state["faults"])


async def test_the_state_shows_the_process_and_what_it_logged():
    process = TalkingProcess()
    async with open_sim(process=process) as sim:
        line = process.says("job.submitted")
        state = await sim.get("/sim/state")
    assert state["process"] == {"state": "running", "pid": 4711, "lives": 1, "note": ""}
    assert state["log"] == [line]


async def test_everybody_has_a_menu_in_their_language(sim):
    otto = sim.telegram.user("Otto", language_code="de")
    sim.telegram.group("Hikers", members=[sim.alice, otto])
    begin, los = {"command": "start", "description": "Begin"}, {"command": "los", "description": "Anfangen"}
    await sim.bot("setMyCommands", commands=[begin])
    await sim.bot("setMyCommands", commands=[los], language_code="de")
    private, hikers = (await sim.get("/sim/state"))["chats"]
    assert private["menus"] == {"1001": [begin]}
    assert hikers["menus"] == {"1001": [begin], str(otto.id): [los]}


async def test_every_sample_can_be_had_where_the_state_says(sim):
    shown = (await sim.get("/sim/state"))["samples"]
    assert [one["name"] for one in shown] == [sample.name for sample in SAMPLES]
    for one, sample in zip(shown, SAMPLES, strict=True):
        assert one == {"name": sample.name, "title": sample.title, "url": one["url"], "seconds": sample.seconds}
        assert (await sim.ask("GET", one["url"])).content == sample.path.read_bytes()


async def test_a_chat_comes_with_its_messages_and_their_reactions(sim):
    message = sim.chat.say(sim.alice, "hello")
    await sim.bot(
        "setMessageReaction",
        chat_id=sim.chat.id,
        message_id=message["message_id"],
        reaction=[{"type": "emoji", "emoji": "👍"}],
    )
    chat = await sim.get(f"/sim/chats/{sim.chat.id}")
    assert chat["messages"] == [message | {"reactions": [{"by": 123456, "emoji": "👍"}]}]
    assert await sim.get(f"/sim/chats/{sim.chat.id}/messages") == chat["messages"]


async def test_the_calls_of_both_servers_stand_in_their_order(sim):
    await sim.bot_says("one moment")
    sim.clock.pass_(1)
    await sim.upload(audio())
    sim.clock.pass_(1)
    await sim.bot("getFile", file_id="nonsense")
    sent, created, refused = await sim.get("/sim/calls")
    assert (sent["server"], sent["name"], sent["status"]) == ("telegram", "sendMessage", 200)
    assert sent["asked"] == {"chat_id": 1001, "text": "one moment"}
    assert sent["answered"]["result"]["text"] == "one moment"
    assert (created["server"], created["name"], created["status"]) == ("speech", "POST /v1/stt/create", 200)
    assert created["asked"] == {
        "model": "#g1_nova-2-general",
        "audio": {"name": "voice.ogg", "type": "audio/ogg", "bytes": len(audio())},
    }
    assert created["answered"].keys() >= {"generation_id"}
    assert (refused["status"], refused["answered"]["ok"]) == (400, False)
    assert sent["at"] < created["at"] < refused["at"]
    assert len({call["number"] for call in (sent, created, refused)}) == 3


async def test_a_call_that_is_under_way_has_no_status(sim):
    shown = []

    async def look() -> None:
        shown.extend(await sim.get("/sim/calls"))

    sim.telegram.watch("getMe", look)
    await sim.bot("getMe")
    assert [(call["name"], call["status"], call["answered"]) for call in shown] == [("getMe", None, None)]


async def test_answers_that_are_no_json_are_shown_as_they_are(sim):
    sim.speech.fault("balance", status=502, body="<h1>Bad gateway</h1>")
    sim.speech.fault("create", drop=True)
    await sim.provider("GET", "/billing/balance")
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await sim.upload(audio())
    broken, dropped = await sim.get("/sim/calls")
    assert (broken["status"], broken["answered"]) == (502, "<h1>Bad gateway</h1>")
    assert (dropped["status"], dropped["answered"]) == (0, None)


async def test_only_the_latest_500_calls_are_shown(sim):
    for number in range(260):
        sim.clock.pass_(1)
        await sim.bot("getMe", number=number)
        await sim.provider("GET", f"/stt/{number}")
    calls = await sim.get("/sim/calls")
    assert len(calls) == 500
    assert calls == sorted(calls, key=lambda call: call["at"])
    assert calls[-1]["name"] == "GET /v1/stt/259"
    assert len((await sim.get("/sim/state"))["calls"]) == 500


async def test_what_no_careful_client_does_is_told(sim):
    assert await sim.get("/sim/violations") == {"telegram": [], "speech": []}
    await sim.bot("getMe", colour="blue")
    await sim.ask("GET", sim.speech.url + "/billing/balance", headers={"User-Agent": ""})
    told = await sim.get("/sim/violations")
    assert told["telegram"] == ["getMe: unknown parameter 'colour'"]
    assert len(told["speech"]) == 1


@pytest.mark.parametrize("path", ["/sim/chats/4711", "/sim/chats/-4711", "/sim/chats/4711/messages"])
async def test_a_chat_that_is_not_there_is_not_found(sim, path):
    status, sentence = (await sim.ask("GET", path)).refusal
    assert status == 404
    assert sentence.startswith("There is no chat ")


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/sim", 404),
        ("GET", "/sim/nothing", 404),
        ("GET", "/sim/chats/alice", 404),
        ("GET", "/sim/chats/9999999999999999999", 404),
        ("PUT", "/sim/state", 405),
        ("GET", "/sim/people", 405),
    ],
)
async def test_what_the_api_does_not_know_is_refused_in_json_too(sim, method, path, status):
    assert (await sim.ask(method, path)).refusal[0] == status


async def test_every_playground_has_a_name_of_its_own_so_that_a_page_knows_a_new_one(sim):
    first, second = await sim.get("/sim/state"), await sim.get("/sim/state")
    assert first["run"] == second["run"]
    async with open_sim() as other:
        assert (await other.get("/sim/state"))["run"] != first["run"]

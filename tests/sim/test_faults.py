"""Faults to order, what is heard, and the death of the bot."""

from urllib.parse import quote

import aiohttp
import pytest

from bot.playground.sim import Provider
from bot.playground.speech import FakeSpeech
from bot.playground.speech.recognition import spoken
from tests.patience import until
from tests.sim.process import TalkingProcess
from tests.sim.sim_client import KEY, open_sim
from tests.world import audio


async def order(sim, server, **fault):
    assert await sim.post(f"/sim/{server}/faults", fault) == {}


async def statuses(sim, times):
    """What so many calls of sendMessage are answered with."""
    return [(await sim.bot("sendMessage", chat_id=1001, text=f"{n}")).status for n in range(times)]


async def test_a_fault_of_telegram_happens_once_unless_more_is_asked_for(sim):
    await order(sim, "telegram", method="sendMessage")
    assert await statuses(sim, 2) == [500, 200]
    await order(sim, "telegram", method="sendMessage", status=502, times=2)
    assert await statuses(sim, 3) == [502, 502, 200]


async def test_a_fault_of_telegram_may_last_until_it_is_cleared(sim):
    await order(sim, "telegram", method="*", status=503, times=None)
    assert await statuses(sim, 3) == [503, 503, 503]
    assert (await sim.bot("getMe")).status == 503
    assert (await sim.ask("DELETE", "/sim/telegram/faults")).body == {}
    assert await statuses(sim, 1) == [200]


async def test_a_fault_of_telegram_says_what_it_was_told_to(sim):
    await order(sim, "telegram", method="sendMessage", status=429, retry_after=3)
    refused = await sim.bot("sendMessage", chat_id=1001, text="hello")
    assert refused.body["parameters"] == {"retry_after": 3}
    await order(sim, "telegram", method="sendMessage", status=400, body={"ok": False, "description": "no"})
    assert (await sim.bot("sendMessage", chat_id=1001, text="hello")).body == {"ok": False, "description": "no"}
    await order(sim, "telegram", method="sendMessage", status=502, body="<h1>Bad gateway</h1>")
    assert (await sim.bot("sendMessage", chat_id=1001, text="hello")).content == b"<h1>Bad gateway</h1>"
    await order(sim, "telegram", method="sendMessage", status=520)
    assert (await sim.bot("sendMessage", chat_id=1001, text="hello")).status == 520


async def test_a_fault_of_telegram_may_be_meant_for_one_chat(sim):
    bob = sim.telegram.private(sim.telegram.user("Bob"))
    await order(sim, "telegram", method="sendMessage", status=403, chat_id=bob.id)
    assert await statuses(sim, 1) == [200]
    assert (await sim.bot("sendMessage", chat_id=bob.id, text="hello")).status == 403


async def test_a_fault_of_telegram_may_come_after_its_effect_or_cut_the_connection(sim):
    await order(sim, "telegram", method="sendMessage", after_effect=True)
    assert await statuses(sim, 1) == [500]
    assert len(sim.chat.bot_messages) == 1
    await order(sim, "telegram", method="sendMessage", drop=True)
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await sim.bot("sendMessage", chat_id=1001, text="hello")
    assert len(sim.chat.bot_messages) == 1


async def test_a_fault_of_the_provider_happens_once_unless_more_is_asked_for(sim):
    await order(sim, "speech", operation="create", status=503)
    assert [(await sim.upload(audio())).status for _ in range(2)] == [503, 200]
    await order(sim, "speech", operation="*", status=500, times=2)
    assert (await sim.provider("GET", "/billing/balance")).status == 500
    assert [(await sim.upload(audio())).status for _ in range(2)] == [500, 200]


async def test_a_fault_of_the_provider_may_last_until_it_is_cleared(sim):
    await order(sim, "speech", operation="balance", status=503, times=None)
    assert [(await sim.provider("GET", "/billing/balance")).status for _ in range(3)] == [503] * 3
    assert (await sim.ask("DELETE", "/sim/speech/faults")).body == {}
    assert (await sim.provider("GET", "/billing/balance")).status == 200


async def test_a_fault_of_the_provider_says_what_it_was_told_to(sim):
    await order(sim, "speech", operation="balance", status=418, headers={"Retry-After": "7"}, body={"tea": True})
    answer = await sim.provider("GET", "/billing/balance")
    assert (answer.status, answer.headers["Retry-After"], answer.body) == (418, "7", {"tea": True})
    await order(sim, "speech", operation="balance", delay=0.01)
    assert (await sim.provider("GET", "/billing/balance")).status == 200


async def test_a_fault_of_the_provider_may_come_after_its_effect_or_cut_the_connection(sim):
    await order(sim, "speech", operation="create", status=500, after_effect=True)
    assert (await sim.upload(audio())).status == 500
    assert len(sim.speech.uploads) == 1
    await order(sim, "speech", operation="create", drop=True)
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await sim.upload(audio())
    await order(sim, "speech", operation="create", half=True)
    with pytest.raises(aiohttp.ClientPayloadError):
        await sim.upload(audio())
    assert len(sim.speech.uploads) == 2


async def test_clearing_the_faults_leaves_the_switches_alone(sim):
    for name in ("telegram-429", "provider-down"):
        await sim.ask("PUT", f"/sim/faults/{name}", {"on": True})
    await order(sim, "telegram", method="getMe", times=None)
    await order(sim, "speech", operation="balance", times=None, status=500)
    for server in ("telegram", "speech"):
        assert (await sim.ask("DELETE", f"/sim/{server}/faults")).status == 200
    assert (await sim.bot("getMe")).status == 200
    assert await statuses(sim, 1) == [429]
    assert (await sim.provider("GET", "/billing/balance")).status == 503


async def test_the_end_of_a_switched_fault_leaves_the_others_alone(sim):
    await order(sim, "telegram", method="sendMessage", status=400, times=None)
    for on in (True, False):
        await sim.ask("PUT", "/sim/faults/telegram-429", {"on": on})
    assert await statuses(sim, 1) == [400]


@pytest.mark.parametrize(
    ("server", "body", "field"),
    [
        ("telegram", {}, "method"),
        ("telegram", {"method": "getMe", "status": 200}, "status"),
        ("telegram", {"method": "getMe", "status": "bad"}, "status"),
        ("telegram", {"method": "getMe", "times": 0}, "times"),
        ("telegram", {"method": "getMe", "retry_after": -1}, "retry_after"),
        ("telegram", {"method": "getMe", "half": True}, "half"),
        ("speech", {}, "operation"),
        ("speech", {"operation": "sing"}, "operation"),
        ("speech", {"operation": "create", "status": 99}, "status"),
        ("speech", {"operation": "create", "times": -1}, "times"),
        ("speech", {"operation": "create", "delay": -1}, "delay"),
        ("speech", {"operation": "create", "headers": "none"}, "headers"),
        ("speech", {"operation": "create", "retry_after": 3}, "retry_after"),
    ],
)
async def test_a_fault_that_cannot_be_is_refused(sim, server, body, field):
    status, sentence = (await sim.ask("POST", f"/sim/{server}/faults", body)).refusal
    assert status == 400
    assert sentence.startswith(f"{field}: ")


async def heard(sim):
    """What a new generation hears, in the words of the engine."""
    generation = sim.speech.generations[(await sim.upload(audio())).body["generation_id"]]
    return (await until(sim.speech, lambda: generation.outcome)).text


async def test_what_is_heard_can_be_said_and_taken_back(sim):
    assert await heard(sim) == "hello world"
    told = (await sim.ask("PATCH", "/sim/speech", {"says": "good morning"})).body
    assert told == {"engine": "script", "real": False, "latency": 2.0, "credits": 999.99, "says": "good morning"}
    assert await heard(sim) == "good morning"
    assert (await sim.ask("PATCH", "/sim/speech", {"says": ""})).body["says"] == ""
    assert await heard(sim) == ""
    assert (await sim.ask("PATCH", "/sim/speech", {"says": None})).body["says"] is None
    assert await heard(sim) == "hello world"


async def test_the_engine_hears_where_there_is_one():
    async def hear(data, model, options):
        return spoken(f"{len(data)} bytes for {model}")

    speech = FakeSpeech(KEY)
    provider = Provider("ears", speech, hear)
    assert (await speech.recognise(b"abc", "nova", {})).text == "3 bytes for nova"
    provider.says = "what I say"
    assert (await speech.recognise(b"abc", "nova", {})).text == "what I say"
    assert provider.as_json()["engine"] == "ears"


async def test_latency_and_credits_change_what_is_given_and_nothing_else(sim):
    await sim.ask("PATCH", "/sim/speech", {"says": "good morning"})
    assert (await sim.ask("PATCH", "/sim/speech", {"latency": 0})).body["latency"] == 0
    told = (await sim.ask("PATCH", "/sim/speech", {"credits": -3.456})).body
    assert told == {"engine": "script", "real": False, "latency": 0, "credits": -3.46, "says": "good morning"}
    assert (await sim.upload(audio())).status == 403
    assert (await sim.ask("PATCH", "/sim/speech", {})).body == told


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"latency": -1}, "latency"),
        ({"latency": "slow"}, "latency"),
        ({"latency": 3601}, "latency"),
        ({"credits": "none"}, "credits"),
        ({"says": 5}, "says"),
        ({"engine": "mine"}, "engine"),
    ],
)
async def test_what_cannot_be_changed_about_hearing_is_refused(sim, body, field):
    before = (await sim.get("/sim/state"))["speech"]
    status, sentence = (await sim.ask("PATCH", "/sim/speech", body)).refusal
    assert status == 400
    assert sentence.startswith(f"{field}: ")
    assert (await sim.get("/sim/state"))["speech"] == before


async def test_the_bot_is_killed_once():
    process = TalkingProcess()
    async with open_sim(process=process) as sim:
        killed = await sim.post("/sim/process/kill", None)
        assert killed == {"state": "restarting", "pid": None, "lives": 1, "note": "Killed with kill -9."}
        refusal = (await sim.ask("POST", "/sim/process/kill")).refusal
    assert refusal == (409, "The bot is not running at the moment.")
    assert process.kills == 1


async def test_a_bot_that_was_started_elsewhere_is_not_killed(sim):
    refusal = (await sim.ask("POST", "/sim/process/kill")).refusal
    assert refusal == (409, "The bot was not started here, so it cannot be killed from here.")


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PATCH", "/sim/speech", {"says": "good morning"}),
        ("POST", "/sim/speech/faults", {"operation": "create"}),
        ("DELETE", "/sim/speech/faults", None),
        ("PUT", "/sim/speech/links?url=https://example.com/a.mp3", None),
    ],
)
async def test_nothing_can_be_changed_about_the_real_provider(method, path, body):
    async with open_sim(real=True) as sim:
        refusal = (await sim.ask(method, path, body)).refusal
    assert refusal == (409, "The real AI/ML API hears here; nothing about it can be changed.")


async def test_a_recording_is_put_behind_an_address(sim):
    url = "https://example.com/talk.ogg?a=b"
    known = (await sim.ask("PUT", f"/sim/speech/links?url={quote(url)}", data=audio())).body
    assert url in known
    assert "https://example.com/samples/cinema.ogg" in known
    order = {"model": "#g1_nova-2-general", "language": "en", "url": url}
    assert (await sim.provider("POST", "/stt/create", body=order)).status == 200
    assert sim.speech.uploads[0].data == audio()


@pytest.mark.parametrize(
    ("query", "data"), [("", b"sound"), ("?url=", b"sound"), ("?url=https://example.com/a.mp3", b"")]
)
async def test_an_address_and_a_recording_belong_together(sim, query, data):
    status, sentence = (await sim.ask("PUT", f"/sim/speech/links{query}", data=data)).refusal
    assert status == 400
    assert "?url=" in sentence


async def test_of_the_real_provider_there_are_neither_faults_nor_calls():
    async with open_sim(real=True) as sim, sim.stream() as stream:
        await sim.bot_says("hello")
        state = await sim.get("/sim/state")
        assert state["speech"] == {"engine": "the real one", "real": True, "says": None}
        assert [fault["name"] for fault in state["faults"]] == ["telegram-429"]
        assert [call["server"] for call in state["calls"]] == ["telegram"]
        assert (await sim.ask("PUT", "/sim/faults/slow", {"on": True})).refusal[0] == 404
        assert (await sim.get("/sim/violations"))["speech"] == []
        await sim.wait_until_told(stream)
        assert {call["server"] for call in stream.all("call")} == {"telegram"}


async def test_a_fault_of_a_method_that_nobody_knows_is_refused(sim):
    refused = await sim.ask("POST", "/sim/telegram/faults", {"method": "sendHello"})
    assert refused.refusal == (404, "The playground knows no method 'sendHello'.")


async def test_a_header_cannot_break_out_of_its_line(sim):
    broken = {"operation": "create", "status": 503, "headers": {"Retry-After": "1\r\nX-Other: 2"}}
    assert (await sim.ask("POST", "/sim/speech/faults", broken)).status == 400


@pytest.mark.parametrize("number", ["Infinity", "-Infinity", "NaN", "1e999"])
async def test_a_number_that_json_does_not_know_is_refused_as_no_page_could_read_it_again(sim, number):
    body = f'{{"credits": {number}}}'.encode()
    async with sim.session.patch("/sim/speech", data=body) as answer:
        assert answer.status == 400

"""The four faults that can be switched on, as the bot sees them."""

import pytest

from bot.playground.telegram.methods import METHODS
from tests.patience import patiently, until
from tests.sim.sim_client import open_sim
from tests.world import audio

WRITES = {
    "sendMessage": {"text": "hello"},
    "sendDocument": {"document": "nonsense"},
    "sendPhoto": {"photo": "AgAC"},
    "editMessageText": {"message_id": 1, "text": "hello"},
    "editMessageCaption": {"message_id": 1, "caption": "hello"},
    "editMessageMedia": {"message_id": 1},
    "editMessageReplyMarkup": {"message_id": 1},
}


async def switch(sim, name, *, on=True):
    """How the fault looks afterwards; of the others nothing has changed."""
    before = (await sim.get("/sim/state"))["faults"]
    answer = await sim.ask("PUT", f"/sim/faults/{name}", {"on": on})
    assert answer.status == 200
    after = {fault["name"]: fault for fault in answer.body}
    assert [fault for fault in before if fault["name"] != name] == [
        fault for fault in answer.body if fault["name"] != name
    ]
    assert (await sim.get("/sim/state"))["faults"] == answer.body
    return after[name]


async def test_flood_control_refuses_every_write_and_nothing_else(sim):
    assert {method.name for method in METHODS.values() if method.paced} == WRITES.keys()
    sim.chat.say(sim.alice, "hello")
    fault = await switch(sim, "telegram-429")
    assert fault == {"name": "telegram-429", "on": True, "ends_at": sim.clock() + 10}
    for method, parameters in WRITES.items():
        refused = await sim.bot(method, chat_id=1001, **parameters)
        assert (refused.status, refused.headers["Retry-After"]) == (429, "5")
        assert refused.body == {
            "ok": False,
            "error_code": 429,
            "description": "Too Many Requests: retry after 5",
            "parameters": {"retry_after": 5},
        }
    assert (await sim.bot("getUpdates")).body["result"][0]["message"]["text"] == "hello"
    assert (await sim.bot("sendChatAction", chat_id=1001, action="typing")).status == 200
    assert await switch(sim, "telegram-429", on=False) == {"name": "telegram-429", "on": False, "ends_at": None}
    await sim.bot_says("hello")


async def test_flood_control_ends_by_itself():
    async with open_sim(flood_control_seconds=0.05) as sim:
        begun = await sim.ask("PUT", "/sim/faults/telegram-429", {"on": True})
        assert begun.body[0] == {"name": "telegram-429", "on": True, "ends_at": sim.clock() + 0.05}

        def ended():
            return sim.playground.fault_switches.as_json()[0] == {
                "name": "telegram-429",
                "on": False,
                "ends_at": None,
            }

        assert await patiently(sim.playground.notifier.wait_for(ended))
        await sim.bot_says("hello")


async def test_flood_control_switched_on_again_begins_anew():
    async with open_sim(flood_control_seconds=60) as sim:
        await switch(sim, "telegram-429")
        sim.clock.pass_(7)
        assert (await switch(sim, "telegram-429"))["ends_at"] == sim.clock() + 60
        await switch(sim, "telegram-429", on=False)
        await sim.bot_says("hello")


async def test_a_provider_that_is_down_answers_nothing_else(sim):
    assert await switch(sim, "provider-down") == {"name": "provider-down", "on": True, "ends_at": None}
    for _ in range(3):
        assert (await sim.upload(audio())).status == 503
        assert (await sim.provider("GET", "/billing/balance")).status == 503
    assert sim.speech.uploads == []
    await switch(sim, "provider-down", on=False)
    assert (await sim.upload(audio())).status == 200


async def test_without_credits_nothing_is_heard_until_there_are_some_again(sim):
    sim.speech.credits = 7.5
    await switch(sim, "no-credits")
    assert (await sim.upload(audio())).status == 403
    assert (await sim.get("/sim/state"))["speech"]["credits"] == 0
    await sim.ask("PATCH", "/sim/speech", {"credits": 500})
    assert (await sim.get("/sim/state"))["speech"]["credits"] == 0
    await switch(sim, "no-credits", on=False)
    assert (await sim.get("/sim/state"))["speech"]["credits"] == 500
    assert (await sim.upload(audio())).status == 200


async def test_slow_adds_twelve_seconds_to_whatever_it_took(sim):
    await switch(sim, "slow")
    generation_id = (await sim.upload(audio())).body["generation_id"]
    await switch(sim, "slow", on=False)
    await until(sim.speech, lambda: sim.speech.generations[generation_id].outcome)
    generation = sim.speech.generations[generation_id]
    assert generation.ready_at == generation.created_at + 2 + 12
    after = (await sim.upload(audio())).body["generation_id"]
    assert sim.speech.generations[after].ready_at == sim.clock() + 2


@pytest.mark.parametrize("name", ["telegram-429", "provider-down", "no-credits", "slow"])
async def test_a_fault_switched_on_twice_is_off_after_once(sim, name):
    async def felt():
        sent = await sim.bot("sendMessage", chat_id=1001, text="hello")
        created = await sim.upload(audio())
        return sent.status, created.status, sim.speech.extra_latency, sim.speech.credits > 0

    await switch(sim, name, on=False)
    well = await felt()
    assert well == (200, 200, 0, True)
    await switch(sim, name)
    once = await felt()
    await switch(sim, name)
    assert await felt() == once != well
    await switch(sim, name, on=False)
    assert await felt() == well


async def test_faults_go_together(sim):
    for name in ("telegram-429", "provider-down", "no-credits", "slow"):
        await switch(sim, name)
    await switch(sim, "provider-down", on=False)
    assert (await sim.upload(audio())).status == 403
    assert (await sim.bot("sendMessage", chat_id=1001, text="hello")).status == 429


async def test_nothing_is_left_of_a_fault_when_the_playground_closes():
    async with open_sim() as sim:
        for name in ("telegram-429", "provider-down", "no-credits", "slow"):
            await switch(sim, name)
        sim.playground.close()
        await sim.bot_says("hello")
        assert (await sim.upload(audio())).status == 200
        assert sim.speech.extra_latency == 0


async def test_a_fault_that_nobody_knows_is_not_found(sim):
    refusal = (await sim.ask("PUT", "/sim/faults/rain", {"on": True})).refusal
    assert refusal == (404, "There is no fault 'rain' here.")


@pytest.mark.parametrize("body", [None, {}, {"on": "perhaps"}, {"on": True, "for": 5}])
async def test_a_switch_is_on_or_off(sim, body):
    assert (await sim.ask("PUT", "/sim/faults/slow", body)).refusal[0] == 400
    assert sim.speech.extra_latency == 0


async def test_who_waits_for_the_bot_is_woken_by_the_end_of_a_fault(sim):
    count = sim.playground.notifier.count
    await switch(sim, "slow")
    assert await patiently(sim.playground.notifier.wait_past(count)) > count

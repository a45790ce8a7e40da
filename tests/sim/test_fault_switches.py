"""The four faults that can be switched on, as the bot sees them."""

import asyncio

import pytest

from bot.playground.telegram.methods import METHODS
from tests.sim.stage import staged
from tests.world import audio

WRITES = {
    "sendMessage": {"text": "hello"},
    "sendDocument": {"document": "nonsense"},
    "editMessageText": {"message_id": 1, "text": "hello"},
    "editMessageCaption": {"message_id": 1, "caption": "hello"},
    "editMessageMedia": {"message_id": 1},
    "editMessageReplyMarkup": {"message_id": 1},
}


async def switch(stage, name, *, on=True):
    """How the fault looks afterwards; of the others nothing has changed."""
    before = (await stage.get("/sim/state"))["faults"]
    answer = await stage.ask("PUT", f"/sim/faults/{name}", {"on": on})
    assert answer.status == 200
    after = {fault["name"]: fault for fault in answer.body}
    assert [fault for fault in before if fault["name"] != name] == [
        fault for fault in answer.body if fault["name"] != name
    ]
    assert (await stage.get("/sim/state"))["faults"] == answer.body
    return after[name]


async def test_flood_control_refuses_every_write_and_nothing_else(stage):
    assert {method.name for method in METHODS.values() if method.paced} == WRITES.keys()
    stage.chat.say(stage.alice, "hello")
    fault = await switch(stage, "telegram-429")
    assert fault == {"name": "telegram-429", "on": True, "ends_at": stage.clock() + 10}
    for method, parameters in WRITES.items():
        refused = await stage.bot(method, chat_id=1001, **parameters)
        assert (refused.status, refused.headers["Retry-After"]) == (429, "5")
        assert refused.body == {
            "ok": False,
            "error_code": 429,
            "description": "Too Many Requests: retry after 5",
            "parameters": {"retry_after": 5},
        }
    assert (await stage.bot("getUpdates")).body["result"][0]["message"]["text"] == "hello"
    assert (await stage.bot("sendChatAction", chat_id=1001, action="typing")).status == 200
    assert await switch(stage, "telegram-429", on=False) == {"name": "telegram-429", "on": False, "ends_at": None}
    await stage.bot_says("hello")


async def test_flood_control_ends_by_itself():
    async with staged(flood_control_seconds=0.05) as stage:
        begun = await stage.ask("PUT", "/sim/faults/telegram-429", {"on": True})
        assert begun.body[0] == {"name": "telegram-429", "on": True, "ends_at": stage.clock() + 0.05}

        def ended():
            return stage.playground.fault_switches.as_json()[0] == {
                "name": "telegram-429",
                "on": False,
                "ends_at": None,
            }

        assert await asyncio.wait_for(stage.playground.notifier.wait_for(ended), 10)
        await stage.bot_says("hello")


async def test_flood_control_switched_on_again_begins_anew():
    async with staged(flood_control_seconds=60) as stage:
        await switch(stage, "telegram-429")
        stage.clock.pass_(7)
        assert (await switch(stage, "telegram-429"))["ends_at"] == stage.clock() + 60
        await switch(stage, "telegram-429", on=False)
        await stage.bot_says("hello")


async def test_a_provider_that_is_down_answers_nothing_else(stage):
    assert await switch(stage, "provider-down") == {"name": "provider-down", "on": True, "ends_at": None}
    for _ in range(3):
        assert (await stage.upload(audio())).status == 503
        assert (await stage.provider("GET", "/billing/balance")).status == 503
    assert stage.speech.uploads == []
    await switch(stage, "provider-down", on=False)
    assert (await stage.upload(audio())).status == 200


async def test_without_credits_nothing_is_heard_until_there_are_some_again(stage):
    stage.speech.credits = 7.5
    await switch(stage, "no-credits")
    assert (await stage.upload(audio())).status == 403
    assert (await stage.get("/sim/state"))["speech"]["credits"] == 0
    await stage.ask("PATCH", "/sim/speech", {"credits": 500})
    assert (await stage.get("/sim/state"))["speech"]["credits"] == 0
    await switch(stage, "no-credits", on=False)
    assert (await stage.get("/sim/state"))["speech"]["credits"] == 500
    assert (await stage.upload(audio())).status == 200


async def test_slow_adds_twelve_seconds_to_whatever_it_took(stage):
    await switch(stage, "slow")
    generation_id = (await stage.upload(audio())).body["generation_id"]
    await switch(stage, "slow", on=False)
    await stage.speech.wait_for(lambda: stage.speech.generations[generation_id].outcome)
    generation = stage.speech.generations[generation_id]
    assert generation.ready_at == generation.created_at + 2 + 12
    after = (await stage.upload(audio())).body["generation_id"]
    assert stage.speech.generations[after].ready_at == stage.clock() + 2


@pytest.mark.parametrize("name", ["telegram-429", "provider-down", "no-credits", "slow"])
async def test_a_fault_switched_on_twice_is_off_after_once(stage, name):
    async def felt():
        sent = await stage.bot("sendMessage", chat_id=1001, text="hello")
        created = await stage.upload(audio())
        return sent.status, created.status, stage.speech.extra_latency, stage.speech.credits > 0

    await switch(stage, name, on=False)
    well = await felt()
    assert well == (200, 200, 0, True)
    await switch(stage, name)
    once = await felt()
    await switch(stage, name)
    assert await felt() == once != well
    await switch(stage, name, on=False)
    assert await felt() == well


async def test_faults_go_together(stage):
    for name in ("telegram-429", "provider-down", "no-credits", "slow"):
        await switch(stage, name)
    await switch(stage, "provider-down", on=False)
    assert (await stage.upload(audio())).status == 403
    assert (await stage.bot("sendMessage", chat_id=1001, text="hello")).status == 429


async def test_nothing_is_left_of_a_fault_when_the_playground_closes():
    async with staged() as stage:
        for name in ("telegram-429", "provider-down", "no-credits", "slow"):
            await switch(stage, name)
        stage.playground.close()
        await stage.bot_says("hello")
        assert (await stage.upload(audio())).status == 200
        assert stage.speech.extra_latency == 0


async def test_a_fault_that_nobody_knows_is_not_found(stage):
    refusal = (await stage.ask("PUT", "/sim/faults/rain", {"on": True})).refusal
    assert refusal == (404, "There is no fault 'rain' here.")


@pytest.mark.parametrize("body", [None, {}, {"on": "perhaps"}, {"on": True, "for": 5}])
async def test_a_switch_is_on_or_off(stage, body):
    assert (await stage.ask("PUT", "/sim/faults/slow", body)).refusal[0] == 400
    assert stage.speech.extra_latency == 0


async def test_who_waits_for_the_bot_is_woken_by_the_end_of_a_fault(stage):
    count = stage.playground.notifier.count
    await switch(stage, "slow")
    assert await asyncio.wait_for(stage.playground.notifier.wait_past(count), 10) > count

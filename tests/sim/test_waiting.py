"""Asking for what the bot says, and waiting for it."""

import asyncio

import aiohttp
import pytest

from bot.playground.sim import Playground, serving
from tests.patience import patiently
from tests.sim.sim_client import open_sim


def where(sim, query):
    return f"/sim/chats/{sim.chat.id}/messages?{query}"


async def test_what_was_said_already_is_found_at_once(sim):
    sim.chat.say(sim.alice, "hello, bot")
    message = await sim.bot_says("hello, Alice")
    await sim.bot_says("goodbye")
    for query in ("contains=hello", "contains=hello&wait=30"):
        assert await sim.get(where(sim, query)) == [message | {"reactions": []}]


async def test_a_caption_is_looked_at_as_well(sim):
    sim.chat.send_document(sim.alice, b"notes")
    file_id = sim.chat.messages[-1]["document"]["file_id"]
    await sim.bot("sendDocument", chat_id=sim.chat.id, document=file_id, caption="the transcript")
    (found,) = await sim.get(where(sim, "contains=transcript"))
    assert found["caption"] == "the transcript"


@pytest.mark.parametrize("query", ["contains=hello", "contains=hello&wait=0", "contains=hello&wait=-5"])
async def test_who_does_not_wait_is_told_that_there_is_nothing_yet(sim, query):
    assert await sim.get(where(sim, query)) == []


async def test_who_waits_gets_it_when_it_is_said(sim):
    waiting = asyncio.create_task(sim.get(where(sim, "contains=words&wait=30")))
    await sim.bot_says("one moment")
    message = await sim.bot_says("...")
    await sim.bot("editMessageText", chat_id=sim.chat.id, message_id=message["message_id"], text="these are your words")
    assert [found["text"] for found in await waiting] == ["these are your words"]


async def test_who_waits_in_vain_is_told_so_in_time(sim):
    status, sentence = (await sim.ask("GET", where(sim, "contains=words&wait=0.01"))).refusal
    assert status == 408
    assert sentence == "The bot has not said that within 0.01 seconds."


@pytest.mark.parametrize("query", ["wait=long", "contains=x&wait=", "contains=x&wait=nan"])
async def test_a_wait_that_is_no_number_is_refused(sim, query):
    assert (await sim.ask("GET", where(sim, query))).refusal == (400, "wait: a number of seconds is expected")


async def test_nobody_keeps_the_playground_from_closing():
    """Even a wait without end is cut to a minute, and the closing does not take that long either."""
    async with open_sim() as sim:
        second = Playground(sim.telegram, sim.playground.provider, sim.playground.notifier, sim.clock)
        async with serving(second, 0) as port:
            address = f"http://127.0.0.1:{port}{where(sim, 'contains=words&wait=inf')}"
            waiting = asyncio.create_task(sim.ask("GET", address))
            await sim.ask("GET", f"http://127.0.0.1:{port}/sim/calls")
        with pytest.raises(aiohttp.ClientConnectionError):
            await patiently(waiting)

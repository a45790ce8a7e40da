"""What is shown of calls: no secret, no bytes of files, and no more than anybody reads."""

import json

import aiohttp
import pytest

from bot.playground.sim.redaction import readable
from tests.sim.sim_client import KEY, TOKEN, open_sim
from tests.world import audio


async def test_no_call_and_no_event_tells_a_secret(sim, stream):
    """As parameters, as what a server says back, in an address, inside of what is cut, and in what the fake says."""
    for secret in (TOKEN, KEY):
        await sim.bot("sendMessage", chat_id=secret, text="hello")
        await sim.bot("setMyCommands", commands=[{"command": "start", "description": f"uses {secret}"}])
        await sim.bot("getFile", file_id="x" * 390 + secret)
        await sim.ask("GET", f"{sim.speech.url}/nowhere/{secret}")
        await sim.provider("POST", "/stt/create", data=json.dumps({"model": secret, "url": {secret: secret}}))
        await sim.ask("GET", f"{sim.telegram.url}/file/bot{secret}/{secret}")
    sim.telegram.fault("getMe", status=400, body={"ok": False, "description": f"{TOKEN} and {KEY} are wrong"})
    await sim.bot("getMe")
    await sim.wait_until_told(stream)
    calls = await sim.get("/sim/calls")
    assert len(calls) == 13
    assert "[redacted]" in str(calls)
    state = await sim.get("/sim/state")
    for chat in state["chats"]:
        chat.pop("menus")  # into which the bot has just written such a thing
    for shown in (calls, stream.all("call"), state):
        assert TOKEN not in str(shown)
        assert KEY not in str(shown)


async def test_where_there_are_no_secrets_nothing_is_cut_out():
    async with open_sim(secrets=()) as sim:
        await sim.bot_says(f"the key is {KEY}")
        (call,) = await sim.get("/sim/calls")
    assert call["asked"]["text"] == f"the key is {KEY}"


async def test_files_are_shown_as_their_name_and_size(sim):
    await sim.upload(audio())
    form = aiohttp.FormData({"chat_id": "1001"})
    form.add_field("document", b"the transcript", filename="transcript.txt")
    await sim.ask("POST", f"{sim.telegram.url}/bot{TOKEN}/sendDocument", data=form)
    sent, created = sorted(await sim.get("/sim/calls"), key=lambda call: call["number"])
    assert sent["asked"]["document"] == {"name": "transcript.txt", "bytes": 14}
    assert created["asked"]["audio"]["bytes"] == len(audio())


async def test_long_texts_are_cut_in_calls_and_nowhere_else(sim):
    words = "x" * 4096
    await sim.bot_says(words)
    (call,) = await sim.get("/sim/calls")
    assert call["asked"]["text"] == call["answered"]["result"]["text"] == "x" * 400 + "… (4096 characters)"
    assert (await sim.get("/sim/chats/1001/messages"))[0]["text"] == words


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, None),
        (True, True),
        (1.5, 1.5),
        ("a" * 400, "a" * 400),
        ("a" * 401, "a" * 400 + "… (401 characters)"),
        ("my secret", "my [redacted]"),
        ({"secret": ["secret", {"deep": "secret"}], 5: 6}, {"secret": ["[redacted]", {"deep": "[redacted]"}], "5": 6}),
        (b"bytes", {"name": None, "bytes": 0}),
    ],
)
def test_json_stays_json(value, shown):
    assert readable(value, ("secret",)) == shown


def test_a_secret_too_short_to_be_one_leaves_words_as_they_are():
    assert readable("a key for a keyhole", ("key", "a")) == "a key for a keyhole"

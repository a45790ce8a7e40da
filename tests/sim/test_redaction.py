"""What is shown of calls: no secret, no bytes of files, and no more than anybody reads."""

import json

import aiohttp
import pytest

from bot.playground.sim.redaction import readable
from tests.sim.stage import KEY, TOKEN, staged
from tests.world import audio


async def test_no_call_and_no_event_tells_a_secret(stage, looker):
    """As parameters, as what a server says back, in an address, inside of what is cut, and in what the fake says."""
    for secret in (TOKEN, KEY):
        await stage.bot("sendMessage", chat_id=secret, text="hello")
        await stage.bot("setMyCommands", commands=[{"command": "start", "description": f"uses {secret}"}])
        await stage.bot("getFile", file_id="x" * 390 + secret)
        await stage.ask("GET", f"{stage.speech.url}/nowhere/{secret}")
        await stage.provider("POST", "/stt/create", data=json.dumps({"model": secret, "url": {secret: secret}}))
        await stage.ask("GET", f"{stage.telegram.url}/file/bot{secret}/{secret}")
    stage.telegram.fault("getMe", status=400, body={"ok": False, "description": f"{TOKEN} and {KEY} are wrong"})
    await stage.bot("getMe")
    await stage.curtain(looker)
    calls = await stage.get("/sim/calls")
    assert len(calls) == 13
    assert "[redacted]" in str(calls)
    state = await stage.get("/sim/state")
    state.pop("commands")  # the menu that the bot has just written such a thing into
    for shown in (calls, looker.all("call"), state):
        assert TOKEN not in str(shown)
        assert KEY not in str(shown)


async def test_where_there_are_no_secrets_nothing_is_cut_out():
    async with staged(secrets=()) as stage:
        await stage.bot_says(f"the key is {KEY}")
        (call,) = await stage.get("/sim/calls")
    assert call["asked"]["text"] == f"the key is {KEY}"


async def test_files_are_shown_as_their_name_and_size(stage):
    await stage.upload(audio())
    form = aiohttp.FormData({"chat_id": "1001"})
    form.add_field("document", b"the transcript", filename="transcript.txt")
    await stage.ask("POST", f"{stage.telegram.url}/bot{TOKEN}/sendDocument", data=form)
    sent, created = sorted(await stage.get("/sim/calls"), key=lambda call: call["number"])
    assert sent["asked"]["document"] == {"name": "transcript.txt", "bytes": 14}
    assert created["asked"]["audio"]["bytes"] == len(audio())


async def test_long_texts_are_cut_in_calls_and_nowhere_else(stage):
    words = "x" * 4096
    await stage.bot_says(words)
    (call,) = await stage.get("/sim/calls")
    assert call["asked"]["text"] == call["answered"]["result"]["text"] == "x" * 400 + "… (4096 characters)"
    assert (await stage.get("/sim/chats/1001/messages"))[0]["text"] == words


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

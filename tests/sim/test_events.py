"""The stream of events: first everything, then every change, once."""

import asyncio

from bot.playground.sim import Playground, serving
from tests.patience import patiently
from tests.sim.event_stream import EventStream
from tests.sim.process import TalkingProcess
from tests.sim.sim_client import open_sim
from tests.world import audio


def news(stream, *names):
    """What was told after the state, without the calls and people that `wait_until_told` causes."""
    return [(event, data) for event, data in stream.told[1:] if event in names]


async def test_the_first_that_is_told_is_everything(sim):
    sim.chat.say(sim.alice, "hello")
    await sim.bot_says("hello, Alice")
    async with sim.stream() as stream:
        assert stream.headers["Content-Type"] == "text/event-stream"
        assert stream.headers["Cache-Control"] == "no-store"
        assert stream.state == await sim.get("/sim/state")
        await sim.wait_until_told(stream)
        assert {event for event, _ in stream.told[1:]} == {"people"}


async def test_messages_are_told_when_they_are_new_and_when_they_change(sim, stream):
    here = f"/sim/chats/{sim.chat.id}/messages"
    said = await sim.post(here, {"from": 1001, "text": "helo"})
    await sim.wait_until_told(stream)
    edited = (await sim.ask("PATCH", f"{here}/1", {"text": "hello"})).body
    await sim.wait_until_told(stream)
    reacted = await sim.post(f"{here}/1/reaction", {"from": 1001, "emoji": "👍"})
    await sim.wait_until_told(stream)
    answered = await sim.bot_says("hello, Alice")
    await sim.wait_until_told(stream)
    assert news(stream, "message") == [
        ("message", {"chat": 1001, "message": message})
        for message in (said, edited, reacted, answered | {"reactions": []})
    ]


async def test_a_deleted_message_is_told_whoever_deleted_it(sim, stream):
    said = sim.chat.say(sim.alice, "hello")
    answered = await sim.bot_says("hello, Alice")
    await sim.wait_until_told(stream)
    await sim.ask("DELETE", f"/sim/chats/1001/messages/{said['message_id']}")
    await sim.wait_until_told(stream)
    await sim.bot("deleteMessage", chat_id=1001, message_id=answered["message_id"])
    await sim.wait_until_told(stream)
    assert news(stream, "deleted") == [
        ("deleted", {"chat": 1001, "message": message["message_id"]}) for message in (said, answered)
    ]


async def test_a_chat_is_told_without_its_messages(sim, stream):
    whole = await sim.post("/sim/chats", {"type": "supergroup", "title": "Hikers", "members": [1001], "topics": True})
    head = {name: part for name, part in whole.items() if name != "messages"}
    await sim.wait_until_told(stream)
    topic = await sim.post(f"/sim/chats/{head['id']}/topics", {"name": "Plans"})
    await sim.wait_until_told(stream)
    await sim.post(f"/sim/chats/{head['id']}/bot", {"do": "kick"})
    await sim.wait_until_told(stream)
    assert news(stream, "chat") == [
        ("chat", head),
        ("chat", head | {"topics": [topic]}),
        ("chat", head | {"topics": [topic], "bot": "kicked"}),
    ]
    service = [data["message"] for _, data in news(stream, "message")]
    assert [message.keys() & {"forum_topic_created", "left_chat_member"} for message in service] == [
        {"forum_topic_created"},
        {"left_chat_member"},
    ]


async def test_the_bot_types_until_it_writes(sim, stream):
    await sim.bot("sendChatAction", chat_id=1001, action="typing")
    await stream.sees("chat", lambda chat: chat["typing"])
    sim.clock.pass_(1)
    await sim.bot_says("hello")
    await stream.sees("chat", lambda chat: not chat["typing"])
    assert len(stream.all("chat")) == 2


async def test_typing_fades_after_five_seconds(sim, stream):
    await sim.bot("sendChatAction", chat_id=1001, action="typing")
    await stream.sees("chat", lambda chat: chat["typing"])
    sim.clock.pass_(4.9)
    await sim.wait_until_told(stream)
    assert len(stream.all("chat")) == 1
    sim.clock.pass_(0.1)
    await stream.sees("chat", lambda chat: not chat["typing"])


async def test_people_the_menu_and_who_hears_are_told_as_a_whole(sim, stream):
    bob = await sim.post("/sim/people", {"first_name": "Bob"})
    assert await stream.sees("people") == [sim.alice.as_json(), bob]
    menu = [{"command": "start", "description": "Begin"}]
    await sim.bot("setMyCommands", commands=menu)
    speech = (await sim.ask("PATCH", "/sim/speech", {"says": "good morning"})).body
    await sim.wait_until_told(stream)
    assert [chat["menus"] for chat in stream.all("chat")] == [{"1001": menu}]
    assert stream.all("speech") == [speech]


async def test_money_spent_is_told_as_well(sim, stream):
    await sim.upload(audio())
    told = await stream.sees("speech")
    assert told["credits"] == 999.99


async def test_faults_are_told_when_they_begin_and_end(sim, stream):
    begun = (await sim.ask("PUT", "/sim/faults/slow", {"on": True})).body
    await sim.wait_until_told(stream)
    ended = (await sim.ask("PUT", "/sim/faults/slow", {"on": False})).body
    await sim.wait_until_told(stream)
    assert stream.all("faults") == [begun, ended]
    assert begun[-1] == {"name": "slow", "on": True, "ends_at": None}


async def test_the_process_and_its_lines_are_told():
    process = TalkingProcess()
    early = process.says("already.said")
    async with open_sim(process=process) as sim, sim.stream() as stream:
        process.notifier = sim.playground.notifier
        assert stream.state["log"] == [early]
        first = process.says("job.submitted")
        second = process.says("job.delivered")
        process.change(state="stopped", pid=None, note="It has ended.")
        await sim.wait_until_told(stream)
    assert stream.all("log") == [first, second]
    assert stream.all("process") == [{"state": "stopped", "pid": None, "lives": 1, "note": "It has ended."}]


async def test_a_call_is_told_when_it_comes_and_when_it_is_answered(sim, stream):
    other = asyncio.Event()

    async def wait() -> None:
        await patiently(other.wait())

    sim.telegram.watch("sendMessage", wait)
    sending = asyncio.create_task(sim.bot_says("hello"))
    begun = await stream.sees("call")
    assert (begun["name"], begun["status"], begun["answered"]) == ("sendMessage", None, None)
    await sim.bot("getMe")
    await sim.wait_until_told(stream)
    other.set()
    message = await sending
    await sim.wait_until_told(stream)
    finished = stream.all("call")[-1]
    assert finished == begun | {"status": 200, "answered": {"ok": True, "result": message}}
    told = [(call["name"], call["status"]) for call in stream.all("call")]
    assert sorted(set(told), key=told.index) == told  # nothing twice
    assert ("getMe", 200) in told


async def test_a_poll_that_waits_is_told_once_until_it_ends(sim, stream):
    polling = asyncio.create_task(sim.bot("getUpdates", timeout=50))
    begun = await stream.sees("call")
    await sim.wait_until_told(stream)
    assert stream.all("call") == [begun]
    sim.chat.say(sim.alice, "hello")
    await polling
    await sim.wait_until_told(stream)
    assert [call["status"] for call in stream.all("call")] == [None, 200]


async def test_calls_of_the_provider_are_told_when_they_are_answered(sim, stream):
    await sim.upload(audio())
    await sim.provider("GET", "/billing/balance")
    await sim.wait_until_told(stream)
    assert [(call["server"], call["name"], call["status"]) for call in stream.all("call")] == [
        ("speech", "POST /v1/stt/create", 200),
        ("speech", "GET /v1/billing/balance", 200),
    ]
    assert stream.all("call") == await sim.get("/sim/calls")


async def test_whoever_pressed_a_button_is_told_what_the_bot_answered(sim, stream):
    buttons = {"inline_keyboard": [[{"text": "Cancel", "callback_data": "cancel:7"}]]}
    message = await sim.bot_says("one moment", reply_markup=buttons)
    for alert in (False, True):
        query = sim.chat.press(sim.alice, message, "Cancel")
        await sim.bot("answerCallbackQuery", callback_query_id=query, text="Cancelled.", show_alert=alert)
    await sim.wait_until_told(stream)
    assert stream.all("callback") == [
        {"user": 1001, "text": "Cancelled.", "alert": False},
        {"user": 1001, "text": "Cancelled.", "alert": True},
    ]


async def test_every_stream_is_told_and_nobody_twice(sim, stream):
    async with sim.stream() as other:
        for number in range(20):
            await sim.bot_says(f"message {number}")
        await sim.wait_until_told(stream, other)
        for one in (stream, other):
            assert [told["message"]["text"] for told in one.all("message")] == [f"message {n}" for n in range(20)]
    await sim.bot_says("the last")
    await stream.sees("message", lambda told: told["message"]["text"] == "the last")
    async with sim.stream() as late:
        assert late.state == await sim.get("/sim/state")
        assert len(late.state["chats"][0]["messages"]) == 21


async def test_a_stream_that_goes_away_takes_nothing_along(sim):
    """Its stream ends on the server too, or closing would have to wait for it."""
    for _ in range(3):
        async with sim.stream():
            await sim.bot_says("hello")
    async with sim.stream() as stream:
        await sim.bot_says("goodbye")
        await stream.sees("message")


async def test_the_stream_ends_when_the_playground_closes(sim):
    second = Playground(sim.telegram, sim.playground.provider, sim.playground.notifier, sim.clock)
    async with (
        serving(second, 0) as port,
        EventStream.at(sim.session, f"http://127.0.0.1:{port}/sim/events") as stream,
    ):
        second.close()
        await stream.until(lambda: stream.ended)
    assert [event for event, _ in stream.told] == ["state"]

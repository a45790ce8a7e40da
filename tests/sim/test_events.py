"""The stream of events: first everything, then every change, once."""

import asyncio

from bot.playground.sim import Playground, serving
from tests.sim.looker import Looker
from tests.sim.process import TalkingProcess
from tests.sim.stage import staged
from tests.world import audio


def news(looker, *names):
    """What was told after the state, without the calls and people that a curtain brings."""
    return [(event, data) for event, data in looker.told[1:] if event in names]


async def test_the_first_that_is_told_is_everything(stage):
    stage.chat.say(stage.alice, "hello")
    await stage.bot_says("hello, Alice")
    async with stage.looker() as looker:
        assert looker.headers["Content-Type"] == "text/event-stream"
        assert looker.headers["Cache-Control"] == "no-store"
        assert looker.state == await stage.get("/sim/state")
        await stage.curtain(looker)
        assert {event for event, _ in looker.told[1:]} == {"people"}


async def test_messages_are_told_when_they_are_new_and_when_they_change(stage, looker):
    here = f"/sim/chats/{stage.chat.id}/messages"
    said = await stage.post(here, {"from": 1001, "text": "helo"})
    await stage.curtain(looker)
    edited = (await stage.ask("PATCH", f"{here}/1", {"text": "hello"})).body
    await stage.curtain(looker)
    reacted = await stage.post(f"{here}/1/reaction", {"from": 1001, "emoji": "👍"})
    await stage.curtain(looker)
    answered = await stage.bot_says("hello, Alice")
    await stage.curtain(looker)
    assert news(looker, "message") == [
        ("message", {"chat": 1001, "message": message})
        for message in (said, edited, reacted, answered | {"reactions": []})
    ]


async def test_a_deleted_message_is_told_whoever_deleted_it(stage, looker):
    said = stage.chat.say(stage.alice, "hello")
    answered = await stage.bot_says("hello, Alice")
    await stage.curtain(looker)
    await stage.ask("DELETE", f"/sim/chats/1001/messages/{said['message_id']}")
    await stage.curtain(looker)
    await stage.bot("deleteMessage", chat_id=1001, message_id=answered["message_id"])
    await stage.curtain(looker)
    assert news(looker, "deleted") == [
        ("deleted", {"chat": 1001, "message": message["message_id"]}) for message in (said, answered)
    ]


async def test_a_chat_is_told_without_its_messages(stage, looker):
    whole = await stage.post("/sim/chats", {"type": "supergroup", "title": "Hikers", "members": [1001], "topics": True})
    head = {name: part for name, part in whole.items() if name != "messages"}
    await stage.curtain(looker)
    topic = await stage.post(f"/sim/chats/{head['id']}/topics", {"name": "Plans"})
    await stage.curtain(looker)
    await stage.post(f"/sim/chats/{head['id']}/bot", {"do": "kick"})
    await stage.curtain(looker)
    assert news(looker, "chat") == [
        ("chat", head),
        ("chat", head | {"topics": [topic]}),
        ("chat", head | {"topics": [topic], "bot": "kicked"}),
    ]
    assert len(looker.all("message")) == 1  # the service message that opened the topic


async def test_the_bot_types_until_it_writes(stage, looker):
    await stage.bot("sendChatAction", chat_id=1001, action="typing")
    await looker.sees("chat", lambda chat: chat["typing"])
    stage.clock.pass_(1)
    await stage.bot_says("hello")
    await looker.sees("chat", lambda chat: not chat["typing"])
    assert len(looker.all("chat")) == 2


async def test_typing_fades_after_five_seconds(stage, looker):
    await stage.bot("sendChatAction", chat_id=1001, action="typing")
    await looker.sees("chat", lambda chat: chat["typing"])
    stage.clock.pass_(4.9)
    await stage.curtain(looker)
    assert len(looker.all("chat")) == 1
    stage.clock.pass_(0.1)
    await looker.sees("chat", lambda chat: not chat["typing"])


async def test_people_the_menu_and_who_hears_are_told_as_a_whole(stage, looker):
    bob = await stage.post("/sim/people", {"first_name": "Bob"})
    assert await looker.sees("people") == [stage.alice.as_json(), bob]
    menu = [{"command": "start", "description": "Begin"}]
    await stage.bot("setMyCommands", commands=menu)
    speech = (await stage.ask("PATCH", "/sim/speech", {"says": "good morning"})).body
    await stage.curtain(looker)
    assert looker.all("commands") == [menu]
    assert looker.all("speech") == [speech]


async def test_money_spent_is_told_as_well(stage, looker):
    await stage.upload(audio())
    told = await looker.sees("speech")
    assert told["credits"] == 999.99


async def test_faults_are_told_when_they_begin_and_end(stage, looker):
    begun = (await stage.ask("PUT", "/sim/faults/slow", {"on": True})).body
    await stage.curtain(looker)
    ended = (await stage.ask("PUT", "/sim/faults/slow", {"on": False})).body
    await stage.curtain(looker)
    assert looker.all("faults") == [begun, ended]
    assert begun[-1] == {"name": "slow", "on": True, "ends_at": None}


async def test_the_process_and_its_lines_are_told():
    process = TalkingProcess()
    early = process.says("already.said")
    async with staged(process=process) as stage, stage.looker() as looker:
        process.notifier = stage.playground.notifier
        assert looker.state["log"] == [early]
        first = process.says("job.submitted")
        second = process.says("job.delivered")
        process.change(state="stopped", pid=None, note="It has ended.")
        await stage.curtain(looker)
    assert looker.all("log") == [first, second]
    assert looker.all("process") == [{"state": "stopped", "pid": None, "lives": 1, "note": "It has ended."}]


async def test_a_call_is_told_when_it_comes_and_when_it_is_answered(stage, looker):
    other = asyncio.Event()

    async def wait() -> None:
        await asyncio.wait_for(other.wait(), 10)

    stage.telegram.watch("sendMessage", wait)
    sending = asyncio.create_task(stage.bot_says("hello"))
    begun = await looker.sees("call")
    assert (begun["name"], begun["status"], begun["answered"]) == ("sendMessage", None, None)
    await stage.bot("getMe")
    await stage.curtain(looker)
    other.set()
    message = await sending
    await stage.curtain(looker)
    finished = looker.all("call")[-1]
    assert finished == begun | {"status": 200, "answered": {"ok": True, "result": message}}
    told = [(call["name"], call["status"]) for call in looker.all("call")]
    assert sorted(set(told), key=told.index) == told  # nothing twice
    assert ("getMe", 200) in told


async def test_a_poll_that_waits_is_told_once_until_it_ends(stage, looker):
    polling = asyncio.create_task(stage.bot("getUpdates", timeout=50))
    begun = await looker.sees("call")
    await stage.curtain(looker)
    assert looker.all("call") == [begun]
    stage.chat.say(stage.alice, "hello")
    await polling
    await stage.curtain(looker)
    assert [call["status"] for call in looker.all("call")] == [None, 200]


async def test_calls_of_the_provider_are_told_when_they_are_answered(stage, looker):
    await stage.upload(audio())
    await stage.provider("GET", "/billing/balance")
    await stage.curtain(looker)
    assert [(call["server"], call["name"], call["status"]) for call in looker.all("call")] == [
        ("speech", "POST /v1/stt/create", 200),
        ("speech", "GET /v1/billing/balance", 200),
    ]
    assert looker.all("call") == await stage.get("/sim/calls")


async def test_whoever_pressed_a_button_is_told_what_the_bot_answered(stage, looker):
    buttons = {"inline_keyboard": [[{"text": "Cancel", "callback_data": "cancel:7"}]]}
    message = await stage.bot_says("one moment", reply_markup=buttons)
    for alert in (False, True):
        query = stage.chat.press(stage.alice, message, "Cancel")
        await stage.bot("answerCallbackQuery", callback_query_id=query, text="Cancelled.", show_alert=alert)
    await stage.curtain(looker)
    assert looker.all("callback") == [
        {"user": 1001, "text": "Cancelled.", "alert": False},
        {"user": 1001, "text": "Cancelled.", "alert": True},
    ]


async def test_every_looker_is_told_and_nobody_twice(stage, looker):
    async with stage.looker() as other:
        for number in range(20):
            await stage.bot_says(f"message {number}")
        await stage.curtain(looker, other)
        for one in (looker, other):
            assert [told["message"]["text"] for told in one.all("message")] == [f"message {n}" for n in range(20)]
    await stage.bot_says("the last")
    await looker.sees("message", lambda told: told["message"]["text"] == "the last")
    async with stage.looker() as late:
        assert late.state == await stage.get("/sim/state")
        assert len(late.state["chats"][0]["messages"]) == 21


async def test_a_looker_that_goes_away_takes_nothing_along(stage):
    """Its stream ends on the server too, or closing would have to wait for it."""
    for _ in range(3):
        async with stage.looker():
            await stage.bot_says("hello")
    async with stage.looker() as looker:
        await stage.bot_says("goodbye")
        await looker.sees("message")


async def test_the_stream_ends_when_the_playground_closes(stage):
    second = Playground(stage.telegram, stage.playground.provider, stage.playground.notifier, stage.clock)
    async with (
        serving(second, 0) as port,
        Looker.at(stage.session, f"http://127.0.0.1:{port}/sim/events") as looker,
    ):
        second.close()
        await looker.until(lambda: looker.ended)
    assert [event for event, _ in looker.told] == ["state"]

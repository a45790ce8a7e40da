import asyncio

import pytest

from bot.app import open_session, telegram_of
from bot.errors import OperatorError, RateLimitedError, TemporaryError, VerbatimError
from bot.metrics import Metrics
from bot.playground.telegram import FakeTelegram
from bot.telegram.dispatch import Dispatch
from bot.telegram.pace import Pace
from bot.telegram.receiver import Receiver
from storage.apology import Reason
from storage.store import StorageUnavailableError
from tests.patience import patience, until
from tests.unit.workbench import TOKEN


class Desk:
    """A receiver and the updates that were handed over, as "chat: text"."""

    def __init__(self, stopped_world, session) -> None:
        self.telegram = stopped_world.telegram
        self.clock = stopped_world.clock
        self.metrics = Metrics()
        self.handled: list[str] = []
        self.process = self.take
        application = telegram_of(stopped_world.settings(), session, self.metrics, Pace(stopped_world.clock))
        dispatch = Dispatch(application.bot, self._hand_over, self.metrics)
        self.receiver = Receiver(application.bot.base_url, session, dispatch.handle, self.metrics, stopped_world.clock)

    async def _hand_over(self, update) -> None:
        await self.process(update)

    async def take(self, update) -> None:
        if update.effective_message is not None:
            self.handled.append(update.effective_message.text)

    async def turn(self) -> int:
        return await self.receiver.turn(0)

    def bugs(self) -> float:
        return self.metrics.bugs.labels("update")._value.get()

    def skipped(self) -> float:
        return self.metrics.updates_skipped._value.get()


@pytest.fixture
async def desk(stopped_world):
    async with open_session() as session:
        yield Desk(stopped_world, session)


@pytest.fixture
def alice(stopped_world):
    return stopped_world.telegram.user("Alice")


@pytest.fixture
def chat(stopped_world, alice):
    return stopped_world.telegram.private(alice)


HTML = "<html><title>404</title></html>"
DEEP = "[" * 100_000
TROUBLE = {
    "a wrong token": ({"status": 401}, OperatorError),
    "a token that never was": ({"status": 404}, OperatorError),
    "a gateway's page": ({"status": 404, "body": HTML}, TemporaryError),
    "another program": ({"status": 409}, OperatorError),
    "patience": ({"status": 429, "retry_after": 7}, RateLimitedError),
    "patience without saying": ({"status": 429, "body": HTML}, RateLimitedError),
    "patience said oddly": ({"status": 429, "body": '{"parameters": "soon"}'}, RateLimitedError),
    "patience of an odd length": ({"status": 429, "body": {"parameters": {"retry_after": "soon"}}}, RateLimitedError),
    "a failure": ({"status": 500}, TemporaryError),
    "a bad gateway": ({"status": 502, "body": HTML}, TemporaryError),
    "a cut connection": ({"drop": True}, TemporaryError),
    "half an answer": ({"status": 200, "body": '{"ok": true, "result": [{"upda'}, TemporaryError),
    "another answer": ({"status": 200, "body": "[]"}, TemporaryError),
    "no result": ({"status": 200, "body": {"ok": True}}, TemporaryError),
    "an odd result": ({"status": 200, "body": {"ok": True, "result": {}}}, TemporaryError),
    "an abyss": ({"status": 200, "body": DEEP}, TemporaryError),
}


@pytest.mark.parametrize(("fault", "meaning"), TROUBLE.values(), ids=TROUBLE.keys())
async def test_whatever_telegram_answers_has_a_meaning_and_loses_no_update(desk, chat, alice, fault, meaning):
    chat.say(alice, "hello")
    desk.telegram.fault("getUpdates", **fault)
    with pytest.raises(VerbatimError) as failed:
        await desk.turn()
    assert type(failed.value) is meaning
    assert getattr(failed.value, "reason", Reason.TELEGRAM_DOWN) is Reason.TELEGRAM_DOWN
    assert TOKEN not in str(failed.value)
    assert await desk.turn() == 1
    assert desk.handled == ["hello"]


async def test_patience_lasts_as_long_as_was_asked_for(desk):
    desk.telegram.fault("getUpdates", 429, retry_after=7)
    with pytest.raises(RateLimitedError) as asked:
        await desk.turn()
    assert asked.value.retry_after == 7


async def test_every_trouble_is_survived_by_the_loop(stopped_world, lines):
    """Each in a bot of its own, side by side, because each costs a pause."""

    async def survives(fault):
        fake = FakeTelegram(clock=stopped_world.clock)
        async with fake, open_session() as session:
            stopped_world.telegram = fake
            desk = Desk(stopped_world, session)
            fake.fault("getUpdates", **fault)
            alice = fake.user("Alice")
            fake.private(alice).say(alice, "hello")
            running = asyncio.create_task(desk.receiver.run())
            await until(fake, lambda: desk.handled == ["hello"] and len(fake.calls_of("getUpdates")) >= 3)
            running.cancel()
            with pytest.raises(asyncio.CancelledError):
                await running

    swift = {"status": 429, "body": {"parameters": {"retry_after": 0.01}}}
    faults = [swift, *(fault for fault, _ in TROUBLE.values() if "retry_after" not in fault)]
    kept = stopped_world.telegram
    async with asyncio.TaskGroup() as group:
        for fault in faults:
            group.create_task(survives(fault))
    stopped_world.telegram = kept
    failed = lines.of("receiver.failed")
    assert len(failed) == len(faults)
    assert sum(line["level"] == "error" for line in failed) == 3
    assert TOKEN not in str(list(lines))


async def test_an_update_is_confirmed_only_after_its_handlers(desk, chat, alice):
    seen = []

    async def look(update):
        seen.append(desk.telegram.confirmed_offset)
        await desk.take(update)

    desk.process = look
    chat.say(alice, "one")
    (update,) = desk.telegram.pending_updates
    assert await desk.turn() == 1
    assert desk.telegram.confirmed_offset <= update["update_id"]
    assert await desk.turn() == 0
    assert desk.telegram.confirmed_offset == update["update_id"] + 1
    assert seen == [seen[0]]
    assert seen[0] <= update["update_id"]


async def test_a_stop_confirms_what_was_handled(desk, chat, alice):
    chat.say(alice, "one")
    await desk.turn()
    chat.say(alice, "two")
    await desk.receiver.confirm()
    assert [update["message"]["text"] for update in desk.telegram.pending_updates] == ["two"]
    assert desk.handled == ["one"]


async def test_a_stop_before_the_first_update_confirms_nothing(desk):
    await desk.receiver.confirm()
    assert desk.telegram.calls_of("getUpdates") == []


async def test_an_interrupted_handler_leaves_its_update_to_come_again(desk, chat, alice):
    begun = asyncio.Event()

    async def hang(_update):
        begun.set()
        await asyncio.Event().wait()

    desk.process = hang
    chat.say(alice, "one")
    running = asyncio.create_task(desk.receiver.run())
    await begun.wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    await desk.receiver.confirm()
    desk.process = desk.take
    assert await desk.turn() == 1
    assert desk.handled == ["one"]


async def test_messages_of_a_chat_are_handled_in_their_order(desk, chat, alice):
    for number in range(10):
        chat.say(alice, str(number))

    async def dawdle(update):
        for _ in range(10 - int(update.message.text)):
            await asyncio.sleep(0)
        await desk.take(update)

    desk.process = dawdle
    await desk.turn()
    assert desk.handled == [str(number) for number in range(10)]


async def test_chats_do_not_wait_for_one_another(stopped_world, desk, chat, alice):
    bob = stopped_world.telegram.user("Bob")
    bobs = stopped_world.telegram.private(bob)
    came = asyncio.Event()

    async def wait_for_bob(update):
        if update.effective_chat.id == bobs.id:
            came.set()
        else:
            await came.wait()
        await desk.take(update)

    desk.process = wait_for_bob
    chat.say(alice, "alice")
    bobs.say(bob, "bob")
    async with patience(5):
        await desk.turn()
    assert desk.handled == ["bob", "alice"]


async def test_updates_that_cannot_be_read_do_not_block_those_around_them(desk, chat, alice, lines):
    chat.say(alice, "before")
    desk.telegram.queue_update("message", {"broken": True})
    desk.telegram.queue_update("message", "not even an object")
    desk.telegram.queue_update("callback_query", {"id": "1", "from": None})
    chat.say(alice, "after")
    assert await desk.turn() == 5
    assert desk.handled == ["before", "after"]
    assert desk.skipped() == 3
    assert await desk.turn() == 0
    assert desk.telegram.pending_updates == []
    assert len(lines.of("update.unreadable")) == 3


async def test_what_is_no_update_at_all_is_counted_and_confirms_nothing(desk, chat, alice):
    body = {"ok": True, "result": ["text", None, {"no": "number"}, {"update_id": "x"}]}
    desk.telegram.fault("getUpdates", 200, body=body)
    assert await desk.turn() == 4
    chat.say(alice, "hello")
    await desk.turn()
    assert desk.handled == ["hello"]
    assert desk.skipped() >= 3


async def test_updates_without_a_chat_are_handled_too(desk):
    seen = []

    async def note(update):
        seen.append(update.poll_answer is not None or update.effective_chat)

    desk.process = note
    desk.telegram.fault("getUpdates", 200, body={"ok": True, "result": [{"update_id": 5}]})
    await desk.turn()
    assert seen == [None]


async def test_a_database_out_of_reach_holds_an_update_back_and_a_bug_does_so_three_times(
    stopped_world, desk, chat, alice, lines
):
    bob = stopped_world.telegram.user("Bob")
    bobs = stopped_world.telegram.private(bob)
    tries: dict[str, int] = {}

    async def fail(update):
        text = update.message.text
        tries[text] = tries.get(text, 0) + 1
        if text == "no database" and tries[text] < 3:
            raise StorageUnavailableError("locked")
        if text == "a bug":
            raise ZeroDivisionError
        await desk.take(update)

    desk.process = fail
    chat.say(alice, "no database")
    chat.say(alice, "behind it")
    bobs.say(bob, "a bug")
    bobs.say(bob, "behind the bug")
    await desk.turn()
    assert tries == {"no database": 3, "behind it": 1, "a bug": 3, "behind the bug": 1}
    assert sorted(desk.handled) == ["behind it", "behind the bug", "no database"]
    assert desk.bugs() == 3
    assert len(lines.of("storage.unavailable")) == 2
    assert [line["tries"] for line in lines.of("update.failed")] == [1, 2, 3]


async def test_health_is_the_last_answer_that_was_one(desk, stopped_world):
    started = desk.receiver.last_success_at
    stopped_world.clock.pass_(100)
    desk.telegram.fault("getUpdates", 500)
    with pytest.raises(TemporaryError):
        await desk.turn()
    assert desk.receiver.last_success_at == started
    await desk.turn()
    assert desk.receiver.last_success_at == stopped_world.clock()


async def test_only_kinds_of_updates_that_have_a_handler_are_asked_for(desk):
    await desk.turn()
    (call,) = desk.telegram.calls_of("getUpdates")
    assert call.params["allowed_updates"] == ["message", "channel_post", "callback_query"]
    assert "offset" not in call.params

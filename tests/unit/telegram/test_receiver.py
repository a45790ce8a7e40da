import asyncio
import json
from contextlib import suppress
from dataclasses import replace
from functools import partial

import pytest
from aiohttp import web

from bot.errors import OperatorError, OtherReceiverError, RateLimitedError, TemporaryError, VerbatimError
from bot.metrics import Metrics
from bot.parts import open_session, telegram_of
from bot.playground.telegram import FakeTelegram
from bot.telegram.pace import Pace
from bot.telegram.receiving.dispatch import Dispatch
from bot.telegram.receiving.door import Door
from bot.telegram.receiving.receiver import AGAIN_AFTER, LARGEST_BATCH, Receiver
from bot.telegram.writing.replies import Replies
from storage.apology import Reason
from storage.errors import StorageError, StorageUnavailableError
from tests.api import Api
from tests.patience import patience, patiently, until
from tests.unit.workbench import TOKEN


class Desk:
    """A receiver and the updates that were handed over, as "chat: text"."""

    def __init__(self, stopped_world, session) -> None:
        self.telegram = stopped_world.telegram
        self.clock = stopped_world.clock
        self.metrics = Metrics()
        self.handled: list[str] = []
        self.process = self.take
        pace = Pace(stopped_world.clock)
        application = telegram_of(stopped_world.settings(), session, self.metrics, pace)
        self.door = Door(Replies(pace, self.metrics, self._stay), self.metrics, None)  # nothing goes on behind it
        self._of_receiver = (application.bot.base_url, session, self._handle, self.metrics, stopped_world.clock)
        self._bot = application.bot
        self.receiver = self.another_receiver()

    def another_receiver(self, *more) -> Receiver:
        return Receiver(*self._of_receiver, *more)

    async def _stay(self, old_chat_id: int, new_chat_id: int) -> None:
        """No chat moves here."""

    async def _handle(self, batch) -> None:
        await Dispatch(self._bot, self._hand_over, self.door, self.metrics).handle(batch)

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
    "another program": ({"status": 409}, OtherReceiverError),
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


async def test_what_is_stored_is_stored_in_order_before_anything_is_said(desk, chat, alice):
    done = []

    async def store(text):
        for _ in range(10 - int(text)):
            await asyncio.sleep(0)
        done.append(f"stored {text}")
        return text

    async def say(text):
        done.append(f"said {text}")

    async def both(update):
        text = update.message.text
        desk.door.say(chat.id, partial(say, text))
        desk.door.keep(partial(store, text), lambda kept: done.append(f"went on with {kept}"))

    desk.process = both
    chat.say(alice, "1")
    chat.say(alice, "2")
    await desk.turn()
    await desk.door.replies.idle()
    assert sorted(done[:2]) == ["stored 1", "stored 2"]
    assert done[2:] == ["went on with 1", "went on with 2", "said 1", "said 2"]


async def test_where_the_database_keeps_no_order_each_chat_waits_for_its_turn_and_for_no_other_chat(desk, chat, alice):
    done, refused = [], ["2"]

    async def store(text):
        for _ in range(10 - int(text)):
            await asyncio.sleep(0)
        if text in refused:
            refused.remove(text)
            raise StorageUnavailableError("locked")
        done.append(text)

    async def keep(update):
        desk.door.keep(partial(store, update.message.text))

    desk.process, desk.door = keep, replace(desk.door, in_turn=True)
    bob = desk.telegram.user("Bob")
    for text in "123":
        chat.say(alice, text)
    desk.telegram.private(bob).say(bob, "9")
    await desk.turn()
    assert done == ["9", "1", "2", "3"]


@pytest.mark.parametrize("whole", [True, False])
async def test_a_stop_lets_a_write_end_that_must_not_be_cut_off_and_no_other_one(desk, chat, alice, whole):
    begun, may_end, ended = asyncio.Event(), asyncio.Event(), []

    async def store():
        begun.set()
        await may_end.wait()
        ended.append("stored")

    async def keep(_update):
        desk.door.keep(store, whole=whole)

    desk.process = keep
    chat.say(alice, "one")
    turn = asyncio.create_task(desk.turn())
    await begun.wait()
    turn.cancel()
    await asyncio.sleep(0)
    may_end.set()
    with pytest.raises(asyncio.CancelledError):
        await turn
    assert ended == ["stored"] * whole


async def test_what_is_said_keeps_no_update_from_being_confirmed(desk, chat, alice):
    async def hang(_update):
        desk.door.say(chat.id, asyncio.Event().wait)

    desk.process = hang
    chat.say(alice, "one")
    async with patience(5):
        assert await desk.turn() == 1
        await desk.receiver.confirm()
    assert desk.telegram.pending_updates == []
    await desk.door.replies.stop(0)


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


async def test_a_database_out_of_reach_holds_updates_back_until_it_is_there(desk, chat, alice, lines):
    tries: dict[str, int] = {}

    async def store(text):
        tries[text] = tries.get(text, 0) + 1
        if text == "no database" and tries[text] < 3:
            raise StorageUnavailableError("locked")
        return text

    async def keep(update):
        desk.door.keep(partial(store, update.message.text), desk.handled.append)

    desk.process = keep
    chat.say(alice, "no database")
    chat.say(alice, "behind it")
    await desk.turn()
    assert tries == {"no database": 3, "behind it": 1}
    assert desk.handled == ["no database", "behind it"]
    assert len(lines.of("storage.unavailable")) == 2


@pytest.mark.parametrize("where", ["in the handler", "in the write", "after the write"])
async def test_a_bug_takes_no_other_update_along(desk, chat, alice, lines, where):
    async def store(text):
        if text == "a bug" and where == "in the write":
            raise ZeroDivisionError
        return text

    def go_on(text):
        if text == "a bug" and where == "after the write":
            raise ZeroDivisionError
        desk.handled.append(text)

    async def keep(update):
        if update.message.text == "a bug" and where == "in the handler":
            raise ZeroDivisionError
        desk.door.keep(partial(store, update.message.text), go_on)

    desk.process = keep
    for text in ("before", "a bug", "after"):
        chat.say(alice, text)
    assert await desk.turn() == 3
    assert await desk.turn() == 0
    assert desk.telegram.pending_updates == []
    assert desk.handled == ["before", "after"]
    assert desk.bugs() == 1
    assert len(lines.of("update.failed")) == 1


async def test_a_database_that_no_waiting_helps_leaves_the_updates_at_telegram(desk, chat, alice):
    async def keep(_update):
        async def store():
            raise StorageError("damaged")

        desk.door.keep(store)

    desk.process = keep
    chat.say(alice, "one")
    with pytest.raises(StorageError, match="damaged"):
        await desk.turn()
    await desk.receiver.confirm()
    assert len(desk.telegram.pending_updates) == 1


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
    assert call.params["allowed_updates"] == ["message", "channel_post", "callback_query", "my_chat_member"]
    assert "offset" not in call.params


def good(number, text, chat, person):
    message = {"message_id": number, "date": 0, "chat": chat.as_json(), "from": person.as_json(), "text": text}
    return {"update_id": number, "message": message}


@pytest.mark.parametrize(
    "number", [None, "7", 7.0, True, [1], {"a": 1}, 0, -1, -(2**63), 2**31, 2**63, 10**30], ids=repr
)
async def test_an_update_without_a_number_that_can_be_one_is_skipped_and_takes_none_along(desk, chat, alice, number):
    chat.say(alice, "before")
    desk.telegram.queue_raw(good(1, "odd", chat, alice) | {"update_id": number})
    desk.telegram.queue_raw({key: value for key, value in good(1, "odd", chat, alice).items() if key != "update_id"})
    chat.say(alice, "after")
    assert await desk.turn() == 4
    assert await desk.turn() == 0
    assert desk.telegram.pending_updates == []
    assert desk.handled == ["before", "after"]
    assert desk.skipped() == 2


@pytest.mark.parametrize("number", [2**31 - 1, 1])
async def test_a_number_far_from_the_others_keeps_no_later_update_away(desk, chat, alice, number):
    chat.say(alice, "before")
    await desk.turn()
    desk.telegram.queue_raw(good(number, "far", chat, alice))
    for text in ("beside it", "after"):
        chat.say(alice, text)
        await desk.turn()
    desk.telegram.queue_raw(good(number, "alone", chat, alice))
    await desk.turn()
    await desk.turn()
    chat.say(alice, "at last")
    await desk.turn()
    assert [text for text in dict.fromkeys(desk.handled) if text not in {"far", "alone"}] == [
        "before",
        "beside it",
        "after",
        "at last",
    ]


async def test_a_new_beginning_of_the_numbers_is_followed(desk, chat, alice):
    """Telegram chooses the next number at random when there was no update for a week."""
    chat.say(alice, "before")
    await desk.turn()
    desk.telegram.state.updates._next_id = 1_500_000_000
    for text in ("one", "two", "three"):
        chat.say(alice, text)
        assert await desk.turn() == 1
    await desk.receiver.confirm()
    assert desk.telegram.pending_updates == []
    assert desk.handled == ["before", "one", "two", "three"]


async def test_a_batch_that_confirms_nothing_is_not_asked_for_again_at_once(desk, chat, alice):
    desk.telegram.queue_raw("nonsense")
    receiving = asyncio.create_task(desk.receiver.run())
    await until(desk.telegram, lambda: len(desk.telegram.calls_of("getUpdates")) == 2)
    began = asyncio.get_running_loop().time()
    await until(desk.telegram, lambda: len(desk.telegram.calls_of("getUpdates")) == 3)
    assert asyncio.get_running_loop().time() - began >= 0.9 * AGAIN_AFTER
    chat.say(alice, "still heard")
    await until(desk.telegram, lambda: desk.handled == ["still heard"] and not desk.telegram.pending_updates)
    receiving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await receiving


POISON = ["[" * 100_000, '{"a": ' * 100_000, "9" * 5000, '"half', "NaN-", f'"{"a" * LARGEST_BATCH}"']


@pytest.mark.parametrize(
    "poison", POISON, ids=["an abyss", "an abyss of objects", "a long number", "half", "no JSON", "too large"]
)
async def test_an_update_that_makes_its_answer_unreadable_is_skipped_alone(stopped_world, poison):
    people = stopped_world.telegram
    alice = people.user("Alice")
    chat = people.private(alice)
    said = [json.dumps(good(number, f"{number}", chat, alice)) for number in range(1, 8)]
    said[3] = f'{{"update_id": 4, "message": {poison}}}'

    async def answer(request):
        asked = await request.json()
        wanted = said[max(asked.get("offset", 0), 1) - 1 :][: asked["limit"]]
        return web.json_response(text=f'{{"ok":true,"result":[{",".join(wanted)}]}}')

    api = Api(answer)
    async with api.serving(), open_session() as session:
        desk = Desk(stopped_world, session)
        desk.receiver._base_url = api.url.rstrip("/")
        for _ in range(12):
            with suppress(TemporaryError):
                await desk.turn()
    assert desk.handled == ["1", "2", "3", "5", "6", "7"]
    assert desk.skipped() == 1


async def test_a_conflict_that_is_to_be_expected_is_no_call_for_the_operator(desk, lines):
    """Another replica has begun to lead, or this one has."""

    async def expected():
        return True

    desk.telegram.fault("getUpdates", 409)
    running = asyncio.create_task(desk.another_receiver(expected).run())
    await until(desk.telegram, lambda: lines.of("receiver.failed"))
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert [line["level"] for line in lines.of("receiver.failed")] == ["warning"]


async def test_who_receives_again_begins_with_what_nobody_has_confirmed(desk, chat, alice):
    chat.say(alice, "one")
    assert await desk.turn() == 1
    desk.clock.pass_(100)
    desk.receiver.begin()
    assert desk.receiver.last_success_at == desk.clock()
    assert await desk.turn() == 1
    assert desk.handled == ["one", "one"]


async def test_nothing_is_kept_of_a_batch_whose_handling_was_cancelled(desk, chat, alice):
    async def keep(update):
        async def write():
            kept.append(update.effective_message.text)

        desk.door.keep(write)
        if update.effective_message.text == "one":
            handling.set()
            await asyncio.Event().wait()

    kept, handling = [], asyncio.Event()
    desk.process = keep
    chat.say(alice, "one")
    turn = asyncio.create_task(desk.turn())
    await patiently(handling.wait())
    turn.cancel()
    with pytest.raises(asyncio.CancelledError):
        await turn
    desk.telegram.state.updates.drop()
    chat.say(alice, "two")
    await desk.turn()
    assert kept == ["two"]

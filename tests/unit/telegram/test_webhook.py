"""What becomes of an update that is brought: when it counts as taken, and what happens where something fails."""

import asyncio
import json
from functools import partial

import pytest

from bot.metrics import Metrics
from bot.parts import open_session, telegram_of
from bot.playground.notifier import Notifier
from bot.telegram.pace import Pace
from bot.telegram.receiving.dispatch import Dispatch
from bot.telegram.receiving.door import Door
from bot.telegram.receiving.webhook import (
    DONE,
    FAILED,
    LATER,
    MOST_REFUSED,
    MOST_REMEMBERED,
    REFUSED,
    UNREADABLE,
    Webhook,
)
from bot.telegram.writing.replies import Replies
from storage.errors import StorageError, StorageUnavailableError
from tests.patience import patiently, until

MOST = 2 * MOST_REFUSED  # under way


class Desk:
    """A webhook, and the texts that were handled and stored. Nothing is stored before `gate` of its chat is open."""

    def __init__(self, stopped_world, session, **more) -> None:
        self.metrics = Metrics()
        self.notifier = Notifier()
        self.handled: list[str] = []
        self.stored: list[str] = []
        self.fails: list[Exception] = []  # what handlers raise, one each time
        self.refuses: list[Exception] = []  # what the store raises
        self.is_out = False  # the store refuses everything
        self.gates: dict[int, asyncio.Event] = {}
        self.asks: dict[str, asyncio.Event] = {}  # what handlers wait for before they hand something over
        pace = Pace(stopped_world.clock)
        application = telegram_of(stopped_world.settings(), session, self.metrics, pace)
        self.door = Door(Replies(pace, self.metrics, self._stay), self.metrics, None)  # nothing goes on behind it
        dispatch = Dispatch(application.bot, self._process, self.door, self.metrics)
        self.webhook = Webhook(dispatch, self.metrics, most_under_way=MOST, **more)

    async def _stay(self, old_chat_id: int, new_chat_id: int) -> None:
        """No chat moves here."""

    async def _process(self, update) -> None:
        message = update.effective_message
        if message is None:
            return
        self.handled.append(message.text)
        self.notifier.notify()
        if message.text in self.asks:
            await self.asks[message.text].wait()
        self.door.keep(partial(self._store, message.chat.id, message.text))
        if self.fails:
            raise self.fails.pop(0)

    async def _store(self, chat_id: int, text: str) -> None:
        if chat_id in self.gates:
            await self.gates[chat_id].wait()
        if self.is_out:
            raise StorageUnavailableError("locked")
        if self.refuses:
            raise self.refuses.pop(0)
        self.stored.append(text)
        self.notifier.notify()

    def describe(self) -> str:
        return f"handled {self.handled}, stored {self.stored}"

    async def take(self, text="hello", chat_id=1, number=1):
        return await patiently(self.webhook.take(update(text, chat_id, number)))

    def bugs(self) -> float:
        return self.metrics.bugs.labels("update")._value.get()

    def skipped(self) -> float:
        return self.metrics.updates_skipped._value.get()


def update(text="hello", chat_id=1, number=1) -> bytes:
    message = {"message_id": number, "date": 1, "chat": {"id": chat_id, "type": "private"}, "text": text}
    return json.dumps({"update_id": number, "message": message}).encode()


@pytest.fixture
async def desk(stopped_world):
    async with open_session() as session:
        desk = Desk(stopped_world, session)
        running = asyncio.create_task(desk.webhook.run())
        await asyncio.sleep(0)
        yield desk
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await desk.webhook.finish(0)


async def until_handled(desk, text):
    await until(desk, lambda: text in desk.handled)


async def test_an_update_is_taken_when_what_it_asks_for_is_stored(desk):
    gate = desk.gates[1] = asyncio.Event()
    taking = asyncio.create_task(desk.take())
    await until_handled(desk, "hello")
    assert (taking.done(), desk.stored) == (False, [])
    gate.set()
    assert (await taking, desk.stored) == (DONE, ["hello"])


async def test_one_chat_does_not_wait_for_another_one_and_each_stores_its_own(desk):
    gate = desk.gates[1] = asyncio.Event()
    waiting = asyncio.create_task(desk.take("one", chat_id=1, number=1))
    both = await asyncio.gather(desk.take("two", chat_id=2, number=2), desk.take("three", chat_id=3, number=3))
    assert (both, desk.stored) == ([DONE, DONE], ["two", "three"])
    gate.set()
    assert await waiting == DONE


async def test_a_handler_that_asks_the_database_keeps_no_other_update_waiting(desk):
    """What each hands over is its own, also where the first one to begin is the last one to end."""
    slow = desk.asks["slow"] = asyncio.Event()
    waiting = asyncio.create_task(desk.take("slow", chat_id=1, number=1))
    await until_handled(desk, "slow")
    assert await desk.take("quick", chat_id=2, number=2) == DONE
    assert (waiting.done(), desk.stored) == (False, ["quick"])
    slow.set()
    assert (await waiting, desk.stored) == (DONE, ["quick", "slow"])


async def test_an_update_that_comes_again_is_handled_once(desk):
    gate = desk.gates[1] = asyncio.Event()
    both = [asyncio.create_task(desk.take()), asyncio.create_task(desk.take())]
    await until_handled(desk, "hello")
    gate.set()
    assert [await each for each in both] == [DONE, DONE]
    assert await desk.take() == DONE
    assert desk.handled == desk.stored == ["hello"]


async def test_only_so_many_updates_are_remembered(desk):
    await desk.take()
    for number in range(2, MOST_REMEMBERED + 2):
        assert await desk.take() == DONE
        await desk.webhook.take(f'{{"update_id": {number}}}'.encode())
    assert desk.handled == ["hello"]
    await desk.webhook.take(b'{"update_id": 999999}')
    assert await desk.take() == DONE
    assert desk.handled == ["hello", "hello"]


async def test_while_the_database_is_out_an_update_comes_again_and_goes_on_where_it_was(desk):
    desk.refuses = [StorageUnavailableError("locked")]
    assert await desk.take() == REFUSED
    await until(desk, lambda: desk.stored)
    *_, last = [await desk.take() for _ in range(10)]  # a moment later
    assert last == DONE
    assert (desk.handled, desk.stored) == (["hello"], ["hello"])


async def test_what_is_not_stored_for_long_is_left_to_telegram(stopped_world):
    async with open_session() as session:
        desk = Desk(stopped_world, session, goes_on_for=0.05)
        running = asyncio.create_task(desk.webhook.run())
        gate = desk.gates[1] = asyncio.Event()
        assert await desk.take() == REFUSED
        gate.set()
        assert desk.stored == []
        assert await desk.take() == DONE
        assert desk.handled == ["hello", "hello"]
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def test_no_more_are_under_way_than_have_room(desk):
    gate = desk.gates[1] = asyncio.Event()
    taking = [asyncio.create_task(desk.webhook.take(update(f"{n}", 1, n))) for n in range(1, MOST + 1)]
    await until_handled(desk, f"{MOST}")
    assert await desk.take("one more", 2, 9999) == REFUSED
    gate.set()
    assert {await each for each in taking} == {DONE}
    assert await desk.take("one more", 2, 9999) == DONE


async def test_while_the_database_is_out_it_is_not_asked_for_any_number_of_updates(desk):
    desk.is_out = True
    taken = [await desk.webhook.take(update(f"{number}", 1, number)) for number in range(1, MOST_REFUSED + 2)]
    assert set(taken) == {REFUSED}
    assert len(desk.handled) == MOST_REFUSED
    desk.is_out = False
    await until(desk, lambda: len(desk.stored) == MOST_REFUSED)
    assert await desk.take("one more", 2, 9999) == DONE


async def test_a_database_of_no_use_ends_the_webhook_and_confirms_nothing(stopped_world):
    async with open_session() as session:
        desk = Desk(stopped_world, session)
        running = asyncio.create_task(desk.webhook.run())
        desk.refuses = [StorageError("too new")]
        assert await desk.take() == REFUSED
        with pytest.raises(StorageError, match="too new"):
            await patiently(running)
        assert await desk.take(number=2) == LATER


async def test_an_update_that_a_handler_cannot_bear_is_tried_again_and_then_skipped(desk, lines):
    desk.fails = [ZeroDivisionError(str(number)) for number in range(9)]
    assert [await desk.take() for _ in range(4)] == [FAILED, FAILED, DONE, DONE]
    assert len(desk.handled) == 5
    assert (desk.bugs(), desk.stored) == (1, ["hello"])
    assert [line["update"] for line in lines.of("update.failed")] == [1, 1, 1]


async def test_a_handler_that_fails_once_keeps_nothing_of_the_first_time(desk):
    desk.fails = [ZeroDivisionError()]
    assert await desk.take() == DONE
    assert (desk.handled, desk.stored, desk.bugs()) == (["hello", "hello"], ["hello"], 0)


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b"[" * 100_000, b"{}" * 2, b'{"update_id": 1'])
async def test_what_is_no_json_may_have_been_cut_on_its_way_twice(desk, body, lines):
    assert [await patiently(desk.webhook.take(body)) for _ in range(4)] == [UNREADABLE, UNREADABLE, DONE, DONE]
    assert (desk.skipped(), desk.handled) == (1, [])
    assert len(lines.of("update.unreadable")) == 1


@pytest.mark.parametrize("body", [b"{}", b"[]", b"1", b"null", b'"x"', b'{"update_id": "x"}', b'{"update_id": -1}'])
async def test_what_is_no_update_is_skipped_at_once(desk, body):
    assert await patiently(desk.webhook.take(body)) == DONE
    assert (desk.skipped(), desk.handled) == (1, [])


async def test_a_kind_of_update_that_nobody_knows_is_taken(desk):
    assert await patiently(desk.webhook.take(b'{"update_id": 7, "tomorrow": {"chat": {"id": 1}}}')) == DONE
    assert desk.skipped() == 0


async def test_an_update_that_comes_too_early_waits_for_the_start(stopped_world):
    async with open_session() as session:
        desk = Desk(stopped_world, session)
        taking = asyncio.create_task(desk.take())
        await asyncio.sleep(0)
        assert not desk.webhook.is_open
        running = asyncio.create_task(desk.webhook.run())
        assert await taking == DONE
        assert desk.webhook.is_open
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def test_a_stop_takes_nothing_more_and_lets_what_was_taken_end(stopped_world):
    async with open_session() as session:
        desk = Desk(stopped_world, session)
        running = asyncio.create_task(desk.webhook.run())
        gate = desk.gates[1] = asyncio.Event()
        taking = asyncio.create_task(desk.take())
        await until_handled(desk, "hello")
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        assert not desk.webhook.is_open
        assert await desk.take("another", 2, 2) == LATER
        finishing = asyncio.create_task(desk.webhook.finish(60))
        gate.set()
        await patiently(finishing)
        assert (await taking, desk.stored) == (DONE, ["hello"])


async def test_a_stop_does_not_wait_for_a_database_that_is_out(stopped_world):
    async with open_session() as session:
        desk = Desk(stopped_world, session)
        running = asyncio.create_task(desk.webhook.run())
        desk.is_out = True
        assert await desk.take() == REFUSED
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await patiently(desk.webhook.finish(3600))
        assert desk.stored == []

import asyncio
from functools import partial

import pytest

from bot.errors import ChatMovedError, UndeliverableError
from bot.metrics import Metrics
from bot.playground.notifier import Notifier
from bot.telegram.pace import Pace
from bot.telegram.pacing.windows import LONGEST_WAIT
from bot.telegram.writing.replies import AT_ONCE, MOST, MOST_OF_A_CHAT, Replies
from storage.errors import StorageUnavailableError
from tests.clock import Clock
from tests.patience import patience

ALICE, BOB = 1001, 1002


class Counter:
    """Replies that are said, in order, once the test lets them; nothing is in between but the queues."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.pace = Pace(self.clock)
        self.metrics = Metrics()
        self.replies = Replies(self.pace, self.metrics, self.follow)
        self.begun: list[str] = []
        self.said: list[str] = []
        self.open = asyncio.Event()
        self.notifier = Notifier()
        self.moves: list[tuple[int, int]] = []

    async def follow(self, old_chat_id: int, new_chat_id: int) -> None:
        self.moves.append((old_chat_id, new_chat_id))

    async def say(self, text: str) -> None:
        self.begun.append(text)
        await self.open.wait()
        self.said.append(text)
        self.notifier.notify()

    def put(self, chat_id: int, text: str, **more) -> None:
        self.replies.put(chat_id, partial(self.say, text), **more)

    async def let_go(self) -> None:
        self.open.set()
        async with patience(5):
            await self.replies.idle()

    def dropped(self) -> float:
        return self.metrics.replies_dropped._value.get()

    def bugs(self) -> float:
        return self.metrics.bugs.labels("reply")._value.get()


@pytest.fixture
async def counter():
    counter = Counter()
    yield counter
    await counter.replies.stop(0)


async def begin():
    for _ in range(3):
        await asyncio.sleep(0)


async def test_the_replies_of_a_chat_are_said_one_after_the_other(counter):
    for number in range(5):
        counter.put(ALICE, f"{number}")
    await begin()
    assert counter.begun == ["0"]
    await counter.let_go()
    assert counter.said == [f"{number}" for number in range(5)]


async def test_chats_do_not_wait_for_one_another(counter):
    for number in range(MOST_OF_A_CHAT):
        counter.put(ALICE, f"{number}")
    counter.put(BOB, "his")
    await begin()
    assert counter.begun == ["0", "his"]


async def test_chats_take_turns_where_there_are_many(counter):
    chats = range(3 * AT_ONCE)
    for chat_id in chats:
        for turn in range(3):
            counter.put(chat_id, f"{turn}")
    await begin()
    assert len(counter.begun) == AT_ONCE
    await counter.let_go()
    assert counter.begun == [f"{turn}" for turn in range(3) for _ in chats]


async def test_what_is_too_much_for_a_chat_drops_its_oldest(counter):
    for number in range(1000):
        counter.put(ALICE, f"{number}")
    await counter.let_go()
    assert counter.said == [f"{number}" for number in range(1000 - MOST_OF_A_CHAT, 1000)]
    assert counter.dropped() == 1000 - MOST_OF_A_CHAT


async def test_who_drops_one_does_what_is_to_be_done_instead(counter):
    instead = []

    async def give_up(number):
        instead.append(number)

    for number in range(MOST_OF_A_CHAT + 2):
        counter.put(ALICE, f"{number}", dropped=partial(give_up, number))
    await counter.let_go()
    assert instead == [0, 1]
    assert counter.said == [f"{number}" for number in range(2, MOST_OF_A_CHAT + 2)]


async def test_what_is_too_much_for_all_drops_the_oldest_of_the_chat_with_the_most(counter):
    for number in range(MOST_OF_A_CHAT):
        counter.put(ALICE, f"{number}")
    for chat_id in range(2000, 2000 + MOST - MOST_OF_A_CHAT):
        counter.put(chat_id, "his")
    counter.put(BOB, "hers")
    assert counter.dropped() == 1
    await counter.let_go()
    assert "0" not in counter.said
    assert len(counter.said) == MOST


@pytest.mark.parametrize(
    ("failure", "bugs"), [(UndeliverableError("blocked"), 0), (StorageUnavailableError("locked"), 0), (KeyError(), 1)]
)
async def test_one_that_fails_ends_no_other(counter, lines, failure, bugs):
    async def fail() -> None:
        raise failure

    counter.replies.put(ALICE, fail)
    counter.put(ALICE, "next")
    await counter.let_go()
    assert counter.said == ["next"]
    assert counter.bugs() == bugs
    assert len(lines.of("reply.failed")) == 1 - bugs


@pytest.mark.parametrize("seconds", [0.01, 100.0])
async def test_what_counts_waits_for_the_pace_of_its_chat_and_keeps_no_other_waiting(counter, seconds):
    counter.open.set()
    counter.pace.block(ALICE, seconds)
    for number in range(2 * AT_ONCE):
        counter.put(ALICE + 10 + number, "theirs", counts=True)
    counter.put(ALICE, "one", counts=True)
    counter.put(ALICE, "two")
    counter.put(BOB, "his", counts=True)
    await counter.replies.idle()
    assert counter.said == ["theirs"] * 2 * AT_ONCE + ["his"]
    counter.clock.pass_(seconds + LONGEST_WAIT)
    async with patience(5):
        await counter.notifier.wait_for(lambda: counter.said[-2:] == ["one", "two"])


async def test_many_chats_that_wait_for_the_pace_keep_no_other_waiting(counter):
    counter.open.set()
    for chat_id in range(2000, 2000 + 3 * AT_ONCE):
        counter.pace.block(chat_id, 5)
        counter.put(chat_id, "later", counts=True)
    counter.put(BOB, "his", counts=True)
    await counter.replies.idle()
    assert counter.said == ["his"]


async def test_a_reply_has_the_place_that_was_kept_for_it(counter):
    """A crowd of placeholders may wait in line at the same time."""
    while counter.pace.reserve_at_once(BOB):
        pass
    counter.put(ALICE, "hers", counts=True)
    await begin()
    counter.clock.pass_(1)
    await begin()
    assert counter.begun == ["hers"]
    await counter.let_go()


async def test_a_reply_that_needs_no_place_is_not_held_up_by_one_that_was_dropped_while_it_waited(counter):
    counter.open.set()
    counter.pace.block(ALICE, 5)
    counter.put(ALICE, "dropped", counts=True)
    await begin()
    for number in range(MOST_OF_A_CHAT):
        counter.put(ALICE, f"{number}")
    counter.clock.pass_(5)
    await begin()
    await counter.replies.idle()
    assert counter.said == [f"{number}" for number in range(MOST_OF_A_CHAT)]


async def test_a_stop_lets_begun_ones_end_for_a_while_and_drops_the_rest(counter, lines):
    counter.pace.block(BOB, 0.01)
    counter.put(BOB, "never", counts=True)
    for number in range(3):
        counter.put(ALICE, f"{number}")
    await begin()
    async with patience(5):
        await counter.replies.stop(0.01)
    counter.open.set()
    await asyncio.sleep(0.02)
    assert counter.said == []
    assert counter.begun == ["0"]
    assert len(lines.of("replies.dropped")) == 1


async def test_a_stop_says_what_can_still_be_said(counter):
    for number in range(3):
        counter.put(ALICE, f"{number}")
    await begin()
    counter.open.set()
    await counter.replies.stop(5)
    assert counter.said == ["0", "1", "2"]


async def test_a_chat_that_turns_out_to_have_moved_is_followed_and_the_others_go_on(counter):
    async def move() -> None:
        raise ChatMovedError(-1001)

    counter.replies.put(ALICE, move)
    counter.put(ALICE, "after it")
    await counter.let_go()
    assert counter.moves == [(ALICE, -1001)]
    assert counter.said == ["after it"]
    assert counter.bugs() == 0

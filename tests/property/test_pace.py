"""The pace under anything that chats may do: limits hold, answers come first, nobody waits for ever."""

import asyncio
from bisect import bisect_right
from collections.abc import Iterable
from functools import partial

from hypothesis import given, settings
from hypothesis import strategies as st
from telegram.error import RetryAfter

from bot.telegram.pace import AT_ONCE, Urgency
from bot.telegram.pacing import shared
from bot.telegram.pacing.chat import GROUP, MESSAGES, PRIVATE
from bot.telegram.pacing.line import EACH
from bot.telegram.pacing.together import SPAN
from bot.telegram.pacing.windows import LONGEST_WAIT
from tests.clock import Clock
from tests.ledger import MemoryLedger
from tests.pacing import EDIT, MESSAGE, Writers, Written

ANSWER, PLACEHOLDER = Urgency.ANSWER, Urgency.PLACEHOLDER
CHATS = [1001, 1002, -5001]

bursts = st.tuples(
    st.floats(0, 3),  # seconds before it
    st.sampled_from([*CHATS, None]),  # None for a chat of its own for each write
    st.sampled_from(Urgency),
    st.sampled_from([MESSAGE, EDIT]),
    st.integers(1, 40),
)


async def all_of(script: Iterable[tuple[float, int | None, Urgency, str, int]]) -> Writers:
    """Let everybody write who is to write, and wait until the last has gone or was refused."""
    writers = Writers()
    for gap, chat_id, urgency, endpoint, writes in script:
        await writers.pass_(gap)
        for _ in range(writes):
            await writers.write(chat_id or 10_000 + len(writers.all), urgency, endpoint)
    await writers.pass_(3 * LONGEST_WAIT)
    await writers.end()
    return writers


def most_within(moments: list[float], span: float) -> int:
    moments = sorted(moments)
    return max((bisect_right(moments, moment + span - 1e-6) - at for at, moment in enumerate(moments)), default=0)


def gone(writers: Writers, endpoint: str) -> list[Written]:
    return [each for each in writers.all if each.went is not None and each.endpoint == endpoint]


@settings(max_examples=25)
@given(st.lists(bursts, max_size=8))
def test_no_window_ever_has_more_writes_than_it_may(script):
    writers = asyncio.run(all_of(script))
    for endpoint in (MESSAGE, EDIT):
        assert most_within([each.went for each in gone(writers, endpoint)], SPAN) <= EACH
    for chat_id in CHATS:
        limit, span, _ = GROUP if chat_id < 0 else PRIVATE
        written = [each for each in writers.all if each.went and each.chat_id == chat_id]
        assert most_within([each.went for each in written], span) <= limit
        limit, span, _ = MESSAGES
        messages = [each.went for each in written if each.endpoint == MESSAGE]
        assert chat_id > 0 or most_within(messages, span) <= limit


@settings(max_examples=25)
@given(st.lists(bursts, max_size=8))
def test_each_write_goes_or_is_told_when_to_come_back_and_goes_then(script):
    writers = asyncio.run(all_of(script))
    for each in writers.all:
        assert (each.went is None) != (each.told is None)
        at_once = each.urgency is Urgency.PROGRESS
        assert each.told is None or each.told > (0 if at_once else LONGEST_WAIT)
        assert each.went is None or each.went - each.came <= (AT_ONCE if at_once else 3 * LONGEST_WAIT)


@settings(max_examples=25)
@given(st.lists(bursts, max_size=8))
def test_an_answer_of_a_quiet_chat_is_overtaken_by_no_placeholder_that_came_lately(script):
    writers = asyncio.run(all_of(script))
    for endpoint in (MESSAGE, EDIT):
        written = gone(writers, endpoint)
        for answer in (each for each in written if each.urgency is ANSWER and each.chat_id >= 10_000):
            overtaking = [
                each
                for each in written
                if each.urgency is PLACEHOLDER
                and answer.came < each.went < answer.went
                and each.came > answer.came - LONGEST_WAIT
            ]
            assert overtaking == []


@settings(max_examples=15)
@given(st.lists(bursts, max_size=6), st.sets(st.integers(0, 240)), st.floats(0, 2))
def test_waits_that_are_given_up_leave_nothing_behind(script, given_up, later):
    async def run() -> None:
        writers = Writers()
        for gap, chat_id, urgency, endpoint, writes in script:
            await writers.pass_(gap)
            for _ in range(writes):
                await writers.write(chat_id or 10_000 + len(writers.all), urgency, endpoint)
        await writers.pass_(later)
        for number, each in enumerate(writers.all):
            if number in given_up:
                await writers.give_up(each)
        await writers.pass_(3 * LONGEST_WAIT)
        for chat_id, chat in writers.pace._chats.items():
            counted = {each.went for each in writers.all if each.chat_id == chat_id}
            assert set(chat._writes.moments) <= counted
        for number in range(EACH):
            assert (await writers.write(50_000 + number, ANSWER)).went is not None
            assert (await writers.write(60_000 + number, ANSWER, EDIT)).went is not None
        await writers.end()

    asyncio.run(run())


class Server:
    """Counts writes in windows that the pace does not know, and refuses what is too much."""

    def __init__(self, writers: Writers, limit: int, *, shared: bool) -> None:
        self.writers = writers
        self.limit = limit
        self.shared = shared
        self.taken: dict[str, list[float]] = {MESSAGE: [], EDIT: []}
        self.refused = 0

    async def take(self, endpoint: str) -> str:
        now = self.writers.clock()
        lists = self.taken.values() if self.shared else [self.taken[endpoint]]
        if sum(moment > now - SPAN for moments in lists for moment in moments) >= self.limit:
            self.refused += 1
            raise RetryAfter(1)
        self.taken[endpoint].append(now)
        return "sent"


@settings(max_examples=6, deadline=None)
@given(st.integers(10, 40), st.booleans())
def test_a_server_that_takes_less_refuses_little(limit, shared):
    async def run() -> Server:
        writers = Writers()
        server = Server(writers, limit, shared=shared)

        async def job(number: int) -> None:
            for endpoint, urgency in ((MESSAGE, PLACEHOLDER), (EDIT, ANSWER)):
                while True:
                    try:
                        asked = (endpoint, {"chat_id": 10_000 + number}, urgency)
                        await writers.pace.process_request(partial(server.take, endpoint), (), {}, *asked)
                        break
                    except RetryAfter:
                        await writers.clock.until(writers.clock() + 1)
                await writers.clock.until(writers.clock() + 2)

        jobs = asyncio.gather(*(job(number) for number in range(150)))
        while not jobs.done():
            await writers.pass_(1.0)
        await jobs
        return server

    server = asyncio.run(run())
    assert [len(moments) for moments in server.taken.values()] == [150, 150]
    assert server.refused <= 60


steps_of_several = st.lists(st.tuples(st.integers(0, 3), bursts), max_size=8)  # whose process writes, and what


async def all_of_several(script: Iterable[tuple[int, tuple[float, int | None, Urgency, str, int]]]) -> list[Writers]:
    """Let everybody write through the process that is theirs, of four that share a ledger."""
    clock = Clock()
    ledger = MemoryLedger(clock)
    replicas = [Writers(clock, ledger) for _ in range(4)]
    for whose, (gap, chat_id, urgency, endpoint, writes) in script:
        await replicas[0].pass_(gap)
        for number in range(writes):
            await replicas[whose].write(chat_id or 10_000 * (whose + 1) + number, urgency, endpoint)
    await replicas[0].pass_(4 * LONGEST_WAIT)
    for each in replicas:
        await each.end()
    return replicas


@settings(max_examples=25)
@given(steps_of_several)
def test_several_processes_together_have_no_more_in_any_window_than_they_may(script):
    written = [each for writers in asyncio.run(all_of_several(script)) for each in writers.all if each.went is not None]
    for endpoint in (MESSAGE, EDIT):
        assert most_within([each.went for each in written if each.endpoint == endpoint], SPAN) <= shared.EACH
    for chat_id in CHATS:
        there = [each for each in written if each.chat_id == chat_id]
        limit, span, _ = GROUP if chat_id < 0 else PRIVATE
        assert most_within([each.went for each in there], span) <= limit
        limit, span, _ = MESSAGES
        assert chat_id > 0 or most_within([each.went for each in there if each.endpoint == MESSAGE], span) <= limit


@settings(max_examples=25)
@given(steps_of_several)
def test_each_write_of_several_processes_goes_or_is_told_when_to_come_back(script):
    for writers in asyncio.run(all_of_several(script)):
        for each in writers.all:
            assert (each.went is None) != (each.told is None)
            assert each.went is None or each.went - each.came <= 3 * LONGEST_WAIT

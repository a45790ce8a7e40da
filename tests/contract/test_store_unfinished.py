"""Updates that are not finished: held by the process that handles them, and taken up once it is gone."""

from storage.unfinished import MOST_OF_A_CHAT, MOST_TRIES, NewUpdate, TakenUp
from tests.contract.stored import NOW, died

GROUP, BOB, DAY = -7, 42, 86_400.0


def update(number=1, chat_id=GROUP):
    return NewUpdate(number, chat_id, BOB, f"what {number} asks")


async def numbers(store):
    return [each.number for each in (await store.take_up(100)).updates]


async def test_what_is_kept_is_held_until_the_process_dies_and_taken_up_once_the_oldest_first(store, other):
    await store.keep_update(update(2), NOW)
    await store.keep_update(update(1), NOW)
    assert await other.take_up(9) == TakenUp(())
    await died(store)
    (first,) = (await store.take_up(1)).updates
    assert (first.number, first.body) == (1, "what 1 asks")
    assert await numbers(other) == [2]
    assert await numbers(store) == []


async def test_what_is_finished_is_gone_once_and_only_by_its_holder(store):
    before = await store.keep_update(update(), NOW)
    now = await store.keep_update(update(), NOW)
    assert not await store.finish_update(before)
    assert await store.finish_update(now)
    assert not await store.finish_update(now)
    await died(store)
    assert await numbers(store) == []


async def test_what_processes_die_of_again_and_again_is_left_behind(store):
    await store.keep_update(update(), NOW)
    for _ in range(MOST_TRIES):
        await died(store)
        assert await numbers(store) == [1]
        await store.keep_update(update(), NOW)
    await died(store)
    assert await store.take_up(9) == TakenUp((), left_behind=(1,))
    assert await store.take_up(9) == TakenUp(())


async def test_of_a_chat_the_newest_are_kept_and_all_of_another_one(store):
    await store.keep_update(update(1, GROUP - 1), NOW)
    for number in range(2, MOST_OF_A_CHAT + 4):
        await store.keep_update(update(number), NOW)
    await died(store)
    assert await numbers(store) == [1, *range(4, MOST_OF_A_CHAT + 4)]


async def test_what_is_a_day_old_is_purged(store):
    await store.keep_update(update(1), NOW - DAY)
    await store.keep_update(update(2), NOW - DAY + 1)
    assert await store.purge(NOW, NOW - DAY, 10) == 1
    await died(store)
    assert await numbers(store) == [2]


async def test_a_chat_that_is_forgotten_and_a_person_leave_nothing(store):
    for number, (chat_id, user_id) in enumerate([(GROUP, BOB), (GROUP - 1, BOB), (GROUP - 1, BOB + 1)], 1):
        await store.keep_update(NewUpdate(number, chat_id, user_id, "said"), NOW)
    await store.forget(GROUP)
    await died(store)
    assert await numbers(store) == [2, 3]
    await died(store)
    await store.forget(BOB)
    await died(store)
    assert await numbers(store) == [3]

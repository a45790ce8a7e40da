"""What several processes share: each asks a store of its own on one database."""

import asyncio
from dataclasses import replace

import pytest

from storage.host import DAY, Rate, Spending, Told
from storage.intake import Refused
from storage.outcomes import Admitted, MustWait, Waiting
from storage.pause import Pause
from storage.upkeep import Bounds
from storage.words import PAUSED, Job
from tests.contract.stored import CHAT, FAMILY, LATER, NOW, accepted, again, leased, message, recorded, uploading

TODAY = int(NOW // DAY)
HOUR = 3600.0
FOR_OPERATOR = Pause(NOW + 30, by_operator=True, since=NOW, next_seconds=60.0)


@pytest.fixture
def both(store, other):
    return store, other


def tried(pause):
    return pause if pause.until > NOW + 30 else replace(pause, until=NOW + 90)


async def test_at_first_there_is_no_pause(store):
    assert await store.pause() == Pause()


async def test_a_pause_is_known_to_all_and_ends_for_all(store, other):
    assert await store.change_pause(lambda _: FOR_OPERATOR) == FOR_OPERATOR
    assert await other.pause() == FOR_OPERATOR
    assert await other.change_pause(lambda _: Pause()) == Pause()
    assert await store.pause() == Pause()


async def test_a_first_process_forgets_the_pause_of_those_before_it(store):
    await store.change_pause(lambda _: FOR_OPERATOR)
    await store.set_right(NOW + 1, Bounds(3600, 7200, DAY, 7 * DAY, DAY, 60))
    assert await store.pause() == Pause()


async def test_of_several_at_the_end_of_a_pause_one_changes_it(both):
    await both[0].change_pause(lambda _: FOR_OPERATOR)
    seen = []

    def try_alone(pause):
        seen.append(pause.until)
        return tried(pause)

    await asyncio.gather(*(store.change_pause(try_alone) for store in both * 4))
    assert sorted(seen) == [NOW + 30] + [NOW + 90] * 7


async def test_who_is_recorded_as_waiting_for_a_pause_that_is_over_is_due_at_once(store, other):
    first, second, third = [await uploading(store, number) for number in (1, 2, 3)]
    await store.change_pause(lambda _: FOR_OPERATOR)
    waits = Waiting(LATER, PAUSED, FOR_OPERATOR.since)
    assert (await recorded(store, first, waits)).next_at == LATER
    await other.change_pause(lambda _: Pause())
    assert (await recorded(store, second, waits)).next_at == NOW
    await other.change_pause(lambda _: replace(FOR_OPERATOR, since=NOW + 1))
    assert (await recorded(store, third, waits)).next_at == NOW, "it waits for another pause only when it has met it"


@pytest.mark.parametrize("pause", [FOR_OPERATOR, replace(FOR_OPERATOR, by_operator=False)])
async def test_no_create_begins_during_a_pause_of_another_process_but_the_one_that_tries_for_all(store, other, pause):
    job = await uploading(store)
    await other.change_pause(lambda _: pause)
    assert await store.start_create(job, None, NOW) == pause
    assert not (await again(store, job)).create_started
    assert await store.start_create(job) is True


async def test_after_a_pause_all_create_unless_the_operator_has_to_act(store, other):
    job = await uploading(store)
    await other.change_pause(lambda _: replace(FOR_OPERATOR, by_operator=False))
    assert await store.start_create(job, None, NOW + 30) is True
    await other.change_pause(lambda _: FOR_OPERATOR)
    assert await store.start_create(job, None, NOW + 30) == FOR_OPERATOR


async def test_a_pause_does_not_hide_that_the_lease_was_lost(store, other):
    job = await uploading(store)
    await store.cancel(job.id, CHAT, 9, NOW)
    assert await store.start_create(job, None, NOW) is False
    await other.change_pause(lambda _: FOR_OPERATOR)
    assert await store.start_create(job) is False


async def test_slots_are_never_exceeded_whatever_each_process_takes_for_their_number(both):
    jobs = [await leased(both[0], number) for number in range(1, 9)]
    asked = [both[number % 2].admit(job, FAMILY, 3, NOW) for number, job in enumerate(jobs)]
    found = await asyncio.gather(*asked)
    assert sum(isinstance(each, Admitted) for each in found) <= 3
    assert await both[0].slots_taken() == {FAMILY: 2}, "one of three is kept for another chat"
    assert await both[1].admit(await leased(both[1], 9, chat_id=8), FAMILY, 2, NOW) == MustWait(FAMILY)
    assert await both[0].slots_taken() == {FAMILY: 2}


async def test_chats_are_served_in_turn_whichever_process_accepts_and_claims(both):
    for number in range(1, 4):
        await accepted(both[number % 2], number)
    newcomer = await accepted(both[0], 4, chat_id=8)
    first = await both[1].claim(LATER, LATER + 600, 2)
    assert [job.chat_id for job in first.jobs] == [CHAT, newcomer.chat_id]
    second = await both[0].claim(LATER, LATER + 600, 9)
    assert [job.message_id for job in second.jobs] == [2, 3]


async def test_a_chat_has_no_more_open_jobs_than_it_may_whichever_process_accepts(both):
    found = await asyncio.gather(*(both[n % 2].accept(message(n), NOW, 3) for n in range(8)))
    assert sum(isinstance(each, Job) for each in found) == 3
    assert sum(each == Refused(tell=True) for each in found) == 1


@pytest.mark.parametrize("rate", [Rate(2, 0), Rate(0, 2)], ids=["chat", "person"])
async def test_no_more_are_accepted_in_a_minute_than_may_be(both, rate):
    chats = (CHAT, CHAT) if rate.of_chat else (-7, -8)
    sent = [both[n % 2].accept(message(n, chat_id=chats[n % 2]), NOW, rate=rate) for n in range(8)]
    found = await asyncio.gather(*sent)
    assert sum(isinstance(each, Job) for each in found) == 2
    assert [each.tell for each in found if isinstance(each, Refused)].count(True) == 1


@pytest.mark.parametrize("limit", ["most_of_chat", "most_of_person"])
async def test_no_more_is_spent_in_a_day_than_may_be(both, limit):
    chats = (CHAT, CHAT) if limit == "most_of_chat" else (-7, -8)
    jobs = [await uploading(both[0], n, chat_id=chats[n % 2]) for n in range(1, 9)]
    spending = Spending(30.0, TODAY, **{limit: 100.0})
    found = await asyncio.gather(*(both[n % 2].start_create(job, spending, NOW) for n, job in enumerate(jobs)))
    assert found.count(True) == 3


async def test_one_of_several_tells_a_chat_something_once(both):
    assert (await asyncio.gather(*(store.tell_once(CHAT, "a") for store in both * 4))).count(True) == 1


async def test_one_of_several_tells_a_chat_something_in_a_while(both):
    for moment in (NOW, NOW + 60):
        told = await asyncio.gather(*(store.tell_seldom(CHAT, "a", moment, 60) for store in both * 4))
        assert told.count(True) == 1
        assert not await both[0].tell_seldom(CHAT, "a", moment + 59, 60)
    assert await both[0].tell_seldom(CHAT, "b", NOW, 60)
    assert await both[0].tell_seldom(8, "a", NOW, 60)


async def test_what_was_not_told_in_the_end_is_told_again(store):
    await store.tell_once(CHAT, "a")
    await store.tell_again(CHAT, "a")
    assert await store.tell_once(CHAT, "a")


async def test_what_is_told_in_a_while_is_forgotten_after_a_day_and_what_is_told_once_is_not(store):
    await store.tell_seldom(CHAT, "a", NOW, 60)
    await store.tell_once(CHAT, "b")
    assert await store.purge(NOW + DAY - 1, NOW, 100) == 0
    assert await store.purge(NOW + DAY, NOW, 100) == 1
    assert not await store.tell_once(CHAT, "b")


async def test_what_a_group_was_told_lately_goes_along_when_it_moves(store):
    await store.tell_seldom(-7, "a", NOW, 60)
    await store.move_chat(-7, -1007)
    assert not await store.tell_seldom(-1007, "a", NOW + 59, 60)


async def test_strangers_are_told_by_one_of_several_and_so_many_in_a_day(both):
    assert (await asyncio.gather(*(store.tell_stranger(5, NOW, 9) for store in both * 4))).count(True) == 1
    told = await asyncio.gather(*(both[n % 2].tell_stranger(n, NOW, 4) for n in range(10, 18)))
    assert told.count(True) == 3


async def test_one_of_several_becomes_the_owner(both):
    await both[0].circle("")
    owns = await asyncio.gather(*(both[n % 2].own(n, None) for n in range(1, 9)))
    assert owns.count(True) == 1
    assert (await both[0].circle("")).owner == owns.index(True) + 1


CHANGES = {
    "owner": lambda store: store.own(5, None),
    "language": lambda store: store.hear_owner(4, "de"),
    "guest": lambda store: store.allow(6),
    "fewer guests": lambda store: store.revoke([7]),
    "move": lambda store: store.move_chat(-7, -1007),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
async def test_another_version_tells_that_the_circle_has_changed(store, other, change):
    await store.circle("")
    if change is not CHANGES["owner"]:
        await store.own(4, None)
    await store.allow(7)
    before = await other.circle("")
    assert before.version == await other.circle_version()
    await change(store)
    assert await other.circle_version() > before.version


async def test_what_changes_nothing_has_no_other_version(store):
    await store.allow(6)
    before = await store.circle_version()
    await store.allow(6)
    await store.change_settings(CHAT, lambda chosen: replace(chosen, model="nova-3"))
    assert await store.circle_version() == before


async def test_trouble_that_one_sees_is_known_to_all(store, other):
    await store.see_trouble("key", NOW, is_on=True)
    assert await other.troubles() == {"key": Told(is_on=True, seen_at=NOW)}
    await other.see_trouble("key", LATER, is_on=False)
    assert (await store.troubles())["key"] == Told(is_on=False, seen_at=LATER)


async def test_one_of_several_tells_the_owner_and_once_an_hour(both):
    async def telling(moment, *, began):
        asked = (store.begin_telling("key", moment, HOUR, began=began) for store in both * 4)
        return (await asyncio.gather(*asked)).count(True)

    assert await telling(NOW, began=True) == 0, "it is not known"
    await both[0].see_trouble("key", NOW, is_on=True)
    assert await telling(NOW, began=False) == 0
    assert await telling(NOW, began=True) == 1
    assert await telling(NOW, began=True) == 0
    await both[1].see_trouble("key", NOW, is_on=False)
    assert await telling(NOW + 1, began=False) == 1
    await both[0].see_trouble("key", NOW, is_on=True)
    assert await telling(NOW + HOUR - 1, began=True) == 0
    assert await telling(NOW + HOUR, began=True) == 1
    found = await both[0].troubles()
    assert found == {"key": Told(True, NOW + HOUR, NOW + 1, True, NOW)}


async def test_what_was_told_is_kept_apart_from_whether_it_is_on(store):
    await store.see_trouble("key", NOW, is_on=True)
    await store.keep_told("key", Told(is_known=True, began_at=NOW))
    await store.see_trouble("key", LATER, is_on=False)
    assert await store.troubles() == {"key": Told(True, NOW, None, False, LATER)}

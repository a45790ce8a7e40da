"""How many jobs without an answer a chat may have, and when it is told that it has too many."""

from storage.intake import Refused
from storage.outcomes import Ended
from storage.statements.claims import TOLD_EVERY
from storage.words import State
from tests.contract.stored import CHAT, NOW, accepted, leased, message, recorded

OTHER = CHAT + 1


async def test_a_chat_gets_no_more_jobs_than_it_may_have_open_and_is_told_once(store):
    assert [type(await store.accept(message(number), NOW, 2)).__name__ for number in (1, 2)] == ["Job", "Job"]
    assert await store.accept(message(3), NOW, 2) == Refused(tell=True)
    assert await store.accept(message(4), NOW + 1, 2) == Refused(tell=False)
    assert await store.accept(message(1), NOW, 2) is None


async def test_other_chats_are_not_refused_for_one_that_has_too_many(store):
    await accepted(store, 1)
    assert await store.accept(message(2, chat_id=OTHER), NOW, 1) not in (None, Refused(tell=True))


async def test_jobs_that_have_an_answer_are_not_counted(store):
    await recorded(store, await leased(store, 1), Ended(State.FAILED))
    assert await store.accept(message(2), NOW, 1) not in (None, Refused(tell=True))


async def test_a_chat_that_goes_on_sending_is_told_again_after_a_while(store):
    await accepted(store, 1)
    assert await store.accept(message(2), NOW, 1) == Refused(tell=True)
    assert await store.accept(message(3), NOW + TOLD_EVERY - 1, 1) == Refused(tell=False)
    assert await store.accept(message(4), NOW + TOLD_EVERY, 1) == Refused(tell=True)
    assert await store.accept(message(5), NOW, 1) == Refused(tell=True)  # a clock that was set back


async def test_a_new_burst_is_told_once_all_that_was_open_is_answered(store):
    job = await leased(store, 1)
    assert await store.accept(message(2), NOW, 1) == Refused(tell=True)
    await recorded(store, job, Ended(State.FAILED))
    await accepted(store, 3, now=NOW + 2)
    assert await store.accept(message(4), NOW + 3, 1) == Refused(tell=True)


async def test_a_refused_message_that_comes_again_is_taken_if_there_is_room_by_then(store):
    job = await leased(store, 1)
    assert await store.accept(message(2), NOW, 1) == Refused(tell=True)
    assert await store.accept(message(2), NOW, 1) == Refused(tell=False)
    await recorded(store, job, Ended(State.FAILED))
    taken = await store.accept(message(2), NOW, 1)
    assert taken not in (None, Refused(tell=False))


async def test_a_refusal_leaves_what_the_chat_chose(store):
    await accepted(store, 1)
    chosen = await store.settings(CHAT)
    await store.accept(message(2), NOW, 1)
    assert await store.settings(CHAT) == chosen

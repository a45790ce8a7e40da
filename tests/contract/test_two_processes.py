"""What two processes know of what they share: each has its own memory, and they have one database."""

import asyncio

import pytest
import pytest_asyncio

from bot.engine import patience
from bot.engine.guests import Guests
from bot.engine.moves import Moves
from bot.engine.sharing import Sharing
from bot.engine.trouble import Trouble
from bot.errors import TemporaryError
from bot.text.rooms.trouble import Kind
from storage.apology import Reason
from storage.errors import StorageUnavailableError
from tests.clock import Clock
from tests.contract.stored import NOW
from tests.patience import patience as patiently

OWNER = 5
HOUR = 3600.0


@pytest.fixture
def clock():
    return Clock()


class Process:
    """What one process knows. `told` is what it tells the owner, and `refuses` what Telegram says to that."""

    def __init__(self, store, clock):
        self.guests = Guests(store, Moves(store), frozenset(), is_open=False, is_shared=True)
        self.bugs, self.refuses, self.told = 0, None, []
        self.trouble = Trouble(store, self._tell, lambda: OWNER, lambda: self.bugs, clock)
        self.sharing = Sharing((self.guests.refresh, self.trouble.refresh))

    async def _tell(self, owner, kind, began):
        if self.refuses is not None:
            raise self.refuses
        self.told.append((kind, began))


@pytest_asyncio.fixture(loop_scope="session")
async def both(store, other, clock):
    processes = Process(store, clock), Process(other, clock)
    for each in processes:
        await each.guests.load("token")
        await each.trouble.load()
    return processes


async def turns(both):
    for each in both:
        await each.sharing.turn()
        await each.trouble.turn()


async def test_who_is_let_in_here_is_known_there(both):
    here, there = both
    await here.guests.allow(7)()
    await here.guests.allow(-8)()
    await there.guests.refresh()
    assert there.guests.admits(7)
    assert there.guests.invited == (7, -8)
    await there.guests.revoke(7)()
    await here.guests.refresh()
    assert not here.guests.admits(7)


async def test_a_guest_is_known_there_under_its_new_id(both):
    here, there = both
    await here.guests.allow(-8)()
    await here.guests.moves.follow(-8, -1008)
    await there.guests.refresh()
    assert there.guests.admits(-1008)
    assert there.guests.moves.ids(-1008) == {-8, -1008}


async def test_of_two_who_claim_the_bot_at_once_one_owns_it_everywhere(both):
    here, there = both
    assert here.guests.invitation == there.guests.invitation
    mine, theirs = here.guests.claim(5), there.guests.claim(6)
    assert [await mine(), await theirs()] == [True, False]
    assert (here.guests.owner, there.guests.owner) == (5, 5)
    assert there.guests.invitation is None


async def test_an_owner_who_has_handed_over_there_hands_over_here_no_more(both):
    here, there = both
    await here.guests.claim(5)()
    await there.guests.refresh()
    await there.guests.hand_over(6)()
    assert await here.guests.hand_over(7)() is False
    assert (here.guests.owner, here.guests.invited) == (6, (5,))


async def test_the_language_of_the_owner_is_known_there(both):
    here, there = both
    await here.guests.claim(5)()
    await here.guests.hear(5, "de")()
    await there.guests.refresh()
    assert (there.guests.owner, there.guests.owner_speaks) == (5, "de")


async def test_trouble_that_both_see_is_told_once(both):
    for each in both:
        each.trouble.begins(Kind.KEY)
    await turns(both)
    await turns(both)
    assert [each.told for each in both] == [[(Kind.KEY, True)], []]


async def test_the_end_of_trouble_is_told_by_whichever_process_sees_it(both, clock):
    here, there = both
    here.trouble.begins(Kind.KEY)
    await turns(both)
    clock.pass_(60)
    there.trouble.accepted()
    await turns(both)
    await turns(both)
    assert [each.told for each in both] == [[(Kind.KEY, True)], [(Kind.KEY, False)]]


async def test_trouble_that_ended_there_is_not_told_here_an_hour_later(both, clock):
    here, there = both
    for seen_by, begins in ((here, True), (there, False), (here, True), (there, False)):
        (seen_by.trouble.begins if begins else seen_by.trouble.ends)(Kind.KEY)
        await turns(both)
        clock.pass_(60)
    clock.pass_(HOUR)
    await turns(both)
    assert [each.told for each in both] == [[(Kind.KEY, True)], [(Kind.KEY, False)]]


async def test_what_telegram_does_not_take_from_one_another_one_tells(both):
    here, _there = both
    here.refuses = TemporaryError("away", reason=Reason.TELEGRAM_DOWN)
    here.trouble.begins(Kind.KEY)
    await turns(both)
    await turns(both)
    await turns(both)
    assert [each.told for each in both] == [[], [(Kind.KEY, True)]]


async def test_bugs_are_over_an_hour_after_the_last_one_of_all(both, clock):
    here, there = both
    here.bugs += 1
    await turns(both)
    clock.pass_(HOUR - 60)
    there.bugs += 1
    await turns(both)
    clock.pass_(HOUR - 60)
    await turns(both)
    assert [each.told for each in both] == [[(Kind.BUG, True)], []]
    clock.pass_(60)
    await turns(both)
    assert [here.told[1:], there.told] in ([[(Kind.BUG, False)], []], [[], [(Kind.BUG, False)]])


async def test_what_is_shared_is_read_again_and_again(both, monkeypatch):
    here, there = both
    monkeypatch.setattr(patience, "SHARED_READ_EVERY", 0.0)
    reading = asyncio.create_task(there.sharing.run())
    for guest in (7, 8):
        await here.guests.allow(guest)()
        async with patiently():
            while not there.guests.admits(guest):  # noqa: ASYNC110 - nobody tells
                await asyncio.sleep(0)
    reading.cancel()
    await asyncio.gather(reading, return_exceptions=True)


async def test_what_cannot_be_read_stays_as_it_is_known(both, store, monkeypatch):
    here, there = both
    await here.guests.allow(7)()
    await there.guests.refresh()

    async def away():
        raise StorageUnavailableError("away")

    monkeypatch.setattr(store, "circle_version", away)
    await there.sharing.turn()
    assert there.guests.admits(7)


async def test_trouble_that_could_not_be_stored_is_stored_later(both, store, monkeypatch):
    here, _there = both

    async def away(*_, **__):
        raise StorageUnavailableError("away")

    with monkeypatch.context() as patch:
        for write in ("see_trouble", "begin_telling", "keep_told", "troubles"):
            patch.setattr(store, write, away)
        here.trouble.begins(Kind.DATABASE)
        await turns([here])
        assert here.told == [(Kind.DATABASE, True)]
    await turns(both)
    told = (await store.troubles())["database"]
    assert (told.is_on, told.is_known, told.began_at) == (True, True, NOW)
    here.trouble.ends(Kind.DATABASE)
    await turns(both)
    assert [each.told for each in both] == [[(Kind.DATABASE, True), (Kind.DATABASE, False)], []]

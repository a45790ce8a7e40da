"""What the bot is in chats: what is to be said of it is said once, whatever dies in between."""

from dataclasses import replace

import pytest
import pytest_asyncio

from storage.memberships import Membership, MembershipChange, Saying
from tests.contract.stored import CHAT, NOW

GROUP, NEW = -5, -1005
DAY = 86_400.0
JOINED = MembershipChange(
    GROUP, was_present=False, saw=False, is_present=True, may_write=True, is_admin=False, sees=False, is_group=True
)
PROMOTED = replace(JOINED, was_present=True, is_admin=True, sees=True)
DEMOTED = replace(JOINED, was_present=True, saw=True)
REMOVED = replace(JOINED, was_present=True, is_present=False)


async def say(store, *, sees, at=NOW, chat=GROUP):
    """Say what is to be said, and return it."""
    begun = await store.begin_saying(chat, sees=sees)
    if begun is None:
        return None
    await store.end_saying(chat, at, said=True)
    return begun.saying


@pytest_asyncio.fixture(loop_scope="session")
async def introduced(store):
    await store.change_membership(JOINED, NOW)
    assert await say(store, sees=False) is Saying.INTRODUCTION


async def test_a_group_that_it_joins_hears_an_introduction(store):
    expected = Membership(GROUP, is_present=True, may_write=True, is_admin=False, saying=Saying.INTRODUCTION)
    assert await store.change_membership(JOINED, NOW) == expected
    assert await store.change_membership(JOINED, NOW) == expected
    assert await store.membership(GROUP) == expected
    assert await say(store, sees=False) is Saying.INTRODUCTION
    assert await say(store, sees=False) is None


async def test_what_is_being_said_is_not_begun_again(store):
    await store.change_membership(JOINED, NOW)
    assert await store.begin_saying(GROUP, sees=False) is not None
    assert await store.begin_saying(GROUP, sees=False) is None


async def test_what_was_not_said_is_begun_again(store, introduced):
    await store.change_membership(PROMOTED, NOW)
    for _ in range(2):
        begun = await store.begin_saying(GROUP, sees=True)
        assert begun.saying is Saying.SIGHT
        assert (await store.end_saying(GROUP, NOW, said=False)).saying is Saying.SIGHT
    assert await say(store, sees=True) is Saying.SIGHT
    assert await store.end_saying(GROUP, NOW, said=True) is None


async def test_an_introduction_that_was_not_said_is_not_counted(store):
    await store.change_membership(JOINED, NOW)
    await store.begin_saying(GROUP, sees=False)
    await store.end_saying(GROUP, NOW, said=False)
    await store.change_membership(REMOVED, NOW)
    assert (await store.change_membership(JOINED, NOW)).saying is Saying.INTRODUCTION


async def test_a_change_during_the_introduction_is_said_after_it(store):
    await store.change_membership(JOINED, NOW)
    await store.begin_saying(GROUP, sees=False)
    await store.change_membership(PROMOTED, NOW)
    assert (await store.end_saying(GROUP, NOW, said=True)).saying is Saying.SIGHT
    assert await say(store, sees=True) is Saying.SIGHT


@pytest.mark.parametrize(("after", "saying"), [(DAY - 1, Saying.NOTHING), (DAY, Saying.INTRODUCTION)])
async def test_who_comes_back_introduces_itself_after_a_day(store, introduced, after, saying):
    await store.change_membership(REMOVED, NOW)
    assert (await store.change_membership(JOINED, NOW + after)).saying is saying


async def test_a_removal_takes_back_what_was_to_be_said(store):
    await store.change_membership(JOINED, NOW)
    assert (await store.change_membership(REMOVED, NOW)).saying is Saying.NOTHING
    assert await store.begin_saying(GROUP, sees=False) is None


async def test_where_it_may_not_write_nothing_is_begun(store):
    await store.change_membership(replace(JOINED, may_write=False), NOW)
    assert await store.begin_saying(GROUP, sees=False) is None
    await store.change_membership(JOINED, NOW)
    assert await say(store, sees=False) is Saying.INTRODUCTION


async def test_a_group_from_before_hears_only_of_changes(store):
    assert (await store.change_membership(PROMOTED, NOW)).saying is Saying.SIGHT
    assert (await store.change_membership(replace(DEMOTED, chat_id=-6, saw=False), NOW)).saying is Saying.NOTHING


async def test_the_interface_of_who_adds_it_is_the_first_and_no_other(store):
    await store.change_membership(replace(JOINED, interface="de"), NOW)
    await store.change_membership(replace(PROMOTED, interface="fr"), NOW)
    assert (await store.settings(GROUP)).interface is None
    await store.begin_saying(GROUP, sees=True)
    assert (await store.settings(GROUP)).interface == "de"


async def test_the_interface_that_the_group_chose_stays(store):
    await store.change_settings(GROUP, lambda chosen: replace(chosen, interface="ru"))
    await store.change_membership(replace(JOINED, interface="de"), NOW)
    await store.begin_saying(GROUP, sees=True)
    assert (await store.settings(GROUP)).interface == "ru"


async def test_of_other_chats_only_a_removal_is_kept(store):
    private = replace(JOINED, chat_id=CHAT, is_group=False, interface="de")
    removed = replace(private, is_present=False)
    assert (await store.change_membership(removed, NOW)).is_present is False
    assert (await store.membership(CHAT)).is_present is False
    assert (await store.change_membership(private, NOW)).saying is Saying.NOTHING
    assert await store.membership(CHAT) is None
    assert (await store.settings(CHAT)).interface is None


async def test_a_start_finds_what_is_to_be_said_and_where_it_is_not(store):
    await store.change_membership(JOINED, NOW)
    await store.change_membership(replace(REMOVED, chat_id=-6), NOW)
    await store.change_membership(replace(JOINED, chat_id=-7), NOW)
    await store.begin_saying(-7, sees=False)
    found = await store.unsettled_memberships(NOW)
    assert {(each.chat_id, each.is_present, each.saying) for each in found} == {
        (GROUP, True, Saying.INTRODUCTION),
        (-6, False, Saying.NOTHING),
    }
    assert (await store.change_membership(replace(REMOVED, chat_id=-7), NOW)).saying is Saying.NOTHING
    assert (await store.change_membership(replace(JOINED, chat_id=-7), NOW)).saying is Saying.NOTHING


@pytest.mark.parametrize("joined_first", [True, False])
@pytest.mark.parametrize("left_first", [True, False])
async def test_a_supergroup_knows_what_its_group_was_told(store, introduced, joined_first, left_first):
    joined = replace(JOINED, chat_id=NEW)
    if left_first:
        await store.change_membership(REMOVED, NOW)
    if joined_first:
        await store.change_membership(joined, NOW)
    await store.move_chat(GROUP, NEW)
    await store.move_chat(GROUP, NEW)
    if not joined_first:
        await store.change_membership(joined, NOW)
    assert await store.begin_saying(NEW, sees=False) is None
    assert await store.membership(GROUP) is None
    assert (await store.change_membership(replace(PROMOTED, chat_id=NEW), NOW)).saying is Saying.SIGHT


async def test_an_introduction_that_is_still_to_come_moves_along(store):
    await store.change_membership(JOINED, NOW)
    await store.move_chat(GROUP, NEW)
    assert await say(store, sees=False, chat=NEW) is Saying.INTRODUCTION


@pytest.mark.parametrize("joined_first", [True, False])
async def test_a_group_from_before_that_moves_is_no_group_that_it_joins(store, joined_first):
    joined = replace(JOINED, chat_id=NEW)
    if joined_first:
        await store.change_membership(joined, NOW)
    await store.move_chat(GROUP, NEW)
    if not joined_first:
        await store.change_membership(joined, NOW)
    assert await store.begin_saying(NEW, sees=False) is None
    assert (await store.change_membership(replace(PROMOTED, chat_id=NEW), NOW)).saying is Saying.SIGHT


async def test_a_move_that_is_told_again_changes_nothing(store):
    await store.change_membership(JOINED, NOW)
    for _ in range(2):
        await store.move_chat(GROUP, NEW)
    assert (await store.membership(NEW)).saying is Saying.INTRODUCTION

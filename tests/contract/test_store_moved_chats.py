"""A group that became a supergroup: everything of it goes along, and the old message ids are void."""

from dataclasses import replace

from storage.apology import Notice
from storage.chats import ChatSettings, Mode
from storage.outcomes import Ended, Waiting
from storage.words import Answers, Form, State
from tests.contract.stored import (
    CHAT,
    LATER,
    NOW,
    accepted,
    again,
    claimed,
    delivering,
    fetching,
    message,
    recorded,
    submitted,
    uploading,
)

OLD, NEW = CHAT, -1001


async def test_the_settings_of_a_chat_move(store):
    await store.change_settings(OLD, lambda _: ChatSettings("whisper"))
    await store.move_chat(OLD, NEW)
    assert await store.settings(NEW) == ChatSettings(model="whisper")
    assert await store.settings(OLD) == ChatSettings()


async def test_a_new_chat_that_has_settings_already_keeps_them(store):
    await store.change_settings(OLD, lambda _: ChatSettings("whisper"))
    await store.change_settings(NEW, lambda _: ChatSettings("nova-3"))
    await store.move_chat(OLD, NEW)
    assert await store.settings(NEW) == ChatSettings(model="nova-3")
    assert await store.settings(OLD) == ChatSettings()


async def test_every_setting_moves_that_the_new_chat_did_not_choose_itself(store):
    chosen = ChatSettings(
        *("whisper", "fr", Mode.ASK, 60, Answers.FOLD, 500, False, True, "de", 7),
        *(True, True, False, True, True, True, ("Ada",)),
    )
    await store.change_settings(OLD, lambda _: chosen)
    await store.change_settings(NEW, lambda _: ChatSettings(mode=Mode.OFF))
    await store.move_chat(OLD, NEW)
    assert await store.settings(NEW) == replace(chosen, mode=Mode.OFF)
    assert await store.settings(OLD) == ChatSettings()


async def test_a_chat_without_settings_leaves_those_of_the_new_chat_alone(store):
    await store.change_settings(NEW, lambda _: ChatSettings("nova-3"))
    await store.move_chat(OLD, NEW)
    assert await store.settings(NEW) == ChatSettings(model="nova-3")


async def test_an_unfinished_job_moves_and_every_message_id_of_it_is_void(store):
    job = await uploading(store, 5, thread_id=3)
    await store.place(job, 900, Notice.PAUSED)
    before = await again(store, job)
    await store.move_chat(OLD, NEW)
    moved = await again(store, job)
    assert moved == replace(before, chat_id=NEW, placeholder_id=None, thread_id=None)
    assert (before.reply_to, moved.reply_to) == (before.message_id, None)


async def test_an_answer_in_the_private_chat_stays_there_when_the_group_moves(store):
    job = await delivering(store)
    await store.place(job, 900, Notice.NONE, Form.PRIVATE)
    await store.page_placed(job, 1, 901)
    before = await again(store, job)
    await store.move_chat(OLD, NEW)
    assert await again(store, job) == replace(before, chat_id=NEW)
    assert await store.pages(job) == {1: 901}


async def test_the_form_of_an_answer_is_open_again_where_the_group_has_moved_to(store):
    job = await delivering(store)
    await store.place(job, 900, Notice.NONE)
    await store.replace(await again(store, job), 901, Form.FILE)
    await store.move_chat(OLD, NEW)
    moved = await again(store, job)
    assert (moved.form, moved.placeholder_id, moved.leftover_id) == (Form.EDIT, None, None)


async def test_the_pages_of_a_moved_job_are_void(store):
    job = await delivering(store)
    await store.page_placed(job, 1, 901)
    await store.move_chat(OLD, NEW)
    assert await store.pages(job) == {}


async def test_the_pages_of_another_chats_job_stay(store):
    job = await delivering(store, chat_id=99)
    await store.page_placed(job, 1, 901)
    await store.move_chat(OLD, NEW)
    assert await store.pages(job) == {1: 901}


async def test_the_generations_of_a_moved_job_stay(store):
    job = await submitted(store)
    generations = await store.generations(job)
    await store.move_chat(OLD, NEW)
    assert await store.generations(job) == generations


async def test_whoever_holds_a_job_goes_on_while_its_chat_moves(store):
    job = await fetching(store)
    await store.move_chat(OLD, NEW)
    assert (await again(store, job)).lease_token == job.lease_token
    await recorded(store, job, Waiting(LATER))


async def test_jobs_of_other_chats_stay_where_they_are(store):
    other = await accepted(store, 5, chat_id=99)
    await store.move_chat(OLD, NEW)
    assert await again(store, other) == other


async def test_jobs_of_one_chat_move_without_getting_into_each_others_way(store):
    jobs = [await accepted(store, number) for number in (1, 2, 3)]
    await store.move_chat(OLD, NEW)
    moved = [await again(store, job) for job in jobs]
    assert [(job.chat_id, job.message_id) for job in moved] == [(NEW, number) for number in (1, 2, 3)]


async def test_a_message_that_moved_with_its_chat_is_still_known_when_it_comes_again(store):
    job = await accepted(store, 5)
    await store.move_chat(OLD, NEW)
    assert await store.accept(message(5), NOW) is None
    assert (await again(store, job)).chat_id == NEW


async def test_jobs_that_have_moved_are_in_nobodys_way_in_the_new_chat(store):
    there = await accepted(store, 5, chat_id=NEW)
    here = await accepted(store, 5)
    await store.move_chat(OLD, NEW)
    assert (await again(store, here)).chat_id == NEW
    assert await again(store, there) == there
    assert await store.accept(message(6, chat_id=NEW), NOW) is not None


async def test_a_job_that_ended_stays_with_the_old_chat(store):
    ended = await recorded(store, await delivering(store, 5), Ended(State.DELIVERED))
    await store.move_chat(OLD, NEW)
    assert await again(store, ended) == ended
    assert await store.accept(message(5), NOW) is None


async def test_moving_twice_changes_nothing_more(store):
    job = await accepted(store)
    await store.change_settings(OLD, lambda _: ChatSettings("whisper"))
    await store.move_chat(OLD, NEW)
    before = await again(store, job)
    await store.change_settings(NEW, lambda _: ChatSettings("nova-3"))
    await store.move_chat(OLD, NEW)
    assert await again(store, job) == before
    assert await store.settings(NEW) == ChatSettings(model="nova-3")


async def test_a_message_of_the_old_chat_that_comes_late_moves_with_the_next_announcement(store):
    await store.move_chat(OLD, NEW)
    job = await accepted(store, 5)
    await store.move_chat(OLD, NEW)
    assert (await again(store, job)).chat_id == NEW


async def test_what_the_new_chat_already_has_is_not_touched_when_the_announcement_comes_late(store):
    await store.change_settings(NEW, lambda _: ChatSettings("nova-3"))
    job = await accepted(store, 6, chat_id=NEW)
    await store.move_chat(OLD, NEW)
    assert await again(store, job) == job
    assert await store.settings(NEW) == ChatSettings(model="nova-3")


async def test_a_moved_job_is_cancelled_in_its_new_chat_and_not_in_the_old_one(store):
    job = await accepted(store)
    await store.move_chat(OLD, NEW)
    assert not (await store.cancel(job.id, OLD, 900, NOW)).accepted
    assert (await store.cancel(job.id, NEW, 900, NOW)).accepted


async def test_a_moved_job_gets_a_placeholder_of_its_own(store):
    job = await accepted(store)
    held = await claimed(store)
    await store.place(held, 900, "")
    await store.move_chat(OLD, NEW)
    assert await store.place(held, 17, "")
    assert (await again(store, job)).placeholder_id == 17


async def test_where_a_chat_came_from_is_known_as_long_as_it_is_there(store):
    assert await store.moves() == {}
    await store.change_settings(OLD, lambda _: ChatSettings("whisper"))
    await store.move_chat(OLD, NEW)
    await store.move_chat(OLD, NEW)
    assert await store.moves() == {NEW: OLD}


async def test_a_chat_that_moves_twice_came_from_both(store):
    await store.change_settings(OLD, lambda _: ChatSettings("whisper"))
    await store.move_chat(OLD, NEW)
    await store.move_chat(NEW, -2001)
    assert await store.moves() == {NEW: OLD, -2001: NEW}
    assert await store.settings(-2001) == ChatSettings(model="whisper")
    assert await store.settings(NEW) == ChatSettings()


async def test_the_first_chat_that_another_came_from_stays(store):
    await store.move_chat(OLD, NEW)
    await store.move_chat(99, NEW)
    assert await store.moves() == {NEW: OLD}


async def test_a_chat_that_stays_where_it_is_loses_nothing(store):
    await store.change_settings(OLD, lambda _: ChatSettings("whisper"))
    job = await accepted(store)
    await store.move_chat(OLD, OLD)
    assert await store.settings(OLD) == ChatSettings(model="whisper")
    assert await store.moves() == {}
    assert await again(store, job) == job


async def test_what_a_chat_was_told_once_moves(store):
    assert [await store.tell_once(OLD, "fallback") for _ in range(2)] == [True, False]
    assert await store.tell_once(NEW, "something else")
    await store.tell_once(NEW, "fallback")
    await store.move_chat(OLD, NEW)
    assert [await store.tell_once(NEW, what) for what in ("fallback", "something else")] == [False, False]
    assert await store.tell_once(OLD, "fallback")

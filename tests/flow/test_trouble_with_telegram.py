import asyncio
import errno
import tempfile

import pytest

from bot.telegram.menu import offer_menus
from bot.telegram.pacing.line import EACH
from storage.words import State
from tests.unit.workbench import reading_lines
from tests.world import answers, audio, other_voice


@pytest.fixture
def alice(world):
    return world.telegram.user("Alice")


@pytest.fixture
def chat(world, alice):
    return world.telegram.private(alice)


async def states(world):
    return [job.state for job in await world.jobs()]


async def test_a_deleted_placeholder_is_replaced_by_a_new_message(world, chat, alice):
    world.speech.says("still wanted")
    chat.send_voice(alice, audio())
    await world.turn()
    chat.delete(chat.bot_messages[0])
    await world.settle()
    assert answers(chat) == ["still wanted"]


async def test_a_deleted_recording_is_answered_all_the_same(world, chat, alice):
    voice = chat.send_voice(alice, audio())
    await world.app.receiver.turn(0)
    chat.delete(voice)
    world.speech.says("heard")
    await world.settle()
    assert answers(chat) == ["heard"]


async def test_a_bot_that_is_blocked_before_the_upload_spends_nothing(world, chat, alice):
    chat.send_voice(alice, audio())
    await world.app.receiver.turn(0)
    chat.block()
    await world.settle()
    assert await states(world) == [State.FAILED]
    assert world.speech.uploads == []


async def test_a_bot_that_is_removed_meanwhile_ends_the_job_quietly(world, alice):
    group = world.telegram.supergroup("Team", [alice], privacy=False)
    group.send_voice(alice, audio())
    await world.turn()
    group.kick_bot()
    await world.settle()
    assert await states(world) == [State.FAILED]


async def test_a_bot_that_may_not_write_ends_the_job_quietly(world, alice):
    group = world.telegram.supergroup("Team", [alice], privacy=False)
    group.silence_bot()
    group.send_voice(alice, audio())
    await world.settle()
    assert await states(world) == [State.FAILED]
    assert world.speech.uploads == []


@pytest.mark.parametrize("trouble", [{"status": 500}, {"status": 502, "body": "<html>"}, {"drop": True}])
@pytest.mark.parametrize("after_effect", [False, True])
async def test_an_edit_that_fails_is_repeated_until_it_shows(world, chat, alice, trouble, after_effect):
    world.telegram.fault("editMessageText", **trouble, times=3, after_effect=after_effect)
    chat.send_voice(alice, audio())
    world.speech.says("shown once")
    await world.settle()
    assert answers(chat) == ["shown once"]
    assert await states(world) == [State.DELIVERED]


async def test_telegram_asking_for_patience_reschedules_this_chat_alone(world, chat, alice):
    bob = world.telegram.user("Bob")
    his = world.telegram.private(bob)
    world.telegram.fault("editMessageText", 429, retry_after=40, chat_id=chat.id)
    chat.send_voice(alice, audio())
    his.send_voice(bob, other_voice())
    world.speech.says("both")
    started = world.clock()

    await world.settle(seconds=30)
    assert answers(his) == ["both"]
    assert answers(chat) == ["Transcribing…"]

    await world.settle()
    assert answers(chat) == ["both"]
    assert world.clock() - started >= 40
    assert [job.attempts for job in await world.jobs()] == [0, 0]


async def test_a_flood_of_voices_in_one_group_stays_within_telegrams_pace(world, alice):
    world.telegram.enforce_pace(burst=25)
    group = world.telegram.supergroup("Team", [alice], privacy=False)
    for _ in range(25):
        group.send_voice(alice, other_voice())
    world.speech.says("all of them")
    await world.settle()
    assert answers(group) == ["all of them"] * 25
    refused = [call for call in world.telegram.calls if call.status == 429]
    assert refused == []


async def test_edits_take_no_room_from_the_messages_of_a_group(world, alice):
    world.telegram.enforce_pace(burst=25)
    group = world.telegram.supergroup("Team", [alice], privacy=False)
    for _ in range(16):
        group.send_voice(alice, other_voice())
    world.speech.says("all of them")
    await world.settle(seconds=50)
    assert answers(group) == ["all of them"] * 16
    assert [call for call in world.telegram.calls if call.status == 429] == []


async def test_a_crowd_waits_for_telegrams_pace_inside_its_steps(world):
    world.telegram.enforce_pace(overall_per_second=60)
    people = [world.telegram.user(f"Person {number}") for number in range(45)]
    chats = [world.telegram.private(person) for person in people]
    for chat, person in zip(chats, people, strict=True):
        chat.send_voice(person, other_voice())
    world.speech.says("there you are")
    started = world.clock()
    with reading_lines() as lines:
        await world.settle()
    assert [answers(chat) for chat in chats] == [["there you are"]] * len(chats)
    assert lines.of("step.later") == []
    assert [call for call in world.telegram.calls if call.status == 429] == []
    assert world.clock() - started < 10


async def test_where_telegram_counts_edits_like_messages_that_is_found_out_soon(world):
    world.telegram.enforce_pace()
    people = [world.telegram.user(f"Person {number}") for number in range(60)]
    chats = [world.telegram.private(person) for person in people]
    for chat, person in zip(chats, people, strict=True):
        chat.send_voice(person, other_voice())
    world.speech.says("there you are")
    started = world.clock()
    await world.settle()
    assert [answers(chat) for chat in chats] == [["there you are"]] * len(chats)
    assert len([call for call in world.telegram.calls if call.status == 429]) <= len(chats) // 3
    assert world.clock() - started < 1.5 * 2 * len(chats) / EACH


async def test_a_placeholder_that_cannot_be_sent_does_not_hold_up_the_text(world, chat, alice):
    world.telegram.fault("sendMessage", 500, times=2)
    chat.send_voice(alice, audio())
    world.speech.says("anyway")
    await world.settle()
    assert answers(chat) == ["anyway"]
    assert len(world.speech.uploads) == 1


async def test_a_group_that_becomes_a_supergroup_meanwhile_is_answered_there(world, alice):
    group = world.telegram.group("Team", [alice], privacy=False)
    group.send_voice(alice, audio())
    group.send_voice(alice, other_voice())
    world.speech.says("moved along")
    await world.turn()
    supergroup = group.upgrade(alice)
    await world.settle()
    assert answers(supergroup) == ["moved along"] * 2
    assert await states(world) == [State.DELIVERED] * 2


async def test_a_move_noticed_only_by_writing_is_followed(world, alice):
    group = world.telegram.group("Team", [alice], privacy=False)
    group.send_voice(alice, audio())
    await world.app.receiver.turn(0)
    supergroup = group.upgrade(alice)
    world.speech.says("found it")
    await world.app.poller.turn()
    await world.settle()
    assert answers(supergroup) == ["found it"]
    supergroup.send_voice(alice, other_voice())
    await world.settle()
    assert answers(supergroup) == ["found it"] * 2


async def test_voices_sent_while_the_bot_was_down_are_answered(stopped_world):
    alice = stopped_world.telegram.user("Alice")
    chat = stopped_world.telegram.private(alice)
    async with stopped_world.running():
        pass
    chat.send_voice(alice, audio())
    stopped_world.clock.pass_(3600)
    stopped_world.speech.says("good morning")
    async with stopped_world.running() as world:
        await world.settle()
    assert answers(chat) == ["good morning"]


async def test_an_update_nobody_can_read_blocks_nothing(world, chat, alice):
    world.telegram.queue_update("message", {"message_id": "x", "chat": 5})
    chat.send_voice(alice, audio())
    world.speech.says("behind the poison")
    await world.settle()
    assert answers(chat) == ["behind the poison"]
    assert world.telegram.pending_updates == [] or await world.app.receiver.confirm() is None


async def test_a_voice_costs_two_writes(world):
    crowd = [world.telegram.user(f"Person {number}") for number in range(12)]
    for person in crowd:
        world.telegram.private(person).send_voice(person, other_voice())
    await world.settle()
    assert len(world.telegram.calls_of("sendMessage", "editMessageText")) == 24


async def test_a_chat_that_telegram_holds_back_keeps_no_slot_from_others(stopped_world):
    alice, bob = stopped_world.telegram.user("Alice"), stopped_world.telegram.user("Bob")
    hers, his = stopped_world.telegram.private(alice), stopped_world.telegram.private(bob)
    async with stopped_world.running(nova_concurrency=1) as world:
        world.speech.says("mine")
        for _ in range(4):
            hers.send_voice(alice, other_voice())
        await world.turn()
        world.telegram.fault("editMessageText", 429, retry_after=3600, chat_id=hers.id, times=None)
        world.telegram.fault("sendMessage", 429, retry_after=3600, chat_id=hers.id, times=None)
        his.send_voice(bob, other_voice())
        await world.settle(seconds=120)
        assert answers(his) == ["mine"]


async def test_a_lost_reply_to_a_placeholder_is_not_followed_by_a_row_of_them(world, chat, alice):
    world.telegram.fault("sendMessage", drop=True, after_effect=True)
    world.speech.latency = 120
    world.speech.says("one orphan at most")
    chat.send_voice(alice, audio())
    await world.settle()
    assert answers(chat) == ["Transcribing…", "one orphan at most"]


async def test_patience_that_lasts_no_time_is_no_hot_loop(world, chat, alice):
    world.speech.fault("fetch", status=429, headers={"Retry-After": "0"}, times=20)
    chat.send_voice(alice, audio())
    started = world.clock()
    await world.settle()
    assert world.clock() - started >= 20


async def test_a_menu_that_telegram_does_not_take_now_keeps_nobody_waiting(stopped_world):
    alice = stopped_world.telegram.user("Alice")
    chat = stopped_world.telegram.private(alice)
    stopped_world.telegram.fault("setMyCommands", 429, retry_after=3000, times=None)
    chat.send_voice(alice, audio())
    stopped_world.speech.says("no menu today")
    async with stopped_world.running() as world:
        offering = asyncio.create_task(offer_menus(world.app.telegram, after=0))
        await world.settle()
        offering.cancel()
    assert answers(chat) == ["no menu today"]


async def test_a_full_disk_is_waited_for(world, chat, alice, monkeypatch):
    def full(*_args, **_more):
        raise OSError(errno.ENOSPC, "No space left on device")

    world.speech.says("room again")
    chat.send_voice(alice, audio())
    with monkeypatch.context() as crowded:
        crowded.setattr(tempfile, "mkstemp", full)
        await world.settle(seconds=600)
    assert len(chat.bot_messages) == 1
    assert world.telegram.calls_of("file") == []
    await world.settle(seconds=120)
    assert answers(chat) == ["room again"]


async def test_a_command_whose_reply_telegram_does_not_take_is_obeyed_all_the_same(world, chat, alice):
    for trouble in ({"status": 429, "retry_after": 5}, {"status": 502, "body": "<html>"}):
        world.telegram.fault("sendMessage", **trouble)
        chat.say(alice, "/model whisper-tiny")
        await world.settle()
    assert (await world.app.store.settings(chat.id)).model == "whisper-tiny"
    assert chat.bot_messages == []

"""The bot in a group: it introduces itself once, says what it sees when that changes, and notices its removal."""

import asyncio
import itertools

import pytest

from storage.chats import Mode
from tests.english import ENGLISH
from tests.world import other_voice, texts

DAY = 86_400
SEEN, UNSEEN = ENGLISH.joining.introduction(sees=True), ENGLISH.joining.introduction(sees=False)
NOW, NO_LONGER = ENGLISH.joining.sees_now(), ENGLISH.joining.sees_no_longer()
MODES = {"Every voice note": Mode.AUTO, "Only when asked": Mode.ASK, "Off": Mode.OFF}


@pytest.fixture
def alice(stopped_world):
    stopped_world.speech.says("what was said")
    return stopped_world.telegram.user("Alice", language_code="en")


@pytest.fixture
def group(stopped_world, alice):
    return somewhere(stopped_world, alice)


def somewhere(world, alice, kind="supergroup", **how):
    """A group that the bot is not in yet."""
    chat = getattr(world.telegram, kind)("Team", [alice], owner=alice, **how)
    chat.bot_status = "left"
    return chat


def tell_that_it_left(chat, alice):
    """What some servers tell of the old chat of a group that moves."""
    bot = {"user": chat._state.bot.as_json()}
    change = {"chat": chat.as_json(), "from": alice.as_json(), "date": 5}
    change |= {"old_chat_member": bot | {"status": "member"}, "new_chat_member": bot | {"status": "left"}}
    chat._state.updates.add("my_chat_member", change)


class TestTheIntroduction:
    @pytest.mark.parametrize("kind", ["group", "supergroup"])
    @pytest.mark.parametrize("admin", [True, False])
    async def test_it_is_one_message_that_says_what_the_bot_sees(self, world, alice, kind, admin):
        group = somewhere(world, alice, kind)
        group.add_bot(alice, admin=admin)
        await world.settle()
        (said,) = group.bot_messages
        assert said["text"] == (SEEN if admin else UNSEEN)
        assert ("/transcribe" in said["text"]) is not admin

    async def test_with_privacy_mode_off_it_sees_all(self, stopped_world, alice, group):
        stopped_world.telegram.state.privacy = False
        async with stopped_world.running() as world:
            group.add_bot(alice)
            await world.settle()
        assert texts(group) == [SEEN]

    async def test_what_the_operator_changes_while_the_bot_runs_is_known(self, world, alice, group):
        world.telegram.state.privacy = False
        group.add_bot(alice)
        await world.settle()
        assert texts(group) == [SEEN]

    async def test_its_buttons_choose_the_mode_and_lead_to_where_the_bot_is_made_an_admin(self, world, alice, group):
        group.add_bot(alice)
        await world.settle()
        (said,) = group.bot_messages
        rows = said["reply_markup"]["inline_keyboard"]
        assert [row[0]["text"] for row in rows] == [*MODES, "Make me an admin"]
        assert rows[-1][0]["url"] == "https://t.me/verbatim_bot?startgroup=here&admin=manage_chat"

    @pytest.mark.parametrize(("button", "mode"), MODES.items())
    async def test_an_admin_chooses_the_mode_with_a_tap_and_nobody_else_does(self, world, alice, group, button, mode):
        bob = world.telegram.user("Bob")
        group.join(bob)
        group.add_bot(alice)
        await world.settle()
        (said,) = group.bot_messages
        group.press(bob, said, button)
        await world.settle()
        assert (await world.app.store.settings(group.id)).mode is None
        group.press(alice, said, button)
        await world.settle()
        assert (await world.app.store.settings(group.id)).mode is mode
        refused, chosen = world.telegram.callback_answers
        assert (refused.user_id, refused.show_alert) == (bob.id, True)
        assert chosen.text is not None

    async def test_the_command_that_telegram_writes_behind_that_link_is_not_answered_too(self, world, alice, group):
        group.add_bot(alice)
        group.say(alice, "/start@verbatim_bot here")
        await world.settle()
        assert texts(group) == [UNSEEN]

    async def test_who_adds_and_promotes_it_at_once_is_told_once(self, world, alice, group):
        group.add_bot(alice)
        group.promote_bot(alice)
        await world.settle()
        assert texts(group) == [SEEN]

    async def test_it_comes_once_however_often_it_is_told(self, world, alice, group):
        group.add_bot(alice)
        joined, *_ = world.telegram.pending_updates
        for _ in range(2):
            await world.settle()
            world.telegram.redeliver(joined)
        await world.settle()
        assert texts(group) == [UNSEEN]

    async def test_coming_back_within_a_day_is_none_and_later_it_is(self, world, alice, group):
        for _ in range(2):
            group.add_bot(alice)
            await world.settle()
            group.kick_bot(alice)
            await world.settle()
        assert texts(group) == [UNSEEN]
        world.clock.seconds += DAY
        group.add_bot(alice)
        await world.settle()
        assert texts(group) == [UNSEEN] * 2

    async def test_a_group_that_is_not_allowed_hears_none(self, stopped_world, alice, group):
        async with stopped_world.running(allowed_chats="42") as world:
            group.add_bot(alice)
            await world.settle()
            assert texts(group) == [ENGLISH.access.not_allowed(group.id)]

    @pytest.mark.only_english  # its person has Telegram in English
    async def test_a_group_that_is_let_in_later_hears_it_then(self, stopped_world, alice, group):
        bob = stopped_world.telegram.user("Bob")
        group.join(bob)
        private = stopped_world.telegram.private(alice)
        async with stopped_world.running(access="invited") as world:
            private.say(alice, f"/start own-{world.app.guests.invitation}")
            await world.settle()
            group.add_bot(bob)
            await world.settle()
            assert SEEN not in texts(group)
            for _ in range(2):
                private.say(alice, f"/allow {group.id}")
                await world.settle()
            private.say(alice, f"/allow {private.id}")
            await world.settle()
        assert texts(group)[1:] == [UNSEEN]

    async def test_channels_and_people_hear_none(self, world, alice):
        channel, private = world.telegram.channel("News", owner=alice), world.telegram.private(alice)
        channel.bot_status = "left"
        channel.add_bot(alice, admin=True)
        private.block()
        private.unblock()
        await world.settle()
        assert texts(channel) == texts(private) == []

    async def test_the_first_language_of_the_group_is_that_of_who_added_the_bot(self, world, group):
        bob, eve = (world.telegram.user(name, language_code=code) for name, code in (("Bob", "de"), ("Eve", "xx")))
        other = somewhere(world, eve)
        group.add_bot(bob)
        other.add_bot(eve)
        await world.settle()
        assert (await world.app.store.settings(group.id)).interface == "de"
        assert (await world.app.store.settings(other.id)).interface is None

    async def test_where_the_bot_may_not_write_it_comes_when_it_may(self, world, alice, group):
        group.add_bot(alice)
        group.restrict_bot(alice, text=False)
        await world.settle()
        assert world.telegram.calls_of("sendMessage") == []
        group.demote_bot(alice)
        await world.settle()
        assert texts(group) == [UNSEEN]

    @pytest.mark.parametrize("apart", [True, False])
    @pytest.mark.parametrize("order", list(itertools.permutations(range(4))))
    async def test_a_group_that_becomes_a_supergroup_hears_no_second_one(self, world, alice, order, apart):
        group = somewhere(world, alice, "group")
        group.add_bot(alice)
        await world.settle()
        new = group.upgrade(alice)
        tell_that_it_left(group, alice)
        updates = world.telegram.pending_updates[-4:]
        world.telegram.state.updates.drop()
        for number in order:
            ((kind, content),) = [each for each in updates[number].items() if each[0] != "update_id"]
            world.telegram.queue_update(kind, content)
            if apart:
                await world.app.receiver.turn(0)
        await world.settle()
        assert texts(new) == []
        new.promote_bot(alice)
        await world.settle()
        assert texts(new) == [NOW]

    async def test_a_group_that_moves_before_it_is_said_hears_it_in_the_new_chat(self, world, alice):
        group = somewhere(world, alice, "group")
        group.add_bot(alice)
        new = group.upgrade(alice)
        await world.settle()
        assert (texts(group), texts(new)) == ([], [UNSEEN])


class TestDeath:
    async def test_what_was_still_to_be_said_is_said_after_it(self, stopped_world, alice, group):
        async with stopped_world.running() as world:
            group.add_bot(alice)
            await world.app.receiver.turn(0)
        async with stopped_world.running() as world:
            await world.settle()
            await world.settle()
        assert texts(group) == [UNSEEN]

    async def test_what_was_being_said_is_said_once(self, stopped_world, alice, group):
        hanging = asyncio.Event()
        stopped_world.telegram.watch("sendMessage", hanging.wait, "after")
        async with stopped_world.running() as world:
            group.add_bot(alice)
            await world.app.receiver.turn(0)
            world.clock.seconds += 10
            while not group.bot_messages:
                await world.telegram.next_change()
        hanging.set()
        async with stopped_world.running() as world:
            await world.settle()
            group.promote_bot(alice)
            await world.settle()
        assert texts(group) == [UNSEEN, NOW]

    async def test_telegram_that_is_down_hears_it_later(self, world, alice, group):
        world.telegram.fault("sendMessage", 500, times=3)
        group.add_bot(alice)
        await world.settle()
        assert texts(group) == [UNSEEN]

    async def test_telegram_that_asks_for_patience_gets_it(self, world, alice, group):
        world.telegram.fault("sendMessage", 429, retry_after=40)
        group.add_bot(alice)
        await world.settle()
        assert texts(group) == [UNSEEN]

    async def test_an_answer_that_never_came_is_not_asked_for_again(self, world, alice, group):
        world.telegram.fault("sendMessage", drop=True, after_effect=True)
        group.add_bot(alice)
        await world.settle()
        assert texts(group) == [UNSEEN]


class TestWhatItSees:
    async def test_a_change_is_said_once_and_nothing_else_is(self, world, alice, group):
        group.add_bot(alice)
        await world.settle()
        for change in (group.promote_bot, group.promote_bot, group.demote_bot, group.demote_bot):
            change(alice)
            await world.settle()
        assert texts(group) == [UNSEEN, NOW, NO_LONGER]
        url = group.bot_messages[-1]["reply_markup"]["inline_keyboard"][0][0]["url"]
        assert url.endswith("&admin=manage_chat")

    async def test_what_changes_nothing_is_not_said(self, stopped_world, alice, group):
        stopped_world.telegram.state.privacy = False
        async with stopped_world.running() as world:
            group.add_bot(alice)
            await world.settle()
            for change in (group.promote_bot, group.demote_bot):
                change(alice)
                await world.settle()
        assert texts(group) == [SEEN]

    async def test_there_and_back_again_at_once_is_no_change(self, world, alice, group):
        group.add_bot(alice)
        await world.settle()
        group.promote_bot(alice)
        group.demote_bot(alice)
        await world.settle()
        assert texts(group) == [UNSEEN]

    async def test_a_group_from_before_is_told_of_a_change_and_hears_no_introduction(self, world, alice):
        group = world.telegram.supergroup("Old", [alice])
        group.promote_bot(alice)
        await world.settle()
        assert texts(group) == [NOW]


class TestRemoval:
    @pytest.fixture
    async def waiting(self, world, alice, group):
        """A group in which the bot works on a recording."""
        group.add_bot(alice, admin=True)
        await world.settle()
        world.speech.latency = lambda _model, _data: 100.0
        group.send_voice(alice, other_voice())
        await world.settle(10)
        return group

    async def test_a_removed_bot_tries_nothing_there_any_more(self, world, alice, waiting):
        before = len(world.telegram.calls_of("sendMessage", "editMessageText"))
        waiting.kick_bot(alice)
        await world.settle()
        assert len(world.telegram.calls_of("sendMessage", "editMessageText")) == before
        assert [job.state for job in await world.jobs()] == ["failed"]

    async def test_that_is_known_after_a_restart(self, stopped_world, alice, group):
        stopped_world.speech.latency = lambda _model, _data: 100.0
        async with stopped_world.running() as world:
            group.add_bot(alice, admin=True)
            group.send_voice(alice, other_voice())
            await world.settle(10)
            group.kick_bot(alice)
            await world.app.receiver.turn(0)
        before = len(stopped_world.telegram.calls_of("sendMessage", "editMessageText"))
        async with stopped_world.running() as world:
            await world.settle()
        assert len(stopped_world.telegram.calls_of("sendMessage", "editMessageText")) == before

    @pytest.mark.parametrize("told", [True, False])
    async def test_a_bot_that_is_back_works_again(self, world, alice, waiting, told):
        waiting.kick_bot(alice)
        await world.settle()
        world.clock.seconds += 60
        waiting.add_bot(alice, admin=True)
        if not told:
            world.telegram.state.updates.drop()
        await world.settle()
        waiting.send_voice(alice, other_voice())
        await world.settle()
        assert texts(waiting)[-1] == "what was said"
        assert texts(waiting).count(SEEN) == 1

    async def test_who_blocks_the_bot_and_comes_back_is_answered(self, world, alice):
        chat = world.telegram.private(alice)
        chat.block()
        await world.settle()
        chat.unblock()
        chat.send_voice(alice, other_voice())
        await world.settle()
        assert texts(chat) == ["what was said"]

    async def test_a_bot_that_may_not_write_makes_one_call_at_most(self, world, alice, waiting):
        waiting.privacy = False
        calls = len(world.telegram.calls_of("sendMessage"))
        waiting.restrict_bot(alice, text=False)
        await world.settle(2)
        waiting.send_voice(alice, other_voice())
        await world.settle(8)
        assert len(world.telegram.calls_of("sendMessage")) <= calls + 1
        waiting.promote_bot(alice)
        await world.settle()
        assert texts(waiting).count("what was said") == 2

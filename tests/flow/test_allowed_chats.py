"""The operator's own chats: a group stays one of them when it becomes a supergroup, and the log names all others."""

import pytest

from bot.engine.patience import STRANGER_LOGGED_EVERY
from tests.unit.workbench import reading_lines
from tests.world import other_voice, texts


@pytest.fixture
def alice(stopped_world):
    stopped_world.speech.says("hello")
    return stopped_world.telegram.user("Alice")


@pytest.fixture
def group(stopped_world, alice):
    return stopped_world.telegram.group("Team", [alice], privacy=False)


def speak(chat, person):
    chat.send_voice(person, other_voice())


def says(world, chat, **fields):
    """A message in a chat, as only Telegram writes them."""
    world.telegram.queue_update("message", {"message_id": 1, "date": 5, "chat": chat, **fields})


async def test_a_group_that_becomes_a_supergroup_is_answered_also_after_a_restart(stopped_world, alice, group):
    async with stopped_world.running(allowed_chats=str(group.id)) as world:
        speak(group, alice)
        await world.settle()
        new = group.upgrade(alice)
        speak(new, alice)
        await world.settle()
        assert (texts(group), texts(new)) == (["hello"], ["hello"])
    async with stopped_world.running() as world:
        speak(new, alice)
        await world.settle()
        assert texts(new) == ["hello", "hello"]


async def test_a_group_that_moved_while_the_bot_was_down_is_answered(stopped_world, alice, group):
    speak(group, alice)
    new = group.upgrade(alice)
    speak(new, alice)
    async with stopped_world.running(allowed_chats=str(group.id)) as world:
        await world.settle()
        assert texts(new) == ["hello", "hello"]


@pytest.mark.parametrize("said_in", ["the old chat", "the new chat"])
async def test_one_message_about_the_move_is_enough(stopped_world, alice, group, said_in):
    async with stopped_world.running(allowed_chats=str(group.id)) as world:
        new = group.upgrade(alice)
        old_says, new_says = (update["message"] for update in world.telegram.pending_updates if "message" in update)
        world.telegram.state.updates.drop()
        world.telegram.queue_update("message", old_says if said_in == "the old chat" else new_says)
        await world.settle()
    async with stopped_world.running() as world:
        speak(new, alice)
        await world.settle()
        assert texts(new) == ["hello"]


async def test_a_move_that_only_an_answer_of_telegram_tells_is_followed(stopped_world, alice, group):
    async with stopped_world.running(allowed_chats=str(group.id)) as world:
        speak(group, alice)
        await world.app.receiver.turn(0)
        new = group.upgrade(alice)
        world.telegram.state.updates.drop()
        await world.settle()
        assert texts(new) == ["hello"]
        speak(new, alice)
        await world.settle()
        assert texts(new) == ["hello", "hello"]
    async with stopped_world.running() as world:
        speak(new, alice)
        await world.settle()
        assert len(texts(new)) == 3


async def test_a_move_that_only_the_refusal_of_a_reply_tells_is_followed(stopped_world, alice, group):
    async with stopped_world.running(allowed_chats=str(group.id)) as world:
        group.say(alice, "/help")
        (command,) = [update["message"] for update in world.telegram.pending_updates]
        new = group.upgrade(alice)
        world.telegram.state.updates.drop()
        world.telegram.queue_update("message", command)
        await world.settle()
        speak(new, alice)
        await world.settle()
        assert texts(new) == ["hello"]
    async with stopped_world.running() as world:
        speak(new, alice)
        await world.settle()
        assert texts(new) == ["hello", "hello"]


async def test_a_chat_that_moves_again_is_followed_again(stopped_world, alice, group):
    last = stopped_world.telegram.supergroup("Team", [alice], privacy=False)
    between = {"id": -1_000_000_000_007, "type": "supergroup", "title": "Team"}
    async with stopped_world.running(allowed_chats=str(group.id)) as world:
        says(world, group.as_json(), migrate_to_chat_id=between["id"])
        says(world, between, migrate_to_chat_id=last.id)
        speak(last, alice)
        await world.settle()
        assert texts(last) == ["hello"]
    async with stopped_world.running() as world:
        speak(last, alice)
        await world.settle()
        assert texts(last) == ["hello", "hello"]


async def test_the_move_of_a_group_that_is_not_allowed_lets_nobody_in(stopped_world, alice, group):
    theirs = stopped_world.telegram.group("Theirs", [alice], privacy=False)
    async with stopped_world.running(allowed_chats=str(group.id)) as world:
        new = theirs.upgrade(alice)
        speak(new, alice)
        await world.settle()
        assert "not on its list" in texts(new)[0]
    async with stopped_world.running() as world:
        speak(new, alice)
        await world.settle()
        assert len(texts(new)) == 1
        assert world.speech.uploads == []


@pytest.mark.parametrize("field", ["reply_to_message", "pinned_message", "external_reply"])
async def test_what_another_message_says_of_a_move_lets_nobody_in(stopped_world, alice, group, field):
    theirs = stopped_world.telegram.supergroup("Theirs", [alice], privacy=False)
    inner = {"message_id": 1, "date": 5, "chat": theirs.as_json(), "migrate_from_chat_id": group.id}
    async with stopped_world.running(allowed_chats=str(group.id)) as world:
        says(world, theirs.as_json(), text="x", **{field: inner})
        says(world, theirs.as_json(), migrate_to_chat_id=group.id)
        speak(theirs, alice)
        await world.settle()
        assert "not on its list" in texts(theirs)[0]
        assert world.speech.uploads == []


async def test_the_log_names_a_chat_that_is_refused_once_in_a_while_and_not_its_title(stopped_world, alice, group):
    theirs = stopped_world.telegram.supergroup("A secret society", [alice], privacy=False)
    private = stopped_world.telegram.private(alice)
    async with stopped_world.running(allowed_chats=str(group.id)) as world:
        with reading_lines() as lines:
            for _ in range(50):
                speak(theirs, alice)
                private.say(alice, "hello")
            await world.settle()
            refused = [(line["chat"], line["type"]) for line in lines.of("chat.not_allowed")]
            assert refused == [(theirs.id, "supergroup"), (private.id, "private")]
            assert "society" not in str(lines)
            world.clock.seconds += STRANGER_LOGGED_EVERY
            speak(theirs, alice)
            await world.settle()
            assert len(lines.of("chat.not_allowed")) == 3


async def test_a_flood_of_strangers_fills_no_log_and_hides_no_group(stopped_world, alice, group):
    ours = stopped_world.telegram.supergroup("New", [alice], privacy=False)
    stranger = {"is_bot": False, "first_name": "Eve"}
    async with stopped_world.running(allowed_chats=str(group.id)) as world:
        with reading_lines() as lines:
            for number in range(1, 1500):
                chat = {"id": 10_000 + number, "type": "private", "first_name": "Eve"}
                message = {"message_id": 1, "date": 5, "chat": chat, "from": stranger | {"id": chat["id"]}, "text": "x"}
                world.telegram.queue_update("message", message)
            speak(ours, alice)
            while world.telegram.pending_updates:
                await world.app.receiver.turn(0)
                await world.app.receiver.confirm()
            refused = [line["chat"] for line in lines.of("chat.not_allowed")]
            assert len(refused) == 1001
            assert refused[-1] == ours.id

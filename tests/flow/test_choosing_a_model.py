import pytest

from bot.speech.catalogue import MODELS
from storage.chats import ChatSettings
from tests.world import audio, other_voice, texts


@pytest.fixture
def alice(world):
    return world.telegram.user("Alice")


@pytest.fixture
def chat(world, alice):
    return world.telegram.private(alice)


async def said(world, chat, person, text):
    chat.say(person, text)
    await world.settle()
    return texts(chat)[-1]


async def test_start_and_help_say_what_to_do(world, chat, alice):
    assert "nova-2-general" in await said(world, chat, alice, "/start")
    assert "/models" in await said(world, chat, alice, "/help")


async def test_models_lists_all_fifteen(world, chat, alice):
    answer = await said(world, chat, alice, "/models")
    assert all(model.name in answer for model in MODELS)
    assert len(MODELS) == 15


@pytest.mark.parametrize("asked", ["nova-2-meeting", "#g1_nova-2-meeting", "NOVA-2-Meeting"])
async def test_a_chosen_model_is_used_from_then_on(world, chat, alice, asked):
    assert "nova-2-meeting" in await said(world, chat, alice, f"/model {asked}")
    assert "nova-2-meeting" in await said(world, chat, alice, "/model")

    chat.send_voice(alice, audio())
    await world.settle()

    assert world.speech.uploads[0].fields["model"] == "#g1_nova-2-meeting"
    assert world.speech.uploads[0].fields["language"] == "en"


async def test_a_near_miss_gets_suggestions_and_changes_nothing(world, chat, alice):
    answer = await said(world, chat, alice, "/model nova-2-meting")
    assert "nova-2-meeting" in answer
    assert "nova-2-general" in await said(world, chat, alice, "/model")


async def test_hostile_names_are_shown_cut_and_on_one_line(world, chat, alice):
    answer = await said(world, chat, alice, "/model " + "<b>\n" * 900)
    assert "nothing was changed" in answer
    assert len(answer) < 300


async def test_a_choice_belongs_to_its_chat_and_survives_a_restart(stopped_world):
    alice, bob = stopped_world.telegram.user("Alice"), stopped_world.telegram.user("Bob")
    hers, his = stopped_world.telegram.private(alice), stopped_world.telegram.private(bob)
    async with stopped_world.running() as world:
        await said(world, hers, alice, "/model whisper-large")
    async with stopped_world.running() as world:
        hers.send_voice(alice, other_voice())
        his.send_voice(bob, other_voice())
        await world.settle()
    assert sorted(upload.fields["model"] for upload in stopped_world.speech.uploads) == [
        "#g1_nova-2-general",
        "#g1_whisper-large",
    ]


async def test_a_choice_moves_with_a_group_that_becomes_a_supergroup(world, alice):
    group = world.telegram.group("Team", owner=alice, privacy=False)
    await said(world, group, alice, "/model whisper-small")
    supergroup = group.upgrade(alice)
    assert "whisper-small" in await said(world, supergroup, alice, "/model")


async def test_commands_for_other_bots_are_ignored_and_for_this_one_obeyed(world, alice):
    group = world.telegram.supergroup("Team", owner=alice, privacy=False)
    group.say(alice, "/model@other_bot whisper-tiny")
    await world.settle()
    assert group.bot_messages == []
    assert "whisper-tiny" in await said(world, group, alice, "/model@Verbatim_Bot whisper-tiny")


async def test_an_edited_command_is_not_obeyed_again(world, chat, alice):
    command = chat.say(alice, "/model whisper-tiny")
    await world.settle()
    chat.edit_text(command, "/model whisper-large")
    await world.settle()
    assert "whisper-tiny" in await said(world, chat, alice, "/model")


async def test_a_model_that_no_longer_exists_is_replaced_and_the_chat_told_once(world, chat, alice):
    await world.app.store.change_settings(chat.id, lambda _: ChatSettings("nova-1-retired"))
    chat.send_voice(alice, audio())
    chat.send_voice(alice, other_voice())
    world.speech.says("hello")

    await world.settle()

    assert sorted(texts(chat)) == sorted(
        ["hello", "hello", *(text for text in texts(chat) if "nova-1-retired" in text)]
    )
    assert sum("nova-1-retired" in text for text in texts(chat)) == 1
    assert {upload.fields["model"] for upload in world.speech.uploads} == {"#g1_nova-2-general"}


async def test_that_a_model_was_replaced_is_told_later_where_telegram_does_not_take_it(world, chat, alice):
    await world.app.store.change_settings(chat.id, lambda _: ChatSettings("nova-1-retired"))
    world.speech.says("hello")
    world.telegram.fault("sendMessage", status=502, times=1)
    chat.send_voice(alice, audio())
    await world.settle()
    assert ["nova-1-retired" in text for text in texts(chat)].count(True) == 1
    assert "hello" in texts(chat)

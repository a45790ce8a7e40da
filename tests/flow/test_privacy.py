"""What is stored of people: they can read it, choose for how long texts are kept, and have everything erased."""

import json
from pathlib import Path

import pytest

from storage.chats import ChatSettings
from storage.words import State
from tests.english import ENGLISH
from tests.world import other_voice, texts

WORDS = ENGLISH.privacy
SAID = "xylophone marmalade"
DAY = 86_400


@pytest.fixture
def alice(world):
    return world.telegram.user("Alice")


@pytest.fixture
def chat(world, alice):
    world.speech.says(SAID)
    return world.telegram.private(alice)


async def say(world, chat, person, text, **around):
    """The message that follows on a command."""
    chat.say(person, text, **around)
    await world.settle()
    return chat.bot_messages[-1]


async def upkeep(world):
    """What the process does beside the poller, within seconds."""
    await world.app.maintenance.turn()
    await world.settle()
    await world.app.maintenance.turn()
    assert await world.app.maintenance.look(was_usable=True)


def on_disk(world, text):
    """Which files of the database have a text in them."""
    folder = Path(world.database).parent
    return [file.name for file in folder.glob("verbatim.db*") if text.encode() in file.read_bytes()]


def data(world, message):
    return json.loads(world.telegram.file_bytes(message["document"]["file_id"]))


@pytest.mark.only_english
async def test_the_policy_says_where_things_go_and_for_how_long_they_stay(world, chat, alice):
    message = await say(world, chat, alice, "/privacy")
    assert message["text"] == WORDS.policy(24)
    assert "api.aimlapi.com" in message["text"]
    assert "24 hours" in message["text"]


@pytest.mark.parametrize(("hours", "told"), [(0, "as soon as I have shown it"), (0.5, "30 minutes"), (2, "2 hours")])
def test_the_policy_tells_what_the_operator_has_set(hours, told):
    assert told in WORDS.policy(hours).split("\n\n")[3]


async def test_a_chat_that_keeps_nothing_leaves_no_text_on_the_disk(world, chat, alice):
    await say(world, chat, alice, "/keep 0")
    chat.send_voice(alice, other_voice())
    await world.settle()
    assert texts(chat)[-1] == SAID
    assert await world.app.maintenance.look(was_usable=True)
    assert on_disk(world, "xylophone") == []


async def test_nothing_of_a_long_recording_in_parts_is_left_either(stopped_world):
    stopped_world.speech.says(SAID * 2000)
    alice = stopped_world.telegram.user("Alice")
    chat = stopped_world.telegram.private(alice)
    async with stopped_world.running(max_audio_minutes=120, split_minutes=15) as world:
        await say(world, chat, alice, "/keep 0")
        chat.send_voice(alice, other_voice())
        await world.settle()
        assert chat.bot_messages[-1]["document"]
        await world.app.maintenance.look(was_usable=True)
        assert on_disk(world, "xylophone") == []


async def test_a_chat_that_keeps_texts_has_them_until_they_are_old(world, chat, alice):
    await say(world, chat, alice, "/keep 7")
    chat.send_voice(alice, other_voice())
    await world.settle()
    world.clock.seconds += 6.9 * DAY
    await upkeep(world)
    assert on_disk(world, "xylophone") != []
    world.clock.seconds += 0.2 * DAY
    await upkeep(world)
    assert on_disk(world, "xylophone") == []


async def test_choosing_fewer_days_erases_older_texts_and_leaves_younger_ones(world, chat, alice):
    await say(world, chat, alice, "/keep 30")
    old, young = other_voice(), other_voice()
    world.speech.hears(old, "the older words")
    world.speech.hears(young, "the younger words")
    chat.send_voice(alice, old)
    await world.settle()
    world.clock.seconds += 10 * DAY
    chat.send_voice(alice, young)
    await world.settle()
    await upkeep(world)
    assert on_disk(world, "the older words") != []
    await say(world, chat, alice, "/keep 7")
    await upkeep(world)
    assert on_disk(world, "the older words") == []
    assert on_disk(world, "the younger words") != []
    await say(world, chat, alice, "/keep 0")
    await upkeep(world)
    assert on_disk(world, "the younger words") == []


async def test_an_erased_text_is_transcribed_again_when_somebody_asks_for_it(world, chat, alice):
    await say(world, chat, alice, "/keep 0")
    voice = chat.send_voice(alice, other_voice())
    await world.settle()
    assert (await say(world, chat, alice, "/transcribe", reply_to=voice))["text"] == SAID
    assert len(world.speech.uploads) == 2


async def test_a_text_of_several_chats_is_kept_as_the_strictest_one_has_chosen(world, chat, alice):
    bob = world.telegram.user("Bob")
    his, voice = world.telegram.private(bob), other_voice()
    await say(world, his, bob, "/keep 30")
    await say(world, chat, alice, "/keep 0")
    sent = his.send_voice(bob, voice)
    chat.forward(alice, sent)
    await world.settle()
    assert (texts(his)[-1], texts(chat)[-1]) == (SAID, SAID)
    await upkeep(world)
    assert on_disk(world, "xylophone") == []


async def test_a_group_that_became_a_supergroup_erases_its_older_texts_too(world, chat, alice):
    group = world.telegram.group("Team", owner=alice, privacy=False)
    group.send_voice(alice, other_voice())
    await world.settle()
    supergroup = group.upgrade()
    await world.settle()
    await say(world, supergroup, alice, "/keep 0")
    await upkeep(world)
    assert on_disk(world, "xylophone") == []


async def test_a_person_gets_a_file_of_what_is_stored_of_them_and_of_nobody_else(world, chat, alice):
    bob = world.telegram.user("Bob")
    group = world.telegram.supergroup("Team", [alice, bob], privacy=False)
    world.speech.hears(his := other_voice(), "words of Bob")
    world.speech.hears(hers := other_voice(), "words of Alice")
    await say(world, chat, alice, "/speakers on")
    await say(world, chat, alice, "/vocabulary add Kafka")
    group.send_voice(bob, his)
    group.send_voice(alice, hers)
    chat.send_voice(alice, other_voice())
    await world.settle()
    await say(world, chat, alice, "/model whisper-tiny")
    message = await say(world, chat, alice, "/mydata")
    assert message["caption"] == WORDS.data()
    told = data(world, message)
    assert (told["chat_id"], told["model"], told["opted_out"]) == (chat.id, "whisper-tiny", False)
    assert {each["text"] for each in told["recordings"]} == {SAID, "words of Alice"}
    assert sum(each["recordings"] for each in told["usage"]) == 2
    assert told["settings"]["vocabulary"] == ["Kafka"]
    assert told["recordings"][0]["options"] == {"speakers": True, "vocabulary": ["Kafka"]}
    assert str(bob.id) not in json.dumps(told)


async def test_an_admin_gets_a_file_of_the_group_in_its_topic_and_others_do_not(world, chat, alice):
    bob = world.telegram.user("Bob")
    group = world.telegram.supergroup("Team", [bob], owner=alice, privacy=False)
    group.send_voice(bob, other_voice())
    await world.settle()
    assert (await say(world, group, bob, "/mydata"))["text"] == WORDS.admins_only()
    told = data(world, await say(world, group, alice, "/mydata@verbatim_bot"))
    assert told["chat_id"] == group.id
    assert told["model"] == "nova-2-general"
    assert [each["text"] for each in told["recordings"]] == [SAID]
    assert str(bob.id) not in json.dumps(told)


async def test_a_file_that_telegram_does_not_take_is_told(world, chat, alice):
    world.telegram.fault("sendDocument", drop=True)
    assert (await say(world, chat, alice, "/mydata"))["text"] == WORDS.data_not_sent()


async def test_forgetting_is_asked_for_and_can_be_refused(world, chat, alice):
    chat.send_voice(alice, other_voice())
    await world.settle()
    message = await say(world, chat, alice, "/forget")
    assert message["text"] == WORDS.ask_in_private()
    assert chat.button_texts(message) == [WORDS.erase(), WORDS.keep()]
    chat.press(alice, message, WORDS.keep())
    await upkeep(world)
    assert chat.bot_messages[-1]["text"] == WORDS.kept()
    assert len(await world.jobs()) == 1


async def test_a_person_who_is_forgotten_leaves_nothing_but_what_limits_need(world, chat, alice):
    group = world.telegram.supergroup("Team", [alice], privacy=False)
    await say(world, chat, alice, "/vocabulary add zyzzyva")
    for place in (chat, group):
        place.send_voice(alice, other_voice())
    await say(world, chat, alice, "/model whisper-tiny")
    await say(world, chat, alice, "/optout")
    chat.press(alice, await say(world, chat, alice, "/forget"), WORDS.erase())
    await world.settle()
    await upkeep(world)
    assert chat.bot_messages[-1]["text"] == WORDS.erased()
    assert await world.jobs() == []
    assert await world.app.store.settings(chat.id) == ChatSettings()
    assert on_disk(world, "xylophone") == on_disk(world, "zyzzyva") == []
    held = await world.app.store.held(chat.id, 10)
    assert (held.jobs, held.has_opted_out, len(held.days)) == ((), True, 1)
    world.clock.seconds += DAY
    await upkeep(world)
    assert (await world.app.store.held(chat.id, 10)).days == {}


async def test_in_a_group_only_admins_have_it_forgotten(world, chat, alice):
    bob = world.telegram.user("Bob")
    group = world.telegram.supergroup("Team", [bob], owner=alice, privacy=False)
    group.send_voice(bob, other_voice())
    await world.settle()
    assert (await say(world, group, bob, "/forget"))["text"] == WORDS.admins_only()
    message = await say(world, group, alice, "/forget")
    assert message["text"] == WORDS.ask_in_a_chat()
    for label in (WORDS.erase(), WORDS.keep()):
        group.press(bob, message, label)
        await world.settle()
        assert world.telegram.callback_answers[-1].text == WORDS.admins_only()
    group.press(alice, message, WORDS.erase())
    await world.settle()
    await upkeep(world)
    assert await world.jobs() == []
    assert group.bot_messages[-1]["text"] == WORDS.erased()


async def test_what_is_being_transcribed_is_cancelled_and_forgotten_and_no_placeholder_stays(world, chat, alice):
    world.speech.latency = 600
    chat.send_voice(alice, other_voice())
    await world.settle(5)
    (job,) = await world.jobs()
    assert job.state is State.SUBMITTED
    chat.say(alice, "/forget")
    await world.settle(1)
    chat.press(alice, chat.bot_messages[-1], WORDS.erase())
    await world.settle(1)
    await upkeep(world)
    assert ENGLISH.waiting.placeholder(job.notice) not in texts(chat)
    assert await world.jobs() == []


async def test_a_later_recording_is_taken_as_ever(world, chat, alice):
    chat.press(alice, await say(world, chat, alice, "/forget"), WORDS.erase())
    await world.settle()
    chat.send_voice(alice, other_voice())
    await world.settle()
    await upkeep(world)
    assert texts(chat)[-1] == SAID
    assert len(await world.jobs()) == 1

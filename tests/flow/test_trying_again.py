"""The button under an apology after which another try may help."""

import pytest

from storage.apology import Reason
from storage.words import State
from tests.english import ENGLISH
from tests.world import audio, other_voice, texts

AGAIN = ENGLISH.again
LABEL = AGAIN.button()


@pytest.fixture
def alice(world):
    return world.telegram.user("Alice")


@pytest.fixture
def private(world, alice):
    return world.telegram.private(alice)


async def fails(world, chat, person, data=None):
    """A recording that the provider could not transcribe; the message that says so."""
    world.speech.fault("create", status=400)
    chat.send_voice(person, data or other_voice())
    await world.settle()
    (message,) = chat.bot_messages
    assert message["text"] == ENGLISH.apologies.apology(Reason.REFUSED, {})
    assert chat.button_texts(message) == [LABEL]
    return message


async def tap(world, chat, person, message, button=LABEL):
    chat.press(person, message, button)
    await world.settle()
    return world.telegram.callback_answers[-1]


async def test_the_same_message_becomes_the_text(world, alice, private):
    message = await fails(world, private, alice)
    world.speech.says("what was said")
    assert (await tap(world, private, alice, message)).text == AGAIN.begun()
    assert texts(private) == ["what was said"]
    assert private.bot_messages[0]["message_id"] == message["message_id"]
    assert LABEL not in private.button_texts(message)
    assert [seen.text for seen in private.history if seen.message_id == message["message_id"]] == [
        "Transcribing…",
        message["text"],
        "Transcribing once more…",
        "what was said",
    ]


async def test_it_can_be_cancelled_meanwhile_and_tried_as_often_as_it_fails(world, alice, private):
    message = await fails(world, private, alice)
    world.speech.fault("create", status=400)
    await tap(world, private, alice, message)
    assert private.button_texts(message) == [LABEL]
    private.press(alice, message, LABEL)
    await world.turn()
    await world.turn()
    assert texts(private) == ["Transcribing once more…"]
    private.press(alice, message, ENGLISH.cancelling.button())
    await world.settle()
    assert texts(private) == ["Cancelled."]
    assert private.button_texts(message) == []


async def test_a_double_tap_changes_nothing(world, alice, private):
    message = await fails(world, private, alice)
    before = len(world.speech.uploads)
    private.press(alice, message, LABEL)
    private.press(alice, message, LABEL)
    await world.settle()
    assert len(texts(private)) == 1
    assert len(world.speech.uploads) == before + 1
    assert [each.text for each in world.telegram.callback_answers] == [AGAIN.begun()] * 2
    assert len(await jobs_there_are(world)) == 1


async def jobs_there_are(world):
    return [job for number in range(1, 20) if (job := await world.app.store.job(number))]


async def test_it_uses_what_the_chat_has_chosen_since(world, alice, private):
    message = await fails(world, private, alice)
    private.say(alice, "/model nova-2-medical")
    await world.settle()
    await tap(world, private, alice, message)
    assert [job.model for job in await jobs_there_are(world)] == ["nova-2-medical"]


@pytest.mark.parametrize("data", [b"", b"no sound at all"], ids=["empty", "unreadable"])
async def test_a_file_that_is_the_reason_itself_has_no_button(world, alice, private, data):
    private.send_voice(alice, data)
    await world.settle()
    (message,) = private.bot_messages
    assert private.button_texts(message) == []


async def test_in_a_group_others_get_an_alert_and_admins_may(world, alice):
    bob, carol = world.telegram.user("Bob"), world.telegram.user("Carol")
    group = world.telegram.supergroup("Team", [alice, bob], admins=[carol], privacy=False)
    message = await fails(world, group, alice)
    refused = await tap(world, group, bob, message)
    assert (refused.text, refused.show_alert) == (AGAIN.not_yours(), True)
    assert texts(group) == [message["text"]]
    world.telegram.fault("getChatMember", 502)
    assert (await tap(world, group, carol, message)).text == ENGLISH.cancelling.admin_unknown()
    world.speech.says("what was said")
    assert (await tap(world, group, carol, message)).text == AGAIN.begun()
    assert texts(group) == ["what was said"]


async def test_an_admin_cannot_have_it_tried_again_for_somebody_who_wants_no_text(world, alice):
    carol = world.telegram.user("Carol")
    group = world.telegram.supergroup("Team", [alice], admins=[carol], privacy=False)
    message = await fails(world, group, alice)
    await world.app.store.opt_out(alice.id)
    assert (await tap(world, group, carol, message)).text == ENGLISH.people.wants_no_text()
    assert (await tap(world, group, alice, message)).text == AGAIN.begun()


async def test_it_works_after_a_restart_and_dies_nowhere_with_two_answers(stopped_world):
    alice = stopped_world.telegram.user("Alice")
    chat = stopped_world.telegram.private(alice)
    async with stopped_world.running() as world:
        message = await fails(world, chat, alice)
    world.speech.says("what was said")
    async with stopped_world.running() as world:
        chat.press(alice, message, LABEL)
        await world.app.receiver.turn(0)
        (job,) = await jobs_there_are(world)
        assert job.state is State.QUEUED
    async with stopped_world.running() as world:
        await world.settle()
    assert texts(chat) == ["what was said"]


async def test_the_message_that_is_delivered_again_has_its_job(world, alice, private):
    message = await fails(world, private, alice)
    await tap(world, private, alice, message)
    (job,) = await jobs_there_are(world)
    assert (job.from_chat_id, job.message_id) == (private.id, message["reply_to_message"]["message_id"])


async def test_an_apology_that_cannot_be_edited_for_now_becomes_the_text_in_the_end(world, alice, private):
    message = await fails(world, private, alice)
    world.speech.says("what was said")
    world.telegram.fault("editMessageText", 502)
    await tap(world, private, alice, message)
    assert texts(private) == ["what was said"]


async def test_where_too_many_run_already_it_is_asked_to_press_later(stopped_world):
    alice = stopped_world.telegram.user("Alice")
    chat = stopped_world.telegram.private(alice)
    async with stopped_world.running(max_open_jobs_per_chat=1) as world:
        message = await fails(world, chat, alice)
        chat.send_voice(alice, other_voice())
        await world.turn()
        chat.press(alice, message, LABEL)
        await world.turn()
        answer = world.telegram.callback_answers[-1]
        assert (answer.text, answer.show_alert) == (AGAIN.too_many(), True)
        await world.settle()
        assert (await tap(world, chat, alice, message)).text == AGAIN.begun()


async def test_where_recordings_are_limited_another_try_counts_as_one(stopped_world):
    alice = stopped_world.telegram.user("Alice")
    chat = stopped_world.telegram.private(alice)
    async with stopped_world.running(notes_per_minute_per_chat=1) as world:
        message = await fails(world, chat, alice)
        chat.press(alice, message, LABEL)
        await world.turn()
        assert world.telegram.callback_answers[-1].show_alert
        world.clock.pass_(60)
        assert (await tap(world, chat, alice, message)).text == AGAIN.begun()


@pytest.mark.parametrize("data", ["1:again:999", "1:again:-1", "1:again:0"])
async def test_invented_buttons_do_nothing_but_an_alert(world, alice, private, data):
    message = await fails(world, private, alice)
    private.find(message["message_id"])["reply_markup"]["inline_keyboard"][0][0]["callback_data"] = data
    answer = await tap(world, private, alice, message)
    assert (answer.text, answer.show_alert) == (AGAIN.gone(), True)


async def test_a_button_of_another_chat_does_nothing(world, alice, private):
    message = await fails(world, private, alice)
    eve = world.telegram.user("Eve")
    elsewhere = world.telegram.private(eve)
    elsewhere.send_voice(eve, b"")
    await world.settle()
    (forged,) = elsewhere.bot_messages
    elsewhere.find(forged["message_id"])["reply_markup"] = private.find(message["message_id"])["reply_markup"]
    assert (await tap(world, elsewhere, eve, forged)).text == AGAIN.gone()


async def test_a_link_is_tried_again_too(world, alice, private):
    private.say(alice, "https://example.com/a.mp3")
    await world.settle()
    (message,) = private.bot_messages
    world.speech.links["https://example.com/a.mp3"] = audio()
    world.speech.says("what was said")
    await tap(world, private, alice, message)
    assert texts(private) == ["what was said"]

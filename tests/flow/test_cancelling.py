import math

import pytest
from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.playground.telegram.state import Query
from storage.words import State
from tests.english import ENGLISH
from tests.world import audio, texts

HIDDEN = {"ok": False, "error_code": 400, "description": "Bad Request: CHAT_ADMIN_REQUIRED"}


async def waiting(world, chat, person):
    """A voice of this person, transcribing; its placeholder."""
    chat.send_voice(person, audio())
    await world.turn()
    return chat.bot_messages[-1]


async def press(world, chat, person, placeholder):
    chat.press(person, placeholder, "Cancel")
    await world.settle()
    return world.telegram.callback_answers[-1]


async def states(world):
    return [job.state for job in await world.jobs()]


async def test_the_sender_cancels_and_the_placeholder_says_so(world):
    alice = world.telegram.user("Alice")
    chat = world.telegram.private(alice)
    answer = await press(world, chat, alice, await waiting(world, chat, alice))

    assert answer.text == ENGLISH.cancelling.done()
    (text,) = texts(chat)
    assert "Cancelled." in text
    assert "reply_markup" not in chat.bot_messages[0]
    assert await states(world) == [State.CANCELLED]


async def test_a_job_that_has_not_been_uploaded_can_be_cancelled_too(world):
    alice = world.telegram.user("Alice")
    chat = world.telegram.private(alice)
    world.speech.fault("create", status=503, times=None)
    await press(world, chat, alice, await waiting(world, chat, alice))
    assert await states(world) == [State.CANCELLED]
    assert world.speech.uploads == []


async def test_pressing_twice_changes_nothing(world):
    alice = world.telegram.user("Alice")
    chat = world.telegram.private(alice)
    placeholder = await waiting(world, chat, alice)
    chat.press(alice, placeholder, "Cancel")
    chat.press(alice, placeholder, "Cancel")
    await world.settle()
    assert [answer.text for answer in world.telegram.callback_answers] == [ENGLISH.cancelling.done()] * 2
    assert len(chat.bot_messages) == 1


async def test_in_a_group_others_get_an_alert_and_admins_may(world):
    alice, bob, carol = (world.telegram.user(name) for name in ("Alice", "Bob", "Carol"))
    group = world.telegram.group("Team", [alice, bob], admins=[carol], privacy=False)
    placeholder = await waiting(world, group, alice)

    refused = await world_press_without_settling(world, group, bob, placeholder)
    assert (refused.text, refused.show_alert) == (ENGLISH.cancelling.not_yours(), True)
    assert await states(world) == [State.SUBMITTED]

    assert (await press(world, group, carol, placeholder)).text == ENGLISH.cancelling.done()
    assert await states(world) == [State.CANCELLED]


async def world_press_without_settling(world, chat, person, placeholder):
    chat.press(person, placeholder, "Cancel")
    await world.turn()
    return world.telegram.callback_answers[-1]


async def test_what_an_anonymous_admin_sent_is_cancelled_by_any_admin(world):
    bob, carol = world.telegram.user("Bob"), world.telegram.user("Carol")
    group = world.telegram.supergroup("Team", [bob], admins=[carol], privacy=False)
    placeholder = await waiting(world, group, None)
    assert (await world_press_without_settling(world, group, bob, placeholder)).text == ENGLISH.cancelling.not_yours()
    assert (await press(world, group, carol, placeholder)).text == ENGLISH.cancelling.done()


async def test_a_press_on_an_orphan_removes_it(world):
    alice = world.telegram.user("Alice")
    chat = world.telegram.private(alice)
    placeholder = await waiting(world, chat, alice)
    (job,) = await world.jobs()
    orphan = await world.app.telegram.bot.send_message(
        chat.id, "Transcribing…", reply_markup=button(f"cancel:{job.id}")
    )

    assert (await press(world, chat, alice, orphan.message_id)).text == ENGLISH.cancelling.orphan_removed()
    assert [message["message_id"] for message in chat.bot_messages] == [placeholder["message_id"]]
    assert await states(world) == [State.DELIVERED]


@pytest.mark.parametrize(
    "data", ["cancel:", "cancel:x", "cancel:-1", "cancel:１", "cancel:" + "9" * 40, "else", "\x00"]
)
async def test_button_data_of_strangers_harms_nobody(world, data):
    alice = world.telegram.user("Alice")
    chat = world.telegram.private(alice)
    await waiting(world, chat, alice)
    forged = await world.app.telegram.bot.send_message(chat.id, "forged", reply_markup=button(data))
    answer = await press(world, chat, alice, forged.message_id)
    assert (answer.text, answer.show_alert) == (ENGLISH.settings.outdated(), True)
    assert await states(world) == [State.DELIVERED]


async def test_a_button_of_another_chat_cancels_nothing_here(world):
    alice, eve = world.telegram.user("Alice"), world.telegram.user("Eve")
    hers, evil = world.telegram.private(alice), world.telegram.private(eve)
    await waiting(world, hers, alice)
    forged = await world.app.telegram.bot.send_message(evil.id, "forged", reply_markup=button("cancel:1"))
    await press(world, evil, eve, forged.message_id)
    assert await states(world) == [State.DELIVERED]


async def test_a_press_that_is_answered_too_late_still_counts(world):
    alice = world.telegram.user("Alice")
    chat = world.telegram.private(alice)
    placeholder = await waiting(world, chat, alice)
    chat.press(alice, placeholder, "Cancel")
    world.clock.pass_(3600)
    await world.settle()
    assert "Cancelled." in texts(chat)[0]


async def test_data_sent_with_a_message_that_has_no_such_button_harms_nobody(world):
    alice, mallory = world.telegram.user("Alice"), world.telegram.user("Mallory")
    group = world.telegram.group("Team", [alice, mallory], privacy=False)
    group.send_voice(alice, audio())
    world.speech.says("the words of Alice")
    await world.settle()
    for data in ("cancel:999999", "cancel:1"):
        answer = group.bot_messages[0]
        query = {"id": data, "from": mallory.as_json(), "chat_instance": "1", "data": data, "message": answer}
        world.telegram.queue_update("callback_query", query)
        world.telegram.state.queries[data] = Query(mallory.id, math.inf)
    await world.settle()
    assert texts(group) == ["the words of Alice"]
    assert [answer.text for answer in world.telegram.callback_answers] == [ENGLISH.settings.outdated()] * 2


async def test_a_cancel_button_of_an_earlier_release_still_cancels(world):
    alice = world.telegram.user("Alice")
    chat = world.telegram.private(alice)
    placeholder = await waiting(world, chat, alice)
    (job,) = await world.jobs()
    chat.find(placeholder["message_id"])["reply_markup"] = button(f"cancel:{job.id}").to_dict()
    assert (await press(world, chat, alice, placeholder)).text == ENGLISH.cancelling.done()
    assert await states(world) == [State.CANCELLED]


async def test_in_a_group_that_hides_its_members_its_admins_are_asked_for(world):
    alice, bob, carol = (world.telegram.user(name) for name in ("Alice", "Bob", "Carol"))
    group = world.telegram.supergroup("Team", [alice, bob], admins=[carol], privacy=False)
    placeholder = await waiting(world, group, alice)
    world.telegram.fault("getChatMember", 400, body=HIDDEN, times=2)
    refused = await world_press_without_settling(world, group, bob, placeholder)
    assert refused.text == ENGLISH.cancelling.not_yours()
    assert (await press(world, group, carol, placeholder)).text == ENGLISH.cancelling.done()


async def test_a_button_under_a_message_too_old_to_be_shown_still_cancels(world):
    alice = world.telegram.user("Alice")
    chat = world.telegram.private(alice)
    placeholder = await waiting(world, chat, alice)
    chat.press(alice, placeholder, "Cancel", inaccessible=True)
    await world.settle()
    assert await states(world) == [State.CANCELLED]


async def test_whoever_telegram_cannot_tell_to_be_an_admin_is_asked_to_press_again(world):
    alice, carol = world.telegram.user("Alice"), world.telegram.user("Carol")
    group = world.telegram.group("Team", [alice], admins=[carol], privacy=False)
    placeholder = await waiting(world, group, alice)
    world.telegram.fault("getChatMember", 502)
    refused = await world_press_without_settling(world, group, carol, placeholder)
    assert (refused.text, refused.show_alert) == (ENGLISH.cancelling.admin_unknown(), True)


def button(data):
    return InlineKeyboardMarkup.from_button(InlineKeyboardButton("Cancel", callback_data=data))

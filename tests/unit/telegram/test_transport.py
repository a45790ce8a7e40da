import asyncio

import pytest

from bot.errors import (
    PlaceholderGoneError,
    RateLimitedError,
    UndeliverableError,
)
from bot.metrics import Metrics
from bot.parts import open_session, telegram_of
from bot.telegram.downloading.file_limit import FileLimit
from bot.telegram.downloading.files import Files
from bot.telegram.pace import Urgency
from bot.telegram.pacing.chat import MESSAGES
from bot.telegram.receiving.dispatch import Dispatch
from bot.telegram.writing.button_data import CancelJob, read
from bot.telegram.writing.buttons import cancel_button
from bot.telegram.writing.transport import Place
from bot.text.layout import Document, Page
from tests.pacing import turns
from tests.unit.workbench import TOKEN, open_telegram
from tests.world import texts

CANCEL = [[cancel_button(7, "Cancel")]]


@pytest.fixture
async def transport(stopped_world):
    async with open_telegram(stopped_world.settings(), stopped_world.clock, 1) as (transport, _):
        yield transport


@pytest.fixture
def alice(stopped_world):
    return stopped_world.telegram.user("Alice")


@pytest.fixture
def chat(stopped_world, alice):
    return stopped_world.telegram.private(alice)


@pytest.fixture
def group(stopped_world, alice):
    return stopped_world.telegram.supergroup("Team", [alice], privacy=False)


async def placed(transport, chat, text="Transcribing…", rows=CANCEL, **changes) -> int:
    where = {name: changes.pop(name) for name in ("thread_id", "reply_to") if name in changes}
    urgency = changes.pop("urgency", Urgency.PLACEHOLDER)
    return await transport.send(Place(chat.id, **where), plain(text), rows=rows, urgency=urgency)


def plain(text):
    return Page(text, collapsed=False)


async def show(transport, chat, message_id, shown):
    await transport.edit(chat.id, message_id, shown, urgency=Urgency.ANSWER)


async def test_a_placeholder_answers_quietly_and_can_be_cancelled(transport, chat, alice):
    voice = chat.send_voice(alice, b"sound")
    message_id = await placed(transport, chat, reply_to=voice["message_id"])
    message = chat.message(message_id)
    assert message["text"] == "Transcribing…"
    assert message["reply_to_message"]["message_id"] == voice["message_id"]
    assert chat.button_texts(message_id) == ["Cancel"]
    (button,) = message["reply_markup"]["inline_keyboard"][0]
    assert read(button["callback_data"]) == CancelJob(7)


async def test_a_placeholder_survives_the_deletion_of_what_it_answers(transport, chat, alice):
    voice = chat.send_voice(alice, b"sound")
    chat.delete(voice)
    assert "reply_to_message" not in chat.message(await placed(transport, chat, reply_to=voice["message_id"]))


async def test_a_placeholder_of_a_deleted_topic_goes_to_the_chat_itself(stopped_world, transport, alice):
    forum = stopped_world.telegram.supergroup("Forum", [alice], topics=True, bot_admin=True)
    thread = forum.topic("Notes")
    assert forum.message(await placed(transport, forum, thread_id=thread))["message_thread_id"] == thread
    forum.delete_topic(thread)
    assert "message_thread_id" not in forum.message(await placed(transport, forum, thread_id=thread))


async def test_news_for_a_deleted_topic_go_to_the_chat_itself(stopped_world, transport, alice):
    forum = stopped_world.telegram.supergroup("Forum", [alice], topics=True, bot_admin=True)
    thread = forum.topic("Notes")
    forum.delete_topic(thread)
    await transport.say(Place(forum.id, thread), "News")
    assert texts(forum) == ["News"]


async def test_a_changed_placeholder_keeps_its_button(transport, chat):
    message_id = await placed(transport, chat)
    await transport.edit(chat.id, message_id, plain("Waiting…"), rows=CANCEL, urgency=Urgency.PLACEHOLDER)
    assert chat.message(message_id)["text"] == "Waiting…"
    assert chat.button_texts(message_id) == ["Cancel"]


async def test_showing_a_page_twice_changes_nothing(transport, chat):
    message_id = await placed(transport, chat)
    for _ in range(2):
        await show(transport, chat, message_id, Page("What was said & <more>", collapsed=False))
    assert texts(chat) == ["What was said & <more>"]
    assert chat.button_texts(message_id) == []
    assert "entities" not in chat.message(message_id)


async def test_a_long_page_is_folded_in_utf16_units(transport, chat):
    message_id = await placed(transport, chat)
    await show(transport, chat, message_id, Page("🙂 said", collapsed=True))
    (entity,) = chat.message(message_id)["entities"]
    assert entity == {"type": "expandable_blockquote", "offset": 0, "length": 7}


async def test_a_very_long_answer_becomes_a_file(stopped_world, transport, chat):
    message_id = await placed(transport, chat)
    await show(transport, chat, message_id, Document("transcript.txt", b"said", "All of it"))
    message = chat.message(message_id)
    assert message["caption"] == "All of it"
    assert message["document"]["file_name"] == "transcript.txt"
    assert stopped_world.telegram.file_bytes(message["document"]["file_id"]) == b"said"


async def test_a_message_of_its_own_and_a_message_taken_back(transport, chat):
    await transport.say(Place(chat.id), "News")
    assert texts(chat) == ["News"]
    await transport.delete(chat.id, chat.bot_messages[0]["message_id"])
    assert chat.bot_messages == []


async def test_failures_leave_in_our_own_words(transport, chat):
    message_id = await placed(transport, chat)
    chat.delete(message_id)
    with pytest.raises(PlaceholderGoneError):
        await show(transport, chat, message_id, Page("said", collapsed=False))
    chat.block()
    with pytest.raises(UndeliverableError):
        await transport.say(Place(chat.id), "News")


async def test_a_long_wait_for_our_own_pace_is_a_request_for_patience(transport, group):
    limit, _, kept = MESSAGES
    for _ in range(limit - kept):
        await transport.await_pace(group.id)
        await placed(transport, group)
    with pytest.raises(RateLimitedError):
        await placed(transport, group)
    with pytest.raises(RateLimitedError):
        await transport.await_pace(group.id)
    await placed(transport, group, urgency=Urgency.ANSWER)


async def test_a_short_wait_for_our_own_pace_is_waited_for(transport, chat, stopped_world):
    transport.pace.block(chat.id, 5)
    placing = asyncio.create_task(placed(transport, chat))
    await turns()
    assert chat.bot_messages == []
    stopped_world.clock.pass_(5)
    await placing
    assert texts(chat) == ["Transcribing…"]


async def test_nothing_that_knows_the_bot_shows_its_token(stopped_world, transport):
    assert TOKEN not in repr(transport)
    assert TOKEN not in repr(transport.calls)
    assert TOKEN not in repr(Files(transport.calls, None, FileLimit(1)))
    async with open_session() as session:
        telegram = telegram_of(stopped_world.settings(), session, Metrics(), transport.pace)
    assert TOKEN not in repr(Dispatch(telegram.bot, None, None, Metrics()))

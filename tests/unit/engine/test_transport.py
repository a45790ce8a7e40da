import pytest

from bot.errors import (
    PermanentError,
    PlaceholderGoneError,
    RateLimitedError,
    Reason,
    TemporaryError,
    UndeliverableError,
)
from bot.playground.telegram import FakeTelegram
from bot.telegram.pace import OVERALL, PRIVATE, Urgency
from bot.telegram.transport import job_of_button
from bot.text.layout import Document, Page
from tests.unit.engine.workbench import open_transport
from tests.world import texts

LIMIT = 1024 * 1024


@pytest.fixture
async def transport(stage):
    async with open_transport(stage.settings(), stage.clock, LIMIT) as transport:
        yield transport


@pytest.fixture
def alice(stage):
    return stage.telegram.user("Alice")


@pytest.fixture
def chat(stage, alice):
    return stage.telegram.private(alice)


@pytest.fixture
def target(tmp_path):
    return tmp_path / "received"


async def placed(transport, chat, text="Transcribing…", job_id=7, **changes) -> int:
    fields = {"thread_id": None, "reply_to": None, "urgency": Urgency.PLACEHOLDER} | changes
    return await transport.send_placeholder(chat.id, text, job_id=job_id, **fields)


async def refused(transport, file_id, target, claimed=None):
    with pytest.raises((TemporaryError, PermanentError)) as failed:
        await transport.download(file_id, claimed, target)
    assert "TEST-token" not in str(failed.value)
    return failed.value


async def test_a_placeholder_answers_quietly_and_can_be_cancelled(transport, chat, alice):
    voice = chat.send_voice(alice, b"sound")
    message_id = await placed(transport, chat, reply_to=voice["message_id"])
    message = chat.message(message_id)
    assert message["text"] == "Transcribing…"
    assert message["reply_to_message"]["message_id"] == voice["message_id"]
    assert chat.button_texts(message_id) == ["Cancel"]
    (button,) = message["reply_markup"]["inline_keyboard"][0]
    assert job_of_button(button["callback_data"]) == 7


async def test_a_placeholder_survives_the_deletion_of_what_it_answers(transport, chat, alice):
    voice = chat.send_voice(alice, b"sound")
    chat.delete(voice)
    assert "reply_to_message" not in chat.message(await placed(transport, chat, reply_to=voice["message_id"]))


async def test_a_placeholder_of_a_deleted_topic_goes_to_the_chat_itself(stage, transport, alice):
    forum = stage.telegram.supergroup("Forum", [alice], topics=True, bot_admin=True)
    thread = forum.topic("Notes")
    assert forum.message(await placed(transport, forum, thread_id=thread))["message_thread_id"] == thread
    forum.delete_topic(thread)
    assert "message_thread_id" not in forum.message(await placed(transport, forum, thread_id=thread))


async def test_a_changed_placeholder_keeps_its_button(transport, chat):
    message_id = await placed(transport, chat)
    await transport.edit_placeholder(chat.id, message_id, "Waiting…", job_id=7)
    assert chat.message(message_id)["text"] == "Waiting…"
    assert chat.button_texts(message_id) == ["Cancel"]


async def test_showing_a_page_twice_changes_nothing(transport, chat):
    message_id = await placed(transport, chat)
    for _ in range(2):
        await transport.show(chat.id, message_id, Page("What was said & <more>", collapsed=False))
    assert texts(chat) == ["What was said & <more>"]
    assert chat.button_texts(message_id) == []
    assert "entities" not in chat.message(message_id)


async def test_a_long_page_is_folded_in_utf16_units(transport, chat):
    message_id = await placed(transport, chat)
    await transport.show(chat.id, message_id, Page("🙂 said", collapsed=True))
    (entity,) = chat.message(message_id)["entities"]
    assert entity == {"type": "expandable_blockquote", "offset": 0, "length": 7}


async def test_a_very_long_answer_becomes_a_file(stage, transport, chat):
    message_id = await placed(transport, chat)
    await transport.show(chat.id, message_id, Document("transcript.txt", b"said", "All of it"))
    message = chat.message(message_id)
    assert message["caption"] == "All of it"
    assert message["document"]["file_name"] == "transcript.txt"
    assert stage.telegram.file_bytes(message["document"]["file_id"]) == b"said"


async def test_a_message_of_its_own_and_a_message_taken_back(transport, chat):
    await transport.say(chat.id, "News")
    assert texts(chat) == ["News"]
    await transport.delete(chat.id, chat.bot_messages[0]["message_id"])
    assert chat.bot_messages == []


async def test_failures_leave_in_our_own_words(transport, chat):
    message_id = await placed(transport, chat)
    chat.delete(message_id)
    with pytest.raises(PlaceholderGoneError):
        await transport.show(chat.id, message_id, Page("said", collapsed=False))
    chat.block()
    with pytest.raises(UndeliverableError):
        await transport.say(chat.id, "News")


async def test_our_own_pace_is_a_request_for_patience(transport, chat):
    for _ in range(min(limit - kept for limit, _, kept in (OVERALL, PRIVATE))):
        transport.check_pace(chat.id)
        await placed(transport, chat)
    with pytest.raises(RateLimitedError):
        await placed(transport, chat)
    with pytest.raises(RateLimitedError):
        transport.check_pace(chat.id)
    await placed(transport, chat, urgency=Urgency.ANSWER)


async def test_a_file_is_streamed_to_disk(transport, chat, alice, target):
    data = bytes(range(256)) * 1000
    voice = chat.send_voice(alice, data)["voice"]
    await transport.download(voice["file_id"], voice["file_size"], target)
    assert target.read_bytes() == data


async def test_a_file_of_exactly_the_limit_is_taken(transport, chat, alice, target):
    voice = chat.send_voice(alice, bytes(LIMIT))["voice"]
    await transport.download(voice["file_id"], LIMIT, target)
    assert target.stat().st_size == LIMIT


async def test_a_file_that_claims_to_be_too_big_is_not_even_asked_for(stage, transport, target):
    failed = await refused(transport, "any", target, claimed=LIMIT + 1)
    assert (failed.reason, failed.facts) == (Reason.TOO_BIG, {"limit_mb": 1})
    assert stage.telegram.calls_of("getFile") == []


async def test_a_file_larger_than_it_claims_is_cut_off_at_the_limit(transport, chat, alice, target):
    voice = chat.send_voice(alice, bytes(LIMIT + 1), file_size=10)["voice"]
    failed = await refused(transport, voice["file_id"], target, claimed=10)
    assert failed.reason is Reason.TOO_BIG
    assert target.stat().st_size <= LIMIT


async def test_a_file_too_big_for_the_server_is_told_with_our_limit(transport, chat, alice, target):
    voice = chat.send_voice(alice, b"", file_size=21 * LIMIT)["voice"]
    failed = await refused(transport, voice["file_id"], target)
    assert (failed.reason, failed.facts) == (Reason.TOO_BIG, {"limit_mb": 1})


async def test_a_file_that_telegram_lost_is_gone(stage, transport, chat, alice, target):
    message = chat.send_voice(alice, b"sound")
    stage.telegram.lose_file(message, chat)
    failed = await refused(transport, message["voice"]["file_id"], target)
    assert failed.reason is Reason.FILE_GONE


async def test_a_file_without_a_path_is_gone(stage, transport, target):
    body = {"ok": True, "result": {"file_id": "x", "file_unique_id": "y"}}
    stage.telegram.fault("getFile", 200, body=body)
    assert (await refused(transport, "x", target)).reason is Reason.FILE_GONE


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ({"status": 404}, Reason.FILE_GONE),
        ({"status": 502, "body": "<html>bad gateway</html>"}, Reason.TELEGRAM_DOWN),
        ({"drop": True, "times": 2}, Reason.TELEGRAM_DOWN),  # the first is asked again by itself
        ({"after_effect": True}, Reason.TELEGRAM_DOWN),
    ],
)
async def test_a_download_that_goes_wrong_is_tried_again(stage, transport, chat, alice, target, fault, reason):
    voice = chat.send_voice(alice, bytes(200_000))["voice"]
    stage.telegram.fault("file", **fault)
    failed = await refused(transport, voice["file_id"], target)
    assert isinstance(failed, TemporaryError)
    assert failed.reason is reason
    await transport.download(voice["file_id"], None, target)
    assert target.read_bytes() == bytes(200_000)


class TestWithAServerOfOnesOwn:
    @pytest.fixture
    async def local(self, tmp_path, stage):
        """The transport of a bot beside a Bot API server in local mode, and a chat there."""
        fake = FakeTelegram(clock=stage.clock, local_folder=tmp_path / "server")
        settings = stage.settings()
        async with fake:
            local = settings.model_copy(update={"telegram_api_url": fake.url})
            async with open_transport(local, stage.clock, 30 * LIMIT) as transport:
                alice = fake.user("Alice")
                yield transport, fake.private(alice), alice, fake

    async def test_the_file_is_copied_from_where_it_lies(self, local, target):
        transport, chat, alice, fake = local
        data = bytes(25 * LIMIT)
        voice = chat.send_voice(alice, data)["voice"]
        await transport.download(voice["file_id"], voice["file_size"], target)
        assert target.read_bytes() == data
        assert fake.calls_of("file") == []

    async def test_a_file_larger_than_it_claims_is_not_copied(self, local, target):
        transport, chat, alice, _ = local
        voice = chat.send_voice(alice, bytes(30 * LIMIT + 1), file_size=1)["voice"]
        assert (await refused(transport, voice["file_id"], target)).reason is Reason.TOO_BIG
        assert not target.exists()

    async def test_a_path_that_leads_nowhere_is_a_file_that_is_gone(self, local, target, tmp_path):
        transport, _, _, fake = local
        result = {"file_id": "x", "file_unique_id": "y", "file_path": str(tmp_path / "absent")}
        fake.fault("getFile", 200, body={"ok": True, "result": result})
        assert (await refused(transport, "x", target)).reason is Reason.FILE_GONE

    async def test_a_file_that_cannot_be_read_is_tried_again(self, local, target):
        transport, _, _, fake = local
        result = {"file_id": "x", "file_unique_id": "y", "file_path": "/proc/self/mem"}
        fake.fault("getFile", 200, body={"ok": True, "result": result})
        failed = await refused(transport, "x", target)
        assert isinstance(failed, TemporaryError)
        assert failed.reason is Reason.TELEGRAM_DOWN


@pytest.mark.parametrize(("data", "job_id"), [("cancel:1", 1), ("cancel:007", 7), (f"cancel:{10**17}", 10**17)])
def test_a_cancel_button_names_its_job(data, job_id):
    assert job_of_button(data) == job_id


@pytest.mark.parametrize(
    "data",
    [
        "",
        "cancel:",
        "cancel",
        "1",
        "cancel:-1",
        "cancel:+1",
        "cancel: 1",
        "cancel:1 ",
        "cancel:1\n",
        "cancel:1_0",
        "cancel:１",
        "cancel:²",
        "cancel:1e3",
        "xcancel:1",
        "cancel:cancel:1",
        "CANCEL:1",
        f"cancel:{2**63}",
        "cancel:" + "9" * 57,
        "cancel:" + "9" * 5000,
    ],
)
def test_other_data_names_no_job(data):
    assert job_of_button(data) is None

"""The fake Bot API when things fail: files that go, faults, watched calls and pace."""

import asyncio

import aiohttp
import pytest

from bot.playground.telegram import FakeTelegram
from bot.playground.telegram.state import CUT
from tests.contract.fake_telegram_client import Client
from tests.patience import until


@pytest.fixture
def alice(telegram):
    return telegram.user("Alice", username="alice")


@pytest.fixture
def chat(telegram, alice):
    return telegram.private(alice)


async def test_a_file_is_downloaded_by_its_path_for_an_hour(client, chat, alice, clock):
    voice = chat.send_voice(alice, b"OggS data")["voice"]
    file = (await client.getFile(file_id=voice["file_id"])).result
    assert file == {
        "file_id": voice["file_id"],
        "file_unique_id": voice["file_unique_id"],
        "file_size": 9,
        "file_path": "voice/file_1.oga",
    }
    assert await client.download(file["file_path"]) == (200, b"OggS data")
    clock.pass_(60 * 60)
    assert (await client.download(file["file_path"]))[0] == 404
    await client.getFile(file_id=voice["file_id"])
    assert (await client.download(file["file_path"]))[0] == 200
    assert (await client.download("voice/file_9.oga"))[0] == 404


async def test_twenty_mebibytes_can_be_downloaded_and_a_byte_more_cannot(client, chat, alice):
    limit = 20 * 1024 * 1024
    fits = chat.send_document(alice, b"x", file_name="talk.flac", file_size=limit)["document"]
    assert (await client.getFile(file_id=fits["file_id"])).result["file_path"] == "documents/file_1.flac"
    big = chat.send_document(alice, b"x", file_size=limit + 1)["document"]
    assert (await client.getFile(file_id=big["file_id"])).refusal == (400, "Bad Request: file is too big")


async def test_a_local_server_hands_out_big_files_as_paths(clock, tmp_path):
    async with FakeTelegram(clock=clock, local_folder=tmp_path) as telegram, aiohttp.ClientSession() as session:
        alice = telegram.user("Alice")
        voice = telegram.private(alice).send_voice(alice, b"x", file_size=2**31)["voice"]
        file = (await Client(telegram, session).getFile(file_id=voice["file_id"])).result
        assert file["file_path"] == str(tmp_path / "voice" / "file_1.oga")
        assert (tmp_path / "voice" / "file_1.oga").read_bytes() == b"x"


async def test_a_lost_file_is_unavailable(telegram, client, chat, alice):
    voice = chat.send_voice(alice, b"x")
    telegram.lose_file(voice, chat)
    answer = await client.getFile(file_id=voice["voice"]["file_id"])
    assert answer.refusal == (400, "Bad Request: wrong file_id or the file is temporarily unavailable")


async def test_a_fault_answers_instead_of_the_call_as_often_as_ordered(telegram, client, chat):
    telegram.fault("sendMessage", 500, times=2)
    for _ in range(2):
        assert (await client.sendMessage(chat_id=chat.id, text="x")).refusal == (500, "Internal Server Error")
    assert chat.messages == []
    assert (await client.sendMessage(chat_id=chat.id, text="x")).status == 200
    assert [call.status for call in telegram.calls] == [500, 500, 200]


async def test_a_fault_can_last_until_it_is_cleared_and_meet_every_method(telegram, client):
    fault = telegram.fault("*", 502, body={"ok": False, "error_code": 502, "description": "Bad Gateway"}, times=None)
    assert (await client.getMe()).status == 502
    assert (await client.getUpdates()).status == 502
    fault.clear()
    assert (await client.getMe()).status == 200


async def test_a_fault_can_ask_for_patience_in_one_chat_alone(telegram, client, chat):
    other = telegram.private(telegram.user("Bob"))
    telegram.fault("sendMessage", 429, retry_after=7, chat_id=chat.id)
    assert (await client.sendMessage(chat_id=other.id, text="x")).status == 200
    answer = await client.sendMessage(chat_id=chat.id, text="x")
    assert answer.refusal == (429, "Too Many Requests: retry after 7")
    assert answer.body["parameters"] == {"retry_after": 7}


async def test_a_fault_can_be_the_page_of_a_gateway(telegram, client):
    telegram.fault("getMe", 404, body="<html>not here</html>")
    async with client.session.get(f"{telegram.url}/bot{telegram.state.token}/getMe") as answer:
        assert (answer.status, answer.content_type) == (404, "text/html")
        assert await answer.text() == "<html>not here</html>"


async def test_a_cut_connection_leaves_open_whether_the_call_was_carried_out(telegram, client, chat):
    telegram.fault("sendMessage", drop=True)
    telegram.fault("sendMessage", drop=True, after_effect=True)
    for written in (0, 1):
        with pytest.raises(aiohttp.ClientConnectionError):
            await client.sendMessage(chat_id=chat.id, text="x")
        assert len(chat.messages) == written
    assert [call.status for call in telegram.calls] == [CUT, CUT]


async def test_a_call_can_be_carried_out_and_answered_with_a_failure(telegram, client, chat):
    telegram.fault("sendMessage", 504, after_effect=True)
    assert (await client.sendMessage(chat_id=chat.id, text="x")).status == 504
    assert len(chat.messages) == 1


async def test_downloads_fail_break_off_or_never_start(telegram, client, chat, alice):
    voice = chat.send_voice(alice, bytes(1000))["voice"]
    path = (await client.getFile(file_id=voice["file_id"])).result["file_path"]
    telegram.fault("file", 502)
    telegram.fault("file", drop=True, times=2)  # aiohttp asks a second time by itself
    telegram.fault("file", after_effect=True)
    assert (await client.download(path))[0] == 502
    with pytest.raises(aiohttp.ClientConnectionError):
        await client.download(path)
    with pytest.raises(aiohttp.ClientPayloadError):
        await client.download(path)
    telegram.fault("*", 500)
    assert (await client.download(path))[0] == 200
    assert (await client.getMe()).status == 500


async def test_a_watched_call_waits_for_the_callback_before_and_after_its_effect(telegram, client, chat):
    seen = []

    async def before(call):
        seen.append((call.params["text"], len(chat.messages)))

    telegram.watch("sendMessage", before)
    telegram.watch("sendMessage", lambda: seen.append(len(chat.messages)), moment="after", times=None)
    await client.sendMessage(chat_id=chat.id, text="x")
    await client.sendMessage(chat_id=chat.id, text="y")
    assert seen == [("x", 0), 1, 2]


async def test_a_watched_call_can_be_held_while_others_pass(telegram, client, chat):
    go_on = asyncio.Event()
    telegram.watch("sendMessage", go_on.wait)
    held = asyncio.create_task(client.sendMessage(chat_id=chat.id, text="x"))
    await until(telegram, lambda: telegram.calls_of("sendMessage"))
    assert (await client.getMe()).status == 200
    assert chat.messages == []
    go_on.set()
    assert (await held).status == 200


@pytest.mark.parametrize("lost", [False, True])
async def test_a_call_whose_caller_dies_is_carried_out_unless_it_is_ordered_lost(telegram, client, chat, lost):
    async def die():
        caller.cancel()
        await asyncio.gather(caller, return_exceptions=True)
        await client.getMe()  # by then the server has noticed

    telegram.watch("sendMessage", die)
    if lost:
        telegram.fault("sendMessage", drop=True)
    caller = asyncio.create_task(client.sendMessage(chat_id=chat.id, text="x"))
    await until(telegram, lambda: telegram.calls_of("getMe"))
    await client.getMe()
    assert len(chat.messages) == (0 if lost else 1)
    assert telegram.calls_of("sendMessage")[0].status == CUT


async def test_who_writes_too_fast_into_one_chat_must_wait(telegram, client, chat, clock):
    telegram.enforce_pace(burst=2)
    for _ in range(2):
        assert (await client.sendMessage(chat_id=chat.id, text="x")).status == 200
    answer = await client.sendMessage(chat_id=chat.id, text="x")
    assert answer.refusal == (429, "Too Many Requests: retry after 2")
    assert (await client.sendChatAction(chat_id=chat.id, action="typing")).status == 200
    clock.pass_(2)
    assert (await client.sendMessage(chat_id=chat.id, text="x")).status == 200


async def test_a_group_bears_twenty_messages_a_minute_and_more_edits(telegram, client, alice, clock):
    group = telegram.group("Team", members=[alice])
    telegram.enforce_pace()
    for number in range(20):
        sent = (await client.sendMessage(chat_id=group.id, text="first")).result
        clock.pass_(1)
        edit = await client.editMessageText(chat_id=group.id, message_id=sent["message_id"], text=str(number))
        assert edit.status == 200
        clock.pass_(1)
    refused = await client.sendMessage(chat_id=group.id, text="x")
    assert refused.body["parameters"] == {"retry_after": 20}
    edit = await client.editMessageText(chat_id=group.id, message_id=sent["message_id"], text="x")
    assert edit.status == 200


async def test_all_chats_together_bear_thirty_messages_a_second(telegram, client):
    telegram.enforce_pace(overall_per_second=3)
    chats = [telegram.private(telegram.user(f"User {number}")) for number in range(4)]
    statuses = [(await client.sendMessage(chat_id=chat.id, text="x")).status for chat in chats]
    assert statuses == [200, 200, 200, 429]


@pytest.mark.parametrize(("count_edits", "statuses", "refused"), [(True, [429, 429], 2), (False, [200, 200], 0)])
async def test_edits_count_with_the_messages_of_all_chats_or_do_not(
    telegram, client, clock, count_edits, statuses, refused
):
    chats = [telegram.private(telegram.user(f"User {number}")) for number in range(3)]
    first = [(await client.sendMessage(chat_id=chat.id, text="x")).result for chat in chats[:2]]
    clock.pass_(10)
    pace = telegram.enforce_pace(overall_per_second=2, count_edits=count_edits)
    for chat in chats[1:]:
        assert (await client.sendMessage(chat_id=chat.id, text="x")).status == 200

    async def edit(chat, message):
        return await client.editMessageText(chat_id=chat.id, message_id=message["message_id"], text="edited")

    edits = [await edit(chat, message) for chat, message in zip(chats, first, strict=False)]
    assert [one.status for one in edits] == statuses
    assert pace.refused == refused
    third = await client.sendMessage(chat_id=chats[0].id, text="x")
    assert third.refusal == (429, "Too Many Requests: retry after 1")
    assert pace.refused == refused + 1

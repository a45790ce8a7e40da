"""The fake Bot API over real HTTP: who may ask, in which forms, and how updates are handed out."""

import asyncio
import json

import aiohttp
import pytest

from bot.playground.telegram import FakeTelegram
from tests.contract.fake_telegram_client import Client
from tests.patience import until


@pytest.fixture
def alice(telegram):
    return telegram.user("Alice", username="alice")


@pytest.fixture
def chat(telegram, alice):
    return telegram.private(alice)


NOT_FOUND = {"ok": False, "error_code": 404, "description": "Not Found"}


async def test_a_bot_learns_who_it_is(client):
    me = (await client.getMe()).result
    assert me["id"] == 123456
    assert me["is_bot"] is True
    assert me["username"] == "verbatim_bot"
    assert me["can_read_all_group_messages"] is False


async def test_a_wrong_token_is_unauthorized_and_a_malformed_one_is_not_found(telegram, client):
    for token, status in (("123456:WRONG", 401), ("nonsense", 404)):
        async with client.session.get(f"{telegram.url}/bot{token}/getMe") as answer:
            assert answer.status == status
    async with client.session.get(f"{telegram.url}/file/bot123456:WRONG/voice/file_1.oga") as answer:
        assert answer.status == 401


async def test_an_unknown_method_is_not_found_and_noted(telegram, client):
    assert (await client.sendSmile()).body == NOT_FOUND
    assert telegram.violations == ["sendSmile: the playground does not know this method"]
    telegram.violations.clear()


async def test_any_other_path_is_not_found(telegram, client):
    async with client.session.get(f"{telegram.url}/") as answer:
        assert await answer.json() == NOT_FOUND


async def test_parameters_come_as_query_form_json_or_multipart(telegram, client, chat):
    base = f"{telegram.url}/bot{telegram.state.token}/sendmessage"
    keyboard = {"inline_keyboard": [[{"text": "Go", "callback_data": "go"}]]}
    fields = {"chat_id": str(chat.id), "text": "Hi", "reply_markup": json.dumps(keyboard)}
    async with client.session.get(base, params=fields) as answer:
        assert answer.status == 200
    await client.post("sendMessage", data=fields)
    await client.post(
        "sendMessage", json={"chat_id": chat.id, "text": "Hi", "reply_markup": keyboard, "entities": None}
    )
    await client.upload("sendMessage", {}, **fields)
    assert [message["text"] for message in chat.bot_messages] == ["Hi"] * 4
    assert all(message["reply_markup"] == keyboard for message in chat.bot_messages)


@pytest.mark.parametrize(("body", "sentence"), [("{", "can't parse JSON object"), ("[]", "expected an object")])
async def test_a_body_that_is_no_json_object_is_refused(client, body, sentence):
    answer = await client.post("getMe", data=body, headers={"Content-Type": "application/json"})
    assert answer.refusal == (400, f"Bad Request: {sentence}")


async def test_multipart_in_multipart_is_refused(client):
    with aiohttp.MultipartWriter("form-data") as outer, aiohttp.MultipartWriter("mixed") as inner:
        inner.append("x")
        outer.append(inner)
        answer = await client.post("getMe", data=outer)
    assert answer.refusal == (400, "Bad Request: can't parse multipart body")


async def test_what_the_server_would_ignore_is_a_violation(telegram, client, chat):
    await client.upload("sendMessage", {"picture": ("x.png", b"x")}, chat_id=chat.id, text="Hi", txt="Hi")
    await client.getUpdates(offset="soon")
    assert telegram.violations == [
        "sendMessage: unknown parameter 'txt'",
        "sendMessage: unused file 'picture'",
        "getUpdates: offset is not a number: 'soon'",
    ]
    telegram.violations.clear()


async def test_every_call_is_kept_with_readable_parameters(telegram, client, chat, clock):
    await client.sendMessage(chat_id=chat.id, text="[1]", reply_parameters={"message_id": 9}, reply_markup="{")
    [call] = telegram.calls
    assert (call.method, call.status, call.at) == ("sendMessage", 400, clock())
    assert call.params["chat_id"] == chat.id
    assert call.params["text"] == "[1]"
    assert call.params["reply_parameters"] == {"message_id": 9}
    assert call.params["reply_markup"] == "{"
    assert telegram.calls_of("getMe") == []


async def test_updates_are_served_again_until_a_higher_offset_confirms_them(telegram, client, chat, alice):
    for word in ("one", "two", "three"):
        chat.say(alice, word)
    first = await client.updates()
    assert [update["message"]["text"] for update in first] == ["one", "two", "three"]
    assert await client.updates(offset=first[0]["update_id"]) == first
    assert await client.updates(offset=first[1]["update_id"], limit=1) == first[1:2]
    assert telegram.confirmed_offset == first[1]["update_id"]
    assert telegram.pending_updates == first[1:]
    assert await client.updates(offset=first[2]["update_id"] + 1) == []
    assert telegram.pending_updates == []


async def test_a_negative_offset_keeps_only_the_last_updates(telegram, client, chat, alice):
    assert await client.updates(offset=-1) == []
    for word in ("one", "two", "three"):
        chat.say(alice, word)
    assert [update["message"]["text"] for update in await client.updates(offset=-2)] == ["two", "three"]
    assert len(await client.updates(offset=-9, limit=1000)) == 2


async def test_a_long_poll_ends_with_the_first_update(telegram, client, chat, alice):
    poll = asyncio.create_task(client.updates(timeout=50))
    await until(telegram, lambda: telegram.calls_of("getUpdates"))
    chat.say(alice, "hello")
    [update] = await poll
    assert update["message"]["text"] == "hello"


async def test_a_long_poll_without_updates_ends_empty(client):
    assert await client.updates(timeout=1) == []


async def test_a_newer_poll_ends_the_older_with_conflict(telegram, client, chat, alice):
    older = asyncio.create_task(client.getUpdates(timeout=50))
    await until(telegram, lambda: telegram.calls_of("getUpdates"))
    newer = asyncio.create_task(client.updates(timeout=50))
    assert (await older).refusal == (
        409,
        "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
    )
    chat.say(alice, "hello")
    assert len(await newer) == 1


async def test_the_wish_for_updates_lasts_until_another_is_made(telegram, client, chat, alice):
    await client.updates(allowed_updates=["callback_query", "nonsense"])
    chat.say(alice, "unheard")
    await client.updates()
    assert (await client.getWebhookInfo()).result["allowed_updates"] == ["callback_query"]
    chat.say(alice, "unheard too")
    assert await client.updates(allowed_updates=[]) == []
    chat.say(alice, "heard")
    assert len(await client.updates()) == 1


@pytest.mark.parametrize(
    ("allowed", "sentence"),
    [("{", "can't parse allowed_updates JSON object"), ("{}", "expected an Array of String as allowed_updates")],
)
async def test_a_wish_that_is_no_list_is_refused(client, allowed, sentence):
    assert (await client.getUpdates(allowed_updates=allowed)).refusal == (400, f"Bad Request: {sentence}")


async def test_updates_are_gone_after_a_day(telegram, client, chat, alice, clock):
    chat.say(alice, "hello")
    clock.pass_(24 * 60 * 60)
    assert await client.updates() == []


async def test_an_update_can_be_delivered_twice(telegram, client, chat, alice):
    chat.say(alice, "hello")
    [update] = await client.updates()
    await client.updates(offset=update["update_id"] + 1)
    telegram.redeliver(update)
    assert await client.updates() == [update]


async def test_any_update_can_be_queued_even_a_broken_one(telegram, client):
    telegram.queue_update("message", {"nonsense": True})
    assert (await client.updates())[0]["message"] == {"nonsense": True}


async def test_a_server_comes_back_at_its_address_with_all_it_knew(clock):
    telegram = FakeTelegram(clock=clock)
    await telegram.start()
    alice, url = telegram.user("Alice"), telegram.url
    chat = telegram.private(alice)
    chat.say(alice, "hello")
    await telegram.stop()
    async with aiohttp.ClientSession() as session:
        client = Client(telegram, session)
        with pytest.raises(aiohttp.ClientConnectionError):
            await client.getMe()
        await telegram.start()
        assert telegram.url == url
        [update] = await client.updates()
        poll = asyncio.create_task(client.updates(offset=update["update_id"] + 1, timeout=50))
        await until(telegram, lambda: len(telegram.calls) == 2)
        chat.say(alice, "again")
        assert len(await poll) == 1
    await telegram.stop()


async def test_a_stop_ends_waiting_polls(clock):
    telegram = FakeTelegram(clock=clock)
    await telegram.start()
    async with aiohttp.ClientSession() as session:
        poll = asyncio.create_task(Client(telegram, session).updates(timeout=50))
        await until(telegram, lambda: telegram.calls_of("getUpdates"))
        await telegram.stop()
        assert await poll == []


async def test_waiting_for_what_never_happens_shows_the_chats(telegram, client, chat, alice):
    chat.say(alice, "hello")
    await client.getMe()
    telegram.channel("News").say(None, "headline")
    with pytest.raises(AssertionError, match=r"Alice: .*hello") as failure:
        await until(telegram, lambda: False, quiet_seconds=0)
    assert "getMe 200" in str(failure.value)
    assert "News: " in str(failure.value)


async def test_the_next_change_can_be_awaited(telegram, chat, alice):
    change = asyncio.create_task(telegram.next_change())
    await asyncio.sleep(0)
    chat.say(alice, "hello")
    await change

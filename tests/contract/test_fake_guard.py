"""Neither fake does what a browser asks for, or what reaches it by another name."""

import aiohttp
import pytest

from bot.playground.guard import NO_PROGRAM
from bot.playground.speech import FakeSpeech
from bot.playground.telegram import FakeTelegram
from tests.world import audio

KEY = "test-key"
BROWSERS = [
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": "http://{host}"},
    {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"},
    {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe"},
    {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"},
    {"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "navigate"},
    {"Sec-Fetch-Site": "same-origin"},
    {"Sec-Fetch-Site": "none"},
    {"Sec-Fetch-Mode": "navigate"},
    {"Sec-Fetch-Dest": "iframe"},
    {"Sec-Fetch-User": "?1"},
    {"sec-fetch-storage-access": "none"},
]
OTHER_NAMES = [{"Host": "evil.example"}, {"Host": "evil.example:{port}"}, {"Host": "127.0.0.1.example"}]


def requests(telegram, speech):
    """Each kind of request that a bot makes: to read, to change something, to download and to pay."""
    api = f"{telegram.url}/bot{telegram.state.token}"
    form = aiohttp.FormData({"model": "#g1_nova-2-general"})
    form.add_field("audio", audio(), filename="voice.ogg", content_type="audio/ogg")
    return [
        ("GET", f"{api}/getMe", None),
        ("GET", f"{api}/setWebhook?url=https://evil.example/hook", None),
        ("POST", f"{api}/sendMessage", {"chat_id": "1001", "text": "hello"}),
        ("GET", f"{telegram.url}/file/bot{telegram.state.token}/voice/file_1.oga", None),
        ("GET", f"{speech.url}/billing/balance", None),
        ("POST", f"{speech.url}/stt/create", form),
    ]


@pytest.mark.parametrize("headers", BROWSERS + OTHER_NAMES, ids=str)
async def test_what_a_browser_or_another_name_asks_for_is_not_done(headers):
    async with FakeTelegram() as telegram, FakeSpeech(KEY) as speech, aiohttp.ClientSession() as session:
        telegram.private(telegram.user("Alice"))
        for method, address, data in requests(telegram, speech):
            host, port = address.split("/")[2], address.split("/")[2].partition(":")[2]
            sent = {name: value.format(host=host, port=port) for name, value in headers.items()}
            sent["Authorization"] = f"Bearer {KEY}"
            async with session.request(method, address, data=data, headers=sent) as answer:
                assert (answer.status, await answer.json()) == (403, {"error": NO_PROGRAM})
                assert answer.headers["X-Frame-Options"] == "DENY"
                assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
        assert (telegram.calls, telegram.state.webhook, telegram.chats[0].messages) == ([], None, [])
        assert (speech.calls, speech.uploads) == ([], [])


async def test_a_bot_may_call_methods_by_get():
    async with FakeTelegram() as telegram, aiohttp.ClientSession() as session:
        chat = telegram.private(telegram.user("Alice"))
        api = f"{telegram.url}/bot{telegram.state.token}"
        async with session.get(f"{api}/sendMessage", params={"chat_id": chat.id, "text": "by GET"}) as answer:
            assert answer.status == 200
        assert [message["text"] for message in chat.messages] == ["by GET"]


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity"])
async def test_a_number_that_only_python_knows_is_no_json(number):
    async with FakeTelegram() as telegram, aiohttp.ClientSession() as session:
        chat = telegram.private(telegram.user("Alice"))
        body = f'{{"chat_id": {chat.id}, "text": "x", "link_preview_options": {{"a": {number}}}}}'
        headers = {"Content-Type": "application/json"}
        address = f"{telegram.url}/bot{telegram.state.token}/sendMessage"
        async with session.post(address, data=body, headers=headers) as answer:
            assert answer.status == 400
        async with session.post(address, data="[" * 100_000, headers=headers) as answer:
            assert answer.status == 400
        assert chat.messages == []

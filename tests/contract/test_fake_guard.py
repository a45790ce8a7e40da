"""Neither fake lets a web page of somebody else, or a name that leads here, speak for the bot."""

import aiohttp
import pytest

from bot.playground.speech import FakeSpeech
from bot.playground.telegram import FakeTelegram

HEADERS = [
    {"Host": "evil.example"},
    {"Origin": "https://evil.example"},
    {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"},
]


@pytest.mark.parametrize("headers", HEADERS, ids=str)
async def test_a_page_of_somebody_else_is_refused(headers):
    async with FakeTelegram() as telegram, FakeSpeech() as speech, aiohttp.ClientSession() as session:
        addresses = [f"{telegram.url}/bot{telegram.state.token}/getUpdates", f"{speech.url}/billing/balance"]
        for address in addresses:
            async with session.get(address, headers=headers) as answer:
                assert answer.status == 403
        assert telegram.calls == []
        assert speech.calls == []


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

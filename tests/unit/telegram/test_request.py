import asyncio
import logging

import pytest
from aiohttp import web
from telegram import Bot
from telegram.error import NetworkError, TelegramError

from bot.parts import open_session
from bot.telegram.answers import NoAnswerError, RedirectedError
from bot.telegram.calls import LARGEST_ANSWER
from bot.telegram.request import AiohttpRequest
from tests.api import Api, Part, cut, redirecting, unfolding

TOKEN = "123456:TEST-token"
ME = {"id": 123456, "is_bot": True, "first_name": "Verbatim", "username": "verbatim_bot"}


async def well(_request):
    return web.json_response({"ok": True, "result": ME})


@pytest.fixture
async def api():
    api = Api(well)
    async with api.serving():
        yield api


@pytest.fixture
def observed():
    return []


@pytest.fixture
async def bot(api, observed):
    async with open_session() as session:
        request = AiohttpRequest(session, lambda method, status: observed.append((method, status)))
        async with Bot(TOKEN, base_url=f"{api.url}bot", request=request, get_updates_request=request) as bot:
            observed.clear()
            api.requests.clear()
            api.forms.clear()
            yield bot


async def test_a_call_brings_the_answer_and_is_counted(bot, observed):
    assert (await bot.get_me()).username == "verbatim_bot"
    assert observed == [("getMe", "200")]


async def test_text_goes_as_a_plain_form(bot, api):
    await bot.set_my_description("Grüße & <b>, 🙂")
    assert [request.content_type for request in api.requests] == ["application/x-www-form-urlencoded"]
    assert api.forms == [[Part("description", "Grüße & <b>, 🙂".encode())]]


async def test_a_refusal_becomes_the_library_s_exception(bot, api, observed):
    async def refuse(_request):
        return web.json_response(
            {"ok": False, "error_code": 400, "description": "Bad Request: chat not found"}, status=400
        )

    api.answer = refuse
    with pytest.raises(NetworkError, match="chat not found"):
        await bot.get_me()
    assert observed == [("getMe", "400")]


async def test_an_answer_that_does_not_come_in_time_is_a_timeout(bot, api, observed):
    never = asyncio.Event()

    async def wait(request):
        await never.wait()
        return await well(request)

    api.answer = wait
    with pytest.raises(NoAnswerError, match="Telegram did not answer in time") as timeout:
        await bot.get_me(read_timeout=0.02, write_timeout=0.02)
    never.set()
    assert observed == [("getMe", "timeout")]
    assert TOKEN not in str(timeout.value)
    assert timeout.value.__cause__ is None


async def test_a_cut_connection_is_a_network_error_without_the_token(bot, api, observed):
    api.answer = cut
    with pytest.raises(NetworkError) as failed:
        await bot.get_me()
    assert observed == [("getMe", "ServerDisconnectedError")]
    assert str(failed.value) == "no answer from the Bot API: Telegram closed the connection without an answer"
    assert failed.value.__suppress_context__


async def test_half_an_answer_is_a_network_error(bot, api, observed):
    async def half(request):
        response = web.StreamResponse(headers={"Content-Length": "1000"})
        await response.prepare(request)
        await response.write(b'{"ok": true, "result": {"text": "said in')
        request.transport.close()
        return response

    api.answer = half
    with pytest.raises(NetworkError) as failed:
        await bot.get_me()
    assert "said in" not in str(failed.value)
    assert observed == [("getMe", "ClientPayloadError")]


@pytest.mark.parametrize(
    "body", ['{"ok": true, "result": {"text": "said in', '["said in"]', "<html>said in</html>", "\xff"]
)
async def test_an_answer_that_cannot_be_read_is_not_repeated_in_any_log(bot, api, body, caplog):
    async def unreadable(_request):
        return web.Response(body=body.encode("latin-1"))

    api.answer = unreadable
    with caplog.at_level(logging.DEBUG, "telegram"), pytest.raises(TelegramError) as failed:
        await bot.get_me()
    assert "said in" not in str(failed.value)
    assert not [line for line in caplog.records if "said in" in line.getMessage() and line.levelno > logging.DEBUG]


async def test_nobody_there_is_a_network_error_without_the_token(observed, refusing_port):
    async with open_session() as session:
        request = AiohttpRequest(session, lambda method, status: observed.append((method, status)))
        with pytest.raises(NetworkError) as failed:
            await request.do_request(f"http://127.0.0.1:{refusing_port}/bot{TOKEN}/getMe", "POST")
    assert TOKEN not in str(failed.value)
    assert observed == [("getMe", "ClientConnectorError")]


async def test_the_session_stays_open_for_others():
    async with open_session() as session:
        request = AiohttpRequest(session, lambda _method, _status: None)
        await request.initialize()
        await request.shutdown()
        assert not session.below.closed
        assert request.read_timeout == 20.0


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_is_not_followed(bot, api, status):
    api.answer = redirecting(status)
    with pytest.raises(RedirectedError):
        await bot.send_message(5, "said in confidence")
    assert [request.path for request in api.requests] == [f"/bot{TOKEN}/sendMessage"]


async def test_an_answer_larger_than_the_bound_is_refused_however_small_it_was_packed(bot, api, observed):
    api.answer = unfolding(LARGEST_ANSWER + 1)
    with pytest.raises(NetworkError, match="more than this program reads"):
        await bot.get_me()
    assert observed == [("getMe", "TooLargeError")]

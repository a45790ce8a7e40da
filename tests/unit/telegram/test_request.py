import asyncio
import io
import logging

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from telegram import Bot, InputMediaDocument
from telegram.error import NetworkError, TelegramError, TimedOut

from bot.telegram.request import AiohttpRequest

TOKEN = "123456:TEST-token"
ME = {"id": 123456, "is_bot": True, "first_name": "Verbatim", "username": "verbatim_bot"}


class Api:
    """Answers every call with what the test wants, and keeps what was sent."""

    def __init__(self) -> None:
        self.seen: list[dict[str, object]] = []
        self.types: list[str] = []
        self.answer = self.well

    async def handle(self, request: web.Request) -> web.StreamResponse:
        form = await request.post()
        self.types.append(request.content_type)
        self.seen.append({name: await _content(value) for name, value in form.items()})
        return await self.answer(request)

    async def well(self, _request: web.Request) -> web.StreamResponse:
        return web.json_response({"ok": True, "result": ME})


async def _content(value):
    if isinstance(value, web.FileField):
        return value.filename, value.content_type, value.file.read()
    return value


@pytest.fixture
async def api():
    api = Api()
    application = web.Application()
    application.router.add_route("*", "/bot{token}/{method}", api.handle)
    server = TestServer(application, shutdown_timeout=0.1)
    async with server:
        api.url = str(server.make_url("/bot"))
        yield api


@pytest.fixture
def observed():
    return []


@pytest.fixture
async def bot(api, observed):
    async with aiohttp.ClientSession() as session:
        request = AiohttpRequest(session, lambda method, status: observed.append((method, status)))
        async with Bot(TOKEN, base_url=api.url, request=request, get_updates_request=request) as bot:
            observed.clear()
            api.seen.clear()
            api.types.clear()
            yield bot


async def test_a_call_brings_the_answer_and_is_counted(bot, observed):
    assert (await bot.get_me()).username == "verbatim_bot"
    assert observed == [("getMe", "200")]


async def test_text_goes_as_a_plain_form(bot, api):
    await bot.set_my_description("Grüße & <b>, 🙂")
    assert api.types == ["application/x-www-form-urlencoded"]
    assert api.seen == [{"description": "Grüße & <b>, 🙂"}]


async def test_files_go_as_parts_with_their_names_and_types(bot, api):
    media = InputMediaDocument(io.BytesIO("Grüße".encode()), filename="Grüße.txt", caption="hello")
    with pytest.raises(KeyError):  # what comes back is no message, and nobody cares here
        await bot.edit_message_media(media, 5, 6)
    assert api.types == ["multipart/form-data"]
    (sent,) = api.seen
    files = [value for value in sent.values() if isinstance(value, tuple)]
    assert files == [("Grüße.txt", "text/plain", "Grüße".encode())]
    assert (sent["chat_id"], sent["message_id"]) == ("5", "6")


async def test_a_refusal_becomes_the_library_s_exception(bot, api, observed):
    async def refuse(_request):
        return web.json_response(
            {"ok": False, "error_code": 400, "description": "Bad Request: chat not found"}, status=400
        )

    api.answer = refuse
    with pytest.raises(NetworkError, match="Chat not found"):
        await bot.get_me()
    assert observed == [("getMe", "400")]


async def test_an_answer_that_does_not_come_in_time_is_a_timeout(bot, api, observed):
    never = asyncio.Event()

    async def wait(request):
        await never.wait()
        return await api.well(request)

    api.answer = wait
    with pytest.raises(TimedOut) as timeout:
        await bot.get_me(read_timeout=0.02, write_timeout=0.02)
    never.set()
    assert observed == [("getMe", "timeout")]
    assert TOKEN not in str(timeout.value)
    assert timeout.value.__cause__ is None


async def test_a_cut_connection_is_a_network_error_without_the_token(bot, api, observed):
    async def cut(request):
        request.transport.abort()
        return web.Response()

    api.answer = cut
    with pytest.raises(NetworkError) as failed:
        await bot.get_me()
    assert observed == [("getMe", "ServerDisconnectedError")]
    assert str(failed.value) == "no answer from the Bot API: ServerDisconnectedError"
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


async def test_nobody_there_is_a_network_error_without_the_token(observed, unused_tcp_port):
    async with aiohttp.ClientSession() as session:
        request = AiohttpRequest(session, lambda method, status: observed.append((method, status)))
        with pytest.raises(NetworkError) as failed:
            await request.do_request(f"http://127.0.0.1:{unused_tcp_port}/bot{TOKEN}/getMe", "POST")
    assert TOKEN not in str(failed.value)
    assert observed == [("getMe", "ClientConnectorError")]


async def test_the_session_stays_open_for_others():
    async with aiohttp.ClientSession() as session:
        request = AiohttpRequest(session, lambda _method, _status: None)
        await request.initialize()
        await request.shutdown()
        assert not session.closed
        assert request.read_timeout == 20.0

"""The calls that are made for every recording: what goes out, what is read of an answer, and what is raised."""

import asyncio
import json

import pytest
from aiohttp import web
from telegram import Bot
from telegram.error import NetworkError, TelegramError

from bot.outgoing.moving import Limits
from bot.parts import open_session
from bot.telegram.answers import NamelessError, NoAnswerError, RedirectedError, UnreadableAnswerError
from bot.telegram.calls import LARGEST_ANSWER, Calls
from bot.telegram.request import AiohttpRequest
from bot.text.layout import Document
from tests.api import Api, cut, redirecting, unfolding
from tests.slow import SIZE, reading

TOKEN = "123456:TEST-token"
LONG = Document("long.txt", bytes(SIZE), "All of it")
MEDIA = {"chat_id": 5, "message_id": 6, "media": {"type": "document", "media": "attach://document"}}


def answering(body, status=200):
    async def answer(_request):
        return web.json_response(body, status=status)

    return answer


@pytest.fixture
async def api():
    api = Api(answering({"ok": True, "result": {"message_id": 7, "text": "hello"}}))
    async with api.serving():
        yield api


@pytest.fixture
def observed():
    return []


@pytest.fixture
def observe(observed):
    return lambda method, status: observed.append((method, status))


@pytest.fixture
async def calls(api, observe):
    async with open_session() as session:
        yield Calls(api.url.rstrip("/"), TOKEN, session, observe)


async def test_a_call_goes_as_one_body_of_json_without_what_is_not_given(api, calls, observed):
    bodies = []

    async def answer(request):
        bodies.append(await request.json())
        return web.json_response({"ok": True, "result": {"message_id": 7}})

    api.answer = answer
    given = {"chat_id": 5, "text": "Grüße & <b>, 🙂", "link_preview_options": {"is_disabled": True}}
    sent = await calls.make("sendMessage", given | {"entities": None})
    assert sent["message_id"] == 7
    (request,) = api.requests
    assert (request.method, request.path, request.content_type) == (
        "POST",
        f"/bot{TOKEN}/sendMessage",
        "application/json",
    )
    assert bodies == [given]
    assert observed == [("sendMessage", "200")]


async def test_of_a_file_the_path_is_returned(api, calls):
    api.answer = answering({"ok": True, "result": {"file_path": "voice/a.oga", "file_size": []}})
    assert await calls.make("getFile", {"file_id": "x"}) == {"file_path": "voice/a.oga"}


async def test_a_document_goes_as_a_part_with_its_name_and_type_behind_the_parameters(api, calls):
    document = Document("Grüße.txt", "Grüße".encode(), "hello")
    assert await calls.make("editMessageMedia", MEDIA | {"reply_markup": None}, document=document)
    (sent,) = api.forms
    *texts, file = sent
    assert {part.name: part.data for part in texts} == {
        "chat_id": b"5",
        "message_id": b"6",
        "media": json.dumps(MEDIA["media"]).encode(),
    }
    assert (file.name, file.file_name, file.headers["Content-Type"]) == ("document", "Grüße.txt", "text/plain")
    assert file.data == "Grüße".encode()


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (400, {"ok": False, "error_code": 400, "description": "Bad Request: chat not found"}),
        (400, {"ok": False}),
        (400, {"ok": False, "description": "Bad Request: x", "parameters": {"migrate_to_chat_id": -1001}}),
        (401, {"ok": False, "description": "Unauthorized"}),
        (403, {"ok": False, "description": "Forbidden: bot was blocked by the user"}),
        (404, {"ok": False, "description": "Not Found"}),
        (409, {"ok": False, "description": "Conflict: terminated by other getUpdates request"}),
        (413, {"ok": False, "description": "Request Entity Too Large"}),
        (429, {"ok": False, "description": "Too Many Requests", "parameters": {"retry_after": 3}}),
        (429, {"ok": False}),
        (200, {"ok": False, "error_code": 403, "description": "Forbidden: bot was kicked from the group chat"}),
        (499, {"ok": False}),
        (502, {"ok": False}),
    ],
)
async def test_what_is_refused_is_raised_as_the_library_would(api, calls, observe, status, body):
    api.answer = answering(body, status)
    async with open_session() as session:
        request = AiohttpRequest(session, observe)
        bot = Bot(TOKEN, base_url=f"{api.url}bot", request=request, get_updates_request=request)
        with pytest.raises(TelegramError) as theirs:
            await bot.send_message(5, "hello")
    with pytest.raises(TelegramError) as ours:
        await calls.make("sendMessage", {"chat_id": 5, "text": "hello"})
    assert ours.value.__reduce__() == theirs.value.__reduce__()  # its class, and what that is made from


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({"ok": True, "result": {"text": "said in confidence"}}, NamelessError),
        (["said in confidence"], UnreadableAnswerError),
    ],
)
async def test_an_answer_that_does_not_say_what_was_done_is_not_repeated(api, calls, body, error):
    api.answer = answering(body)
    with pytest.raises(error) as failed:
        await calls.make("sendMessage", {"chat_id": 5, "text": "hello"})
    assert "said in" not in str(failed.value)


async def test_an_answer_that_does_not_come_in_time_is_a_timeout(api, calls, observed):
    never = asyncio.Event()

    async def wait(_request):
        await never.wait()
        return web.Response()

    api.answer = wait
    with pytest.raises(NoAnswerError, match="Telegram did not answer in time") as timeout:
        await calls.make("getFile", {"file_id": "x"}, seconds=0.04)
    never.set()
    assert observed == [("getFile", "timeout")]
    assert TOKEN not in str(timeout.value)
    assert timeout.value.__cause__ is None


async def test_a_cut_connection_is_a_network_error_without_the_token(api, calls, observed):
    api.answer = cut
    with pytest.raises(NetworkError) as failed:
        await calls.make("deleteMessage", {"chat_id": 5, "message_id": 6})
    assert observed == [("deleteMessage", "ServerDisconnectedError")]
    assert str(failed.value) == "no answer from the Bot API: Telegram closed the connection without an answer"
    assert failed.value.__suppress_context__


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_is_not_followed(api, calls, status):
    api.answer = redirecting(status)
    with pytest.raises(RedirectedError):
        await calls.make("sendMessage", {"chat_id": 5, "text": "said in confidence"})
    assert [request.path for request in api.requests] == [f"/bot{TOKEN}/sendMessage"]


async def test_an_answer_larger_than_the_bound_is_refused_however_small_it_was_packed(api, calls, observed):
    api.answer = unfolding(LARGEST_ANSWER + 1)
    with pytest.raises(NetworkError, match="more than this program reads"):
        await calls.make("sendMessage", {"chat_id": 5, "text": "hello"})
    assert observed == [("sendMessage", "TooLargeError")]


async def test_a_document_may_take_longer_than_a_call_as_long_as_it_moves(observe, observed):
    body = b'{"ok": true, "result": true}'
    answer = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)
    limits = Limits(answer=1.0, result=1.0, still=1.0, look_every=0.02)
    async with reading(65536, 0.04, answer=answer) as url, open_session() as session:
        calls = Calls(url.rstrip("/"), TOKEN, session, observe, limits)
        assert await calls.make("editMessageMedia", MEDIA, document=LONG, seconds=0.4)
    assert observed == [("editMessageMedia", "200")]


async def test_a_document_that_nobody_takes_is_not_sent_for_ever(observe, observed):
    limits = Limits(answer=0.3, result=0.3, still=0.3, look_every=0.02)
    async with reading(65536, 0.0, most=1_000_000) as url, open_session() as session:
        calls = Calls(url.rstrip("/"), TOKEN, session, observe, limits)
        with pytest.raises(NoAnswerError, match=r"Telegram let nothing through for 0\.3 s"):
            await calls.make("editMessageMedia", MEDIA, document=LONG)
    assert observed == [("editMessageMedia", "timeout")]

"""The AI/ML API client, against a real server on this machine."""

import asyncio
import gzip
import json
from dataclasses import replace

import pytest
from aiohttp import web

from bot import __version__
from bot.errors import OperatorError, PermanentError, RateLimitedError, TemporaryError
from bot.metrics import Metrics
from bot.outgoing.moving import Limits
from bot.parts import open_session
from bot.speech.aimlapi import client as client_module
from bot.speech.aimlapi.answers import Balance
from bot.speech.aimlapi.client import USER_AGENT, AimlapiClient
from bot.speech.catalogue import find
from bot.speech.provider import Created, Done, Failed, Pending, Unknown
from bot.uploads import Linked, Upload
from storage.apology import Reason
from storage.options import Options
from tests.api import Api, redirecting, unfolding

KEY = "sk-secret-key"
MODEL = find("nova-2-general")
SOUND = bytes(range(256)) * 1000


def answering(body, status=200, **more):
    raw = body if isinstance(body, bytes) else body.encode()

    async def answer(request):
        return web.Response(body=raw, status=status, **more)

    return answer


def answering_json(body, status=200):
    return answering(json.dumps(body), status, content_type="application/json")


@pytest.fixture
async def api():
    api = Api(answering_json({"generation_id": "gen-1"}))
    async with api.serving():
        yield api


@pytest.fixture
def metrics():
    return Metrics()


def counted(metrics):
    """The calls, each with its status, and how often they came to that."""
    (family,) = metrics.provider.collect()
    return {
        (sample.labels["call"], sample.labels["status"]): sample.value
        for sample in family.samples
        if sample.name.endswith("_total")
    }


@pytest.fixture
async def speech(api, metrics):
    async with open_session() as session:
        yield AimlapiClient(session, f"{api.url}v1/", KEY, metrics)


@pytest.fixture
async def impatient(api, metrics):
    async with open_session() as session:
        yield AimlapiClient(session, f"{api.url}v1/", KEY, metrics, Limits(answer=0.2, result=0.2, look_every=0.05))


@pytest.fixture
def audio(tmp_path):
    path = tmp_path / "voice.oga"
    path.write_bytes(SOUND)
    return path


async def submit(speech, audio, **more):
    wanted = {
        "file_name": "голос.ogg",
        "content_type": "audio/ogg",
        "model": MODEL,
        "options": Options(),
    }
    given = wanted | more
    upload = Upload(audio, given["content_type"], given["file_name"], 0.0, 3.0)
    return await speech.submit(upload, given["model"], given["options"])


async def cut_off(request):
    response = web.StreamResponse(headers={"Content-Length": "1000"})
    await response.prepare(request)
    await response.write(b'{"generation_id": "ge')
    request.transport.close()
    return response


async def hang_up(request):
    request.transport.close()
    return web.Response()


async def never(request):
    await asyncio.Event().wait()


async def test_a_submitted_recording_arrives_whole_with_its_fields_before_it(api, speech, audio):
    fields = {"model": "#g1_nova-2-general", "language": "de", "smart_format": "true", "punctuate": "true"}
    assert await submit(speech, audio, options=Options("de")) == Created("gen-1")
    *texts, sound = api.forms[0]
    assert {text.name: text.data.decode() for text in texts} == fields
    assert (sound.name, sound.file_name, sound.headers["Content-Type"]) == ("audio", "голос.ogg", "audio/ogg")
    assert sound.data == SOUND


async def test_a_link_is_sent_as_json(api, metrics, speech):
    bodies = []

    async def answer(request):
        bodies.append(await request.json())
        return web.json_response({"generation_id": "gen-1"})

    api.answer = answer
    linked = Linked("https://example.com/sample.mp3?a=b", 1800.0)
    assert await speech.submit(linked, MODEL, Options("de")) == Created("gen-1")
    request = api.requests[0]
    assert (request.method, request.path, request.content_type) == ("POST", "/v1/stt/create", "application/json")
    assert request.headers["Authorization"] == f"Bearer {KEY}"
    truths = {"smart_format": True, "punctuate": True}
    assert bodies == [{"model": "#g1_nova-2-general", "language": "de", "url": linked.url} | truths]
    assert counted(metrics) == {("create", "200"): 1}


@pytest.mark.parametrize("answer", [hang_up, cut_off])
async def test_a_link_whose_answer_is_lost_may_have_been_paid_for(api, speech, answer):
    api.answer = answer
    with pytest.raises(TemporaryError) as failed:
        await speech.submit(Linked("https://example.com/sample.mp3", 1800.0), MODEL, Options())
    assert not failed.value.sure


async def test_a_submit_is_an_authorized_post_of_known_length_under_our_own_name(api, speech, audio):
    await submit(speech, audio)
    request = api.requests[0]
    assert (request.method, request.path) == ("POST", "/v1/stt/create")
    assert request.headers["Authorization"] == f"Bearer {KEY}"
    assert request.headers["User-Agent"] == USER_AGENT
    assert USER_AGENT.startswith(f"Verbatim/{__version__} ")
    assert int(request.headers["Content-Length"]) > len(SOUND)


async def test_the_same_recording_can_be_sent_again(api, speech, audio):
    assert await submit(speech, audio) == await submit(speech, audio) == Created("gen-1")
    assert [form[-1].data for form in api.forms] == [SOUND, SOUND]


async def test_the_file_field_can_have_another_name(api, speech, audio):
    await submit(speech, audio, model=replace(MODEL, field="file"))
    assert api.forms[0][-1].name == "file"


async def test_a_type_is_sent_without_its_parameters(api, speech, audio):
    await submit(speech, audio, content_type="audio/ogg; codecs=opus")
    assert api.forms[0][-1].headers["Content-Type"] == "audio/ogg"


async def test_an_empty_recording_can_be_sent(api, speech, audio):
    audio.write_bytes(b"")
    assert await submit(speech, audio) == Created("gen-1")


@pytest.mark.parametrize(
    ("file_name", "content_type"),
    [('a\r\nX-Evil: 1\r\n".ogg', "audio/ogg\r\nX-Evil: 1"), ("\n", "nonsense"), ("", "")],
)
async def test_no_name_and_no_type_breaks_out_of_its_header(api, speech, audio, file_name, content_type):
    assert await submit(speech, audio, file_name=file_name, content_type=content_type) == Created("gen-1")
    part = api.forms[0][-1]
    assert "X-Evil" not in part.headers
    assert part.headers["Content-Type"] == "application/octet-stream"
    assert part.file_name


@pytest.mark.parametrize("status", [200, 201, 202])
async def test_any_success_and_any_content_type_is_fine_when_the_body_is_json(api, speech, audio, status):
    api.answer = answering('{"id": "gen-2", "status": "queued"}', status, content_type="text/html")
    assert await submit(speech, audio) == Created("gen-2")


@pytest.mark.parametrize("body", ["", "{", "<html>", "null", '{"generation_id": ""}', "[" * 100_000])
async def test_a_create_with_an_unreadable_answer_may_have_been_carried_out(api, speech, audio, body):
    api.answer = answering(body)
    with pytest.raises(TemporaryError) as caught:
        await submit(speech, audio)
    assert caught.value.sure is False


@pytest.mark.parametrize("answer", [cut_off, hang_up, never])
async def test_a_create_whose_answer_never_came_may_have_been_carried_out(api, impatient, audio, answer):
    api.answer = answer
    with pytest.raises(TemporaryError) as caught:
        await submit(impatient, audio)
    assert caught.value.sure is False
    assert caught.value.reason is Reason.PROVIDER_DOWN


async def test_a_create_that_was_cut_off_while_uploading_was_surely_not_carried_out(audio, unused_tcp_port):
    async def hang_up_at_once(reader, writer):
        await reader.read(1000)
        writer.transport.abort()

    audio.write_bytes(b"\0" * 30_000_000)
    listener = await asyncio.start_server(hang_up_at_once, "127.0.0.1", unused_tcp_port)
    async with listener, open_session() as session:
        speech = AimlapiClient(session, f"http://127.0.0.1:{unused_tcp_port}/v1", KEY, Metrics())
        with pytest.raises(TemporaryError) as caught:
            await submit(speech, audio)
    assert caught.value.sure is True


async def test_a_create_nobody_listened_to_was_surely_not_carried_out(audio, refusing_port, metrics):
    async with open_session() as session:
        url = f"http://127.0.0.1:{refusing_port}/v1"
        speech = AimlapiClient(session, url, KEY, metrics)
        with pytest.raises(TemporaryError) as caught:
            await submit(speech, audio)
    assert caught.value.sure is True
    assert counted(metrics) == {("create", "ClientConnectorError"): 1}


async def test_a_base_url_that_is_none_is_for_the_operator(audio):
    async with open_session() as session:
        with pytest.raises(OperatorError):
            await submit(AimlapiClient(session, "nowhere", KEY, Metrics()), audio)


async def test_a_refused_recording_is_refused_for_good(api, speech, audio):
    api.answer = answering_json({"message": ["Body validation error!"]}, status=400)
    with pytest.raises(PermanentError, match="create answered 400: Body validation error!"):
        await submit(speech, audio)


async def test_too_many_requests_ask_for_patience(api, speech, audio):
    api.answer = answering("", 429, headers={"retry-after": "12"})
    with pytest.raises(RateLimitedError) as caught:
        await submit(speech, audio)
    assert caught.value.retry_after == 12


async def test_no_message_contains_the_key_or_the_file_name(api, speech, audio):
    api.answer = answering_json({"message": f"wrong key {KEY} for голос.ogg"}, status=401)
    with pytest.raises(OperatorError) as caught:
        await submit(speech, audio)
    assert str(caught.value) == "create answered 401: wrong key [hidden] for [hidden]"


async def test_a_redirect_is_not_followed(api, speech, audio):
    api.answer = redirecting(307)
    with pytest.raises(OperatorError, match="a redirect, which is not followed: is AIMLAPI_URL right"):
        await submit(speech, audio)
    assert [request.path for request in api.requests] == ["/v1/stt/create"]


async def test_an_answer_larger_than_the_bound_is_refused_however_small_it_was_packed(api, speech):
    api.answer = unfolding(client_module.LARGEST_ANSWER + 1)
    with pytest.raises(TemporaryError, match="more than this program reads"):
        await speech.fetch("gen-1")


async def test_a_packed_answer_is_read(api, speech):
    body = gzip.compress(b'{"status": "queued"}')
    api.answer = answering(body, headers={"Content-Encoding": "gzip"})
    assert await speech.fetch("gen-1") == Pending()


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ({"status": "queued"}, Pending),
        ({"status": "completed", "result": {"text": ""}}, Done),
        ({"status": "error", "error": {"name": "n", "message": "m"}}, Failed),
    ],
)
async def test_a_generation_is_pending_done_or_failed(api, speech, body, kind):
    api.answer = answering_json(body, status=201)
    assert type(await speech.fetch("gen-1")) is kind
    assert (api.requests[0].method, api.requests[0].path) == ("GET", "/v1/stt/gen-1")
    assert api.requests[0].headers["Authorization"] == f"Bearer {KEY}"


async def test_a_generation_that_the_server_does_not_know_is_unknown(api, speech):
    api.answer = answering_json({"message": "not found"}, status=404)
    assert await speech.fetch("gen-1") == Unknown()


async def test_an_id_cannot_leave_its_place_in_the_path(api, speech):
    api.answer = answering_json({"status": "queued"})
    await speech.fetch("a/../b?c=d#e%2F é")
    assert api.requests[0].raw_path == "/v1/stt/a%2F..%2Fb%3Fc=d%23e%252F%20%C3%A9"


@pytest.mark.parametrize("answer", [cut_off, hang_up, never, answering("<html>", 502), answering("{")])
async def test_a_fetch_that_failed_is_tried_again_and_costs_nothing(api, impatient, answer):
    api.answer = answer
    with pytest.raises(TemporaryError) as caught:
        await impatient.fetch("gen-1")
    assert caught.value.sure is True


async def test_the_balance_is_asked_for(api, speech):
    api.answer = answering_json({"balance": 12.5, "lowBalance": True})
    assert await speech.balance() == Balance(12.5, low=True)
    assert (api.requests[0].method, api.requests[0].path) == ("GET", "/v1/billing/balance")


async def test_every_answer_is_counted_once(api, speech, impatient, audio, metrics):
    await submit(speech, audio)
    api.answer = answering("", 404)
    await speech.fetch("gen-1")
    api.answer = answering("", 500)
    with pytest.raises(TemporaryError):
        await speech.balance()
    api.answer = never
    with pytest.raises(TemporaryError):
        await impatient.fetch("gen-1")
    assert counted(metrics) == {
        ("create", "200"): 1,
        ("fetch", "404"): 1,
        ("balance", "500"): 1,
        ("fetch", "timeout"): 1,
    }


async def test_a_key_that_is_echoed_is_hidden_before_anybody_shortens_what_was_said(api, speech):
    echoed = {"status": "error", "error": {"name": f"{'x' * 30} {KEY}", "message": KEY}}
    api.answer = answering_json(echoed)
    failed = await speech.fetch("gen-1")
    assert failed == Failed(f"{'x' * 30} [hidden]", "[hidden]")


async def test_the_client_does_not_show_the_key(api, speech):
    api.answer = answering_json({"balance": 1})
    await speech.balance()
    assert api.requests[0].headers["Authorization"] == f"Bearer {KEY}"
    assert KEY not in repr(speech)


async def test_a_translated_failure_shows_no_trace_of_the_address(speech, api):
    api.answer = hang_up
    with pytest.raises(TemporaryError) as caught:
        await speech.fetch("gen-1")
    assert caught.value.__suppress_context__
    assert json.dumps(str(caught.value)) == '"fetch: the speech service closed the connection without an answer"'


async def test_a_missing_recording_is_not_the_providers_fault(speech, tmp_path, metrics):
    with pytest.raises(FileNotFoundError):
        await submit(speech, tmp_path / "gone.ogg")
    assert counted(metrics) == {}


async def test_a_status_that_no_document_names_is_pending_and_counted(api, speech, metrics):
    api.answer = answering_json({"status": "Contemplating"})
    assert await speech.fetch("gen-1") == Pending()
    assert metrics.unknown_statuses._value.get() == 1
    api.answer = answering_json({"status": "queued"})
    assert await speech.fetch("gen-1") == Pending()
    assert metrics.unknown_statuses._value.get() == 1

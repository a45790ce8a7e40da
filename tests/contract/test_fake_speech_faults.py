"""Faults in the answers of the fake AI/ML API, and callbacks around what it does."""

import asyncio

import aiohttp
import pytest

from bot.playground.speech import FakeSpeech
from tests.patience import until

FLAC = b"fLaC" + bytes(60)
HEADERS = {"Authorization": "Bearer test-key", "User-Agent": "verbatim-tests"}


@pytest.fixture
async def speech():
    async with FakeSpeech() as server:
        server.latency = 0
        yield server


@pytest.fixture
async def session():
    async with aiohttp.ClientSession(headers=HEADERS) as session:
        yield session


@pytest.fixture
def create(speech, session):
    async def create():
        form = aiohttp.FormData({"model": "whisper-base", "language": "en"})
        form.add_field("audio", FLAC, filename="voice.flac", content_type="audio/flac")
        async with session.post(f"{speech.url}/stt/create", data=form) as response:
            return response.status, await response.text(), response.headers

    return create


@pytest.fixture
def fetch(speech, session):
    async def fetch(generation_id):
        async with session.get(f"{speech.url}/stt/{generation_id}") as response:
            return response.status, await response.text()

    return fetch


async def test_a_fault_hits_once_and_has_no_effect(speech, create):
    speech.fault("create", status=503)
    status, body, headers = await create()
    assert (status, headers["Content-Type"]) == (503, "application/problem+json; charset=utf-8")
    assert "Service Unavailable" in body
    assert speech.uploads == []
    assert (await create())[0] == 200


async def test_a_fault_may_hit_several_times_and_others_come_after_it(speech, create):
    speech.fault("create", status=502, times=2)
    speech.fault("create", status=429, headers={"Retry-After": "7"})
    answers = [await create() for _ in range(4)]
    assert [status for status, *_ in answers] == [502, 502, 429, 200]
    assert answers[2][2]["Retry-After"] == "7"


async def test_a_fault_without_end_lasts_until_it_is_healed(speech, create):
    speech.fault("create", times=None)
    assert [(await create())[0] for _ in range(3)] == [500, 500, 500]
    speech.clear_faults()
    assert (await create())[0] == 200


async def test_a_fault_hits_only_the_operation_it_names(speech, create, fetch):
    speech.fault("fetch", status=500)
    assert (await create())[0] == 200
    assert (await fetch("1"))[0] == 500


async def test_a_fault_of_everything_hits_every_operation(speech, session, create, fetch):
    speech.fault("*", status=504, times=None)
    async with session.get(f"{speech.url}/billing/balance") as balance:
        assert {balance.status, (await create())[0], (await fetch("1"))[0]} == {504}


@pytest.mark.parametrize(
    ("status", "words"),
    [(400, "Invalid payload"), (401, "Unauthorized"), (403, "Forbidden"), (524, "Unknown Error")],
)
async def test_a_fault_without_a_body_speaks_as_the_api_does(speech, create, status, words):
    speech.fault("create", status=status)
    got, body, _ = await create()
    assert got == status
    assert words in body


async def test_a_fault_may_answer_with_the_page_of_a_gateway(speech, create):
    speech.fault("create", status=502, body="<h1>Bad gateway</h1>")
    status, body, headers = await create()
    assert (status, body) == (502, "<h1>Bad gateway</h1>")
    assert headers["Content-Type"].startswith("text/html")


async def test_a_fault_may_answer_with_strange_json(speech, fetch):
    speech.fault("fetch", body={"status": 7})
    assert await fetch("1") == (200, '{"status": 7}')


async def test_an_answer_may_be_lost_after_the_generation_was_paid_for(speech, create):
    speech.fault("create", status=500, after_effect=True)
    assert (await create())[0] == 500
    assert len(speech.uploads) == 1


async def test_a_connection_may_be_cut_before_anything_was_done(speech, create):
    speech.fault("create", drop=True)
    with pytest.raises(aiohttp.ClientError):
        await create()
    assert speech.uploads == []
    assert speech.calls[-1].status == 0


async def test_a_connection_may_be_cut_after_everything_was_done(speech, create):
    speech.fault("create", drop=True, after_effect=True)
    with pytest.raises(aiohttp.ClientError):
        await create()
    assert len(speech.uploads) == 1
    assert (await create())[0] == 200


async def test_half_an_answer_is_half_of_the_true_one(speech, create):
    speech.fault("create", half=True)
    with pytest.raises(aiohttp.ClientPayloadError):
        await create()
    assert len(speech.uploads) == 1


async def test_half_an_answer_may_be_half_of_another_one(speech, create):
    speech.fault("create", half=True, status=500, body={"message": "a long story cut short"})
    with pytest.raises(aiohttp.ClientPayloadError):
        await create()
    assert speech.uploads == []
    assert speech.calls[-1].status == 500


async def test_a_late_answer_is_the_true_one(speech, create):
    speech.fault("create", delay=0.01)
    assert (await create())[0] == 200


async def test_an_answer_may_be_too_late_for_whoever_waits(speech, create):
    speech.fault("create", delay=60)
    creating = asyncio.create_task(create())
    await until(speech, lambda: speech.uploads)
    creating.cancel()
    with pytest.raises(asyncio.CancelledError):
        await creating


async def test_a_watcher_is_called_before_the_effect(speech, create):
    seen = []
    speech.watch("create", lambda: seen.append(len(speech.uploads)))
    await create()
    await create()
    assert seen == [0]


async def test_a_watcher_is_called_between_the_effect_and_the_answer(speech, create):
    seen, go_on = [], asyncio.Event()

    async def hold():
        seen.append(len(speech.uploads))
        await go_on.wait()

    speech.watch("create", hold, moment="after")
    creating = asyncio.create_task(create())
    await until(speech, lambda: seen)
    assert seen == [1]
    assert not creating.done()
    go_on.set()
    assert (await creating)[0] == 200


async def test_a_watcher_of_everything_may_be_called_for_ever(speech, create, fetch):
    seen = []
    speech.watch("*", lambda: seen.append(1), times=None)
    await create()
    await fetch("1")
    assert seen == [1, 1]


async def test_a_watcher_may_be_called_a_number_of_times(speech, create):
    seen = []
    speech.watch("create", lambda: seen.append(1), times=2)
    for _ in range(3):
        await create()
    assert seen == [1, 1]


async def test_a_refused_request_has_no_effect_to_watch(speech, fetch):
    seen = []
    speech.watch("fetch", lambda: seen.append(1), moment="after")
    await fetch("unknown")
    assert seen == []


async def test_two_requests_at_once_do_not_share_one_watcher(speech, create):
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def hold():
        assert not begun.is_set()
        begun.set()
        await go_on.wait()

    speech.watch("create", hold)
    held = asyncio.create_task(create())
    await begun.wait()
    assert (await create())[0] == 200
    go_on.set()
    assert (await held)[0] == 200


async def test_a_fault_for_a_client_that_has_gone_is_no_error(speech, create):
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def hold():
        begun.set()
        await go_on.wait()

    speech.watch("create", hold, moment="after")
    speech.fault("create", drop=True, after_effect=True)
    leaving = asyncio.create_task(create())
    await begun.wait()
    leaving.cancel()
    await asyncio.gather(leaving, return_exceptions=True)
    assert (await create())[0] == 200  # by now the server has seen the connection end
    go_on.set()
    await until(speech, lambda: len(speech.calls) == 2)
    assert [call.status for call in speech.calls] == [200, 0]

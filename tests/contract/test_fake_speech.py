"""The fake AI/ML API over real HTTP: uploads, generations, their time, credits and limits."""

import asyncio
import json
from urllib.parse import quote

import aiohttp
import pytest

from bot.playground.speech import FakeSpeech, Recognition, Word
from tests.clock import Clock
from tests.patience import until

OGG = b"OggS" + bytes(60)
HEADERS = {"Authorization": "Bearer test-key", "User-Agent": "verbatim-tests"}
NOVA = "#g1_nova-2-general"


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
async def speech(clock):
    async with FakeSpeech(clock=clock) as server:
        yield server


@pytest.fixture
async def session():
    async with aiohttp.ClientSession(headers=HEADERS) as session:
        yield session


@pytest.fixture
def create(speech, session):
    async def create(data=OGG, model=NOVA, field="audio", **options):
        form = aiohttp.FormData({"model": model, "language": "en", **options})
        form.add_field(field, data, filename="voice.ogg", content_type="audio/ogg")
        async with session.post(f"{speech.url}/stt/create", data=form) as response:
            return response.status, await response.json(content_type=None), response.headers

    return create


@pytest.fixture
def fetch(speech, session):
    async def fetch(generation_id):
        async with session.get(f"{speech.url}/stt/{quote(generation_id, safe='')}") as response:
            return response.status, await response.json(content_type=None)

    return fetch


async def created(create, **options):
    status, body, _ = await create(**options)
    assert status == 200, body
    return body["generation_id"]


def transcript(body):
    return body["result"]["results"]["channels"][0]["alternatives"][0]["transcript"]


async def test_an_upload_becomes_a_generation_that_is_ready_when_its_time_has_come(speech, clock, create, fetch):
    speech.says("good morning")
    generation_id = await created(create)
    assert await fetch(generation_id) == (200, {"status": "queued"})
    clock.pass_(1.9)
    assert (await fetch(generation_id))[1]["status"] == "queued"
    clock.pass_(0.1)
    status, body = await fetch(generation_id)
    assert (status, body["status"], transcript(body)) == (200, "completed", "good morning")
    assert speech.violations == []


async def test_an_upload_is_remembered_with_everything_that_was_sent(speech, clock, create):
    generation_id = await created(create, smart_format="true")
    (upload,) = speech.uploads
    assert (upload.model, upload.fields) == (NOVA, {"model": NOVA, "language": "en", "smart_format": "true"})
    assert (upload.field_name, upload.file_name, upload.content_type) == ("audio", "voice.ogg", "audio/ogg")
    assert (upload.data, upload.at, upload.generation_id) == (OGG, clock(), generation_id)


async def test_these_very_bytes_are_heard_as_what_was_said_in_them(speech, clock, create, fetch):
    speech.hears(OGG + b"1", "guten Tag", language="de")
    special, other = await created(create, data=OGG + b"1"), await created(create)
    clock.pass_(2)
    assert transcript((await fetch(special))[1]) == "guten Tag"
    assert transcript((await fetch(other))[1]) == "hello world"


async def test_silence_is_an_empty_transcript_and_no_failure(speech, clock, create, fetch):
    speech.says("")
    generation_id = await created(create)
    clock.pass_(2)
    _, body = await fetch(generation_id)
    assert (body["status"], transcript(body)) == ("completed", "")


async def test_the_detected_language_is_the_one_that_is_spoken(speech, clock, create, fetch):
    speech.says("dzień dobry", language="pl")
    generation_id = await created(create, language="de", detect_language="true")
    clock.pass_(2)
    channel = (await fetch(generation_id))[1]["result"]["results"]["channels"][0]
    assert channel["detected_language"] == "pl"


async def test_an_engine_of_ones_own_recognises_the_bytes_with_their_options(speech, clock, create, fetch):
    async def engine(data, model, options):
        return Recognition(f"{len(data)} {model} {options['language']}", (Word("hm", 0, 1),), 1.0, "en")

    speech.recognise = engine
    generation_id = await created(create)
    clock.pass_(2)
    assert transcript((await fetch(generation_id))[1]) == f"{len(OGG)} {NOVA} en"


async def test_a_generation_is_not_ready_before_the_engine_is_done(speech, clock, create, fetch):
    done = asyncio.Event()

    async def engine(_data, _model, _options):
        await done.wait()
        return Recognition("at last")

    speech.recognise = engine
    generation_id = await created(create)
    clock.pass_(60)
    assert (await fetch(generation_id))[1]["status"] == "queued"
    done.set()
    await until(speech, lambda: speech.generations[generation_id].ready(clock()))
    assert transcript((await fetch(generation_id))[1]) == "at last"
    assert speech.generations[generation_id].ready_at == clock()


async def test_stopping_ends_an_engine_at_work(speech, create):
    ended = asyncio.Event()

    async def engine(_data, _model, _options):
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    speech.recognise = engine
    await created(create)
    await speech.stop()
    assert ended.is_set()


async def test_an_engine_that_raises_is_a_failed_generation(speech, clock, create, fetch):
    async def engine(_data, _model, _options):
        raise RuntimeError("out of memory")

    speech.recognise = engine
    generation_id = await created(create)
    clock.pass_(2)
    _, body = await fetch(generation_id)
    assert body == {"status": "error", "error": {"name": "RuntimeError", "message": "out of memory"}}


async def test_the_latency_may_depend_on_model_and_bytes(speech, clock, create):
    speech.latency = lambda model, data: 30 if "whisper" in model else len(data)
    slow, quick = await created(create, model="whisper-large"), await created(create)
    assert speech.generations[slow].ready_at == clock() + 30
    assert speech.generations[quick].ready_at == clock() + len(OGG)


async def test_bytes_that_are_no_audio_are_created_and_then_fail(speech, clock, create, fetch):
    generation_id = await created(create, data=b"%PDF-1.7")
    assert (await fetch(generation_id))[1] == {"status": "queued"}
    clock.pass_(2)
    _, body = await fetch(generation_id)
    assert (body["status"], body["error"]["message"]) == ("error", "unsupported audio")


async def test_a_fake_that_is_not_picky_hears_speech_in_anything(speech, clock, create, fetch):
    speech.picky = False
    generation_id = await created(create, data=b"%PDF-1.7")
    clock.pass_(2)
    assert transcript((await fetch(generation_id))[1]) == "hello world"


async def test_a_generation_can_be_made_to_fail(speech, clock, create, fetch):
    generation_id = await created(create)
    speech.fail_generation(generation_id, error={"name": "Oops", "message": "no"}, status="failed")
    clock.pass_(2)
    assert (await fetch(generation_id))[1] == {"status": "failed", "error": {"name": "Oops", "message": "no"}}


async def test_a_generation_doomed_while_the_engine_works_stays_doomed(speech, clock, create, fetch):
    done = asyncio.Event()

    async def engine(_data, _model, _options):
        await done.wait()
        return Recognition("too late")

    speech.recognise = engine
    generation_id = await created(create)
    speech.fail_generation(generation_id)
    done.set()
    clock.pass_(2)
    assert (await fetch(generation_id))[1]["status"] == "error"


async def test_the_next_generation_alone_can_be_made_to_fail(speech, clock, create, fetch):
    speech.fail_generation("next")
    doomed, healthy = await created(create), await created(create)
    clock.pass_(2)
    assert (await fetch(doomed))[1]["status"] == "error"
    assert (await fetch(healthy))[1]["status"] == "completed"


async def test_an_unknown_generation_is_not_found(speech, fetch):
    status, body = await fetch("no-such-thing")
    assert (status, body["message"]) == (404, "Generation not found")
    assert [(one.generation_id, one.status_shown) for one in speech.fetches] == [("no-such-thing", "404")]


async def test_a_forgotten_generation_is_not_found_any_more(speech, create, fetch):
    generation_id = await created(create)
    speech.forget(generation_id)
    assert (await fetch(generation_id))[0] == 404


async def test_a_result_is_kept_for_one_hour(clock, create, fetch):
    generation_id = await created(create)
    clock.pass_(2 + 3600)
    assert (await fetch(generation_id))[0] == 200
    clock.pass_(1)
    assert (await fetch(generation_id))[0] == 404


async def test_the_first_fetches_may_not_find_the_generation_yet(speech, clock, create, fetch):
    speech.first_fetches_404 = 2
    generation_id = await created(create)
    clock.pass_(2)
    assert [(await fetch(generation_id))[0] for _ in range(3)] == [404, 404, 200]


async def test_pending_statuses_take_turns(speech, create, fetch):
    speech.pending_status = ["queued", "processing", "daydreaming"]
    generation_id = await created(create)
    shown = [(await fetch(generation_id))[1]["status"] for _ in range(4)]
    assert shown == ["queued", "processing", "daydreaming", "queued"]
    assert [fetch.status_shown for fetch in speech.fetches] == shown


async def test_one_pending_status_and_another_word_for_done_can_be_chosen(speech, clock, create, fetch):
    speech.pending_status, speech.done_status = "active", "succeeded"
    generation_id = await created(create)
    assert (await fetch(generation_id))[1]["status"] == "active"
    clock.pass_(2)
    assert (await fetch(generation_id))[1]["status"] == "succeeded"


async def test_the_first_look_at_a_finished_generation_is_remembered(speech, clock, create, fetch):
    generation_id = await created(create)
    await fetch(generation_id)
    assert speech.generations[generation_id].first_ready_fetch_at is None
    clock.pass_(5)
    seen_at = clock()
    await fetch(generation_id)
    clock.pass_(5)
    await fetch(generation_id)
    assert speech.generations[generation_id].first_ready_fetch_at == seen_at
    assert speech.generations[generation_id].fetches == 3


async def test_an_id_with_any_character_in_it_is_found_again(speech, create, fetch):
    speech.new_id = lambda: "a/b #ü?%"
    assert (await fetch(await created(create)))[0] == 200


@pytest.mark.parametrize(
    ("style", "answer"),
    [
        ("generation_id", {"generation_id": "7"}),
        ("queued", {"generation_id": "7", "status": "queued"}),
        ("id", {"id": "7", "status": "queued"}),
    ],
)
async def test_a_create_is_answered_in_every_style_that_was_seen(speech, create, style, answer):
    speech.new_id = lambda: "7"
    speech.created_style, speech.created_status = style, 201
    status, body, headers = await create()
    assert (status, body) == (201, answer)
    assert headers["x-aimlapi-credits-used"] == "0.01"
    assert headers["X-Request-Id"]


async def test_nothing_is_created_without_credits(speech, create):
    speech.credits = 0
    status, body, _ = await create()
    assert (status, body["error"]["data"]["kind"]) == (403, "err_insufficent_credits")
    assert "run out of credits" in body["message"]
    assert speech.uploads == []
    assert speech.generations == {}


async def test_every_create_is_paid_for_and_the_balance_shows_it(speech, session, create):
    speech.credits, speech.price = 10.5, 1.0
    await created(create)
    async with session.get(f"{speech.url}/billing/balance") as response:
        body = await response.json()
    assert (body["balance"], body["lowBalance"], body["lowBalanceThreshold"]) == (9.5, True, 10.0)


async def test_a_family_takes_only_so_many_generations_at_once(speech, clock, create):
    speech.concurrency = {"whisper": 2}
    statuses = [(await create(model="#g1_whisper-large"))[0] for _ in range(3)]
    assert statuses == [200, 200, 429]
    assert (await create())[0] == 200
    clock.pass_(2)
    assert (await create(model="whisper-tiny"))[0] == 200
    assert speech.peak == {"whisper": 2, "nova": 1}


@pytest.mark.parametrize("authorization", [None, "Bearer wrong", "test-key"])
async def test_nobody_gets_in_without_the_key(speech, authorization):
    headers = {"User-Agent": "verbatim-tests"} | ({"Authorization": authorization} if authorization else {})
    async with aiohttp.ClientSession(headers=headers) as session:
        for method, path in [("POST", "/stt/create"), ("GET", "/stt/1"), ("GET", "/billing/balance")]:
            async with session.request(method, speech.url + path) as response:
                assert (response.status, response.content_type) == (401, "application/problem+json")
    assert speech.fetches == []


async def test_a_refusal_can_have_the_older_shape(speech, clock, fetch):
    speech.error_style = "old"
    status, body = await fetch("unknown")
    assert status == 404
    assert body == {
        "message": "Generation not found",
        "path": "/v1/stt/unknown",
        "requestId": "00000001",
        "statusCode": "404",
        "timestamp": "2027-01-15T08:00:00+00:00",
    }


async def test_findings_are_a_list_in_the_older_shape_and_one_sentence_in_the_newer(speech, create):
    *_, newer = (await create(model="gpt-9"))[:2]
    speech.error_style = "old"
    *_, older = (await create(model="gpt-9"))[:2]
    assert newer["message"] == "model: Invalid enum value, received 'gpt-9'"
    assert older["message"] == [newer["message"]]


async def test_a_refused_form_is_not_paid_for(speech, create):
    status, body, _ = await create(field="file")
    assert (status, body["message"]) == (400, "file: Unexpected field")
    assert speech.uploads == []


async def test_a_url_is_refused_for_it_cannot_be_reached(speech, session):
    order = {"model": NOVA, "language": "en", "url": "https://files.example/bot12345:secret-secret-secret/voice.ogg"}
    async with session.post(f"{speech.url}/stt/create", json=order) as response:
        assert (response.status, (await response.json(content_type=None))["message"]) == (
            400,
            "url: not reachable here",
        )
    assert speech.violations == ["create: a url with a bot token in it"]


async def test_a_url_of_the_address_book_is_heard_and_paid_for(speech, session, fetch):
    url = "https://example.com/voice.ogg"
    speech.links[url] = OGG
    speech.hears(OGG, "behind an address")
    speech.latency = 0.0
    order = {"model": NOVA, "language": "en", "url": url, "smart_format": True}
    async with session.post(f"{speech.url}/stt/create", json=order) as response:
        assert response.status == 200
    (upload,) = speech.uploads
    assert (upload.url, upload.data, upload.field_name) == (url, OGG, "url")
    generation = speech.generations[upload.generation_id]
    await until(speech, lambda: generation.outcome)
    _, body = await fetch(upload.generation_id)
    assert body["result"]["results"]["channels"][0]["alternatives"][0]["transcript"] == "behind an address"
    assert speech.violations == []


async def test_a_file_and_a_url_in_one_form_are_refused(speech, create):
    speech.links["https://example.com/voice.ogg"] = OGG
    status, body, _ = await create(url="https://example.com/voice.ogg")
    assert (status, body["message"]) == (400, "audio: either a file or a url is expected, not both")


async def test_in_json_a_text_is_no_boolean(speech, session):
    speech.links["https://example.com/voice.ogg"] = OGG
    order = {"model": NOVA, "language": "en", "url": "https://example.com/voice.ogg", "punctuate": "true"}
    async with session.post(f"{speech.url}/stt/create", json=order) as response:
        body = await response.json(content_type=None)
    assert body["message"] == "punctuate: Invalid value '\"true\"'"


@pytest.mark.parametrize(
    ("keywords", "kind"), [(["Ada"], "array"), (5, "number"), (True, "boolean"), ({}, "object"), (None, "null")]
)
async def test_in_json_keywords_are_one_text(speech, session, keywords, kind):
    speech.links["https://example.com/voice.ogg"] = OGG
    order = {"model": NOVA, "language": "en", "url": "https://example.com/voice.ogg", "keywords": keywords}
    async with session.post(f"{speech.url}/stt/create", json=order) as response:
        assert response.status == 400
        assert f"keywords: Expected string, received {kind}" in (await response.json(content_type=None))["message"]


async def test_json_may_hold_real_booleans_and_lists(speech, session):
    order = {"model": NOVA, "language": "en", "tag": ["a", "b"], "punctuate": True}
    async with session.post(f"{speech.url}/stt/create", json=order) as response:
        body = await response.json(content_type=None)
    assert body["message"] == "audio: a file or a url is required"
    assert speech.violations == []


@pytest.mark.parametrize(
    ("content_type", "data"),
    [
        ("application/json", b"{"),
        ("application/json", b"[]"),
        ("application/octet-stream", OGG),
        ("multipart/form-data", b"no boundary"),
        ("multipart/form-data; boundary=x", b"--x\r\n\r\na part without a name\r\n--x--\r\n"),
    ],
)
async def test_a_body_that_cannot_be_read_is_refused(speech, session, content_type, data):
    async with session.post(f"{speech.url}/stt/create", data=data, headers={"Content-Type": content_type}) as response:
        assert response.status == 400
        assert "The body cannot be read" in (await response.json(content_type=None))["message"]


async def test_an_unknown_address_is_a_page_for_people(speech, session):
    for method, address in [("GET", "/tts/<b>"), ("PUT", "/stt/create")]:
        async with session.request(method, speech.url + address) as response:
            assert (response.status, response.content_type) == (404, "text/html")
            assert "<b>" not in await response.text()


async def test_every_call_is_remembered_in_order(speech, clock, create, fetch):
    generation_id = await created(create)
    await fetch("unknown")
    assert [call[:4] for call in speech.calls] == [
        ("POST", "/v1/stt/create", 200, clock()),
        ("GET", "/v1/stt/unknown", 404, clock()),
    ]
    assert generation_id in speech.generations


async def test_a_call_tells_what_was_asked_and_answered_but_keeps_no_sound(speech, create):
    generation_id = await created(create)
    [call] = speech.calls
    assert call.asked["model"] == "#g1_nova-2-general"
    assert call.asked["audio"].keys() == {"name", "type", "bytes"}
    assert json.loads(call.answered) == {"generation_id": generation_id}


async def test_a_client_without_a_name_of_its_own_is_noted(speech):
    async with aiohttp.ClientSession() as session, session.get(f"{speech.url}/stt/1"):
        pass
    async with (
        aiohttp.ClientSession(skip_auto_headers=["User-Agent"]) as session,
        session.get(f"{speech.url}/stt/1"),
    ):
        pass
    library, nameless = speech.violations
    assert library.startswith("fetch: a library's User-Agent: Python/")
    assert nameless == "fetch: no User-Agent"


async def test_a_doubtful_order_is_carried_out_and_noted(speech, create):
    await created(create, model="nova-2-phonecall", detect_language="true")
    assert speech.violations == ["create: detect_language, but nova-2-phonecall speaks only English"]


async def test_everything_survives_a_stop_and_another_start_at_the_same_address(speech, create, fetch):
    generation_id = await created(create)
    address = speech.url
    await speech.stop()
    with pytest.raises(aiohttp.ClientConnectionError):
        await fetch(generation_id)
    await speech.start(port=int(address.split(":")[2].removesuffix("/v1")))
    assert speech.url == address
    assert (await fetch(generation_id))[0] == 200


async def test_stopping_twice_is_harmless(speech):
    await speech.stop()
    await speech.stop()


async def test_waiting_ends_as_soon_as_it_has_become_true(speech, create):
    waiting = asyncio.create_task(until(speech, lambda: speech.uploads))
    await created(create)
    assert await waiting == speech.uploads


async def test_waiting_in_vain_tells_what_was_seen_instead(speech, create):
    generation_id = await created(create)
    with pytest.raises(AssertionError) as failure:
        await until(speech, lambda: len(speech.uploads) == 2, quiet_seconds=0)
    assert "POST /v1/stt/create -> 200" in str(failure.value)
    assert f"{generation_id}: {NOVA}, 0 fetches" in str(failure.value)


async def test_hundreds_of_voices_at_once_are_taken(speech, create):
    speech.latency = 0
    await asyncio.gather(*(create(data=OGG + bytes([n % 256]) * n) for n in range(200)))
    assert len(speech.uploads) == len(speech.generations) == 200

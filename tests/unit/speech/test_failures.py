"""What failed calls mean for the job."""

import errno
import json
from types import SimpleNamespace

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import OperatorError, PermanentError, RateLimitedError, TemporaryError, VerbatimError
from bot.speech.aimlapi.failures import AnswerError, failure_of
from storage.apology import Reason

OLD = {"message": "no", "path": "/v1/stt/create", "requestId": "r", "statusCode": "403", "timestamp": "t"}
CREDITS = [
    {"message": "You've run out of credits. Top up."},
    {"message": ["Sorry.", "You have insufficient credits"]},
    {"title": "Forbidden", "status": 403, "error": {"name": "err_insufficent_credits", "data": {"kind": "x"}}},
    {"error": {"name": "err_insufficient_credits"}},
    {"error": "You ran out of credits"},
]


def answered(status, body, headers, call, hidden=(), link=""):
    """What an answer means."""
    raw = body.encode("utf-8", "replace") if isinstance(body, str) else body
    return failure_of(AnswerError(status, raw, headers, hidden=hidden, link=link), call)


HTML = "<!DOCTYPE html><html><head><title>Gone</title></head></html>"


@pytest.mark.parametrize(
    ("status", "body", "call", "kind"),
    [
        *((status, OLD, "create", PermanentError) for status in (400, 413, 415, 422, 403, 418)),
        *((status, OLD, "create", OperatorError) for status in (401, 402, 404, 405, 301, 307)),
        *((403, body, "create", OperatorError) for body in CREDITS),
        (403, HTML, "create", TemporaryError),
        (404, {"message": "Cannot POST /v1/v1/stt/create"}, "create", OperatorError),
        (404, {"message": "Model not found"}, "create", PermanentError),
        (404, OLD, "balance", OperatorError),
        (404, OLD, "fetch", TemporaryError),
        (429, OLD, "create", RateLimitedError),
        (429, OLD, "fetch", RateLimitedError),
        *((status, OLD, "create", TemporaryError) for status in (408, 425, 500, 502, 503, 504, 520, 524, 599)),
        (502, HTML, "fetch", TemporaryError),
        (100, "", "create", TemporaryError),
        (999, "", "create", TemporaryError),
    ],
)
def test_an_answer_that_is_no_success_has_one_meaning(status, body, call, kind):
    raw = body if isinstance(body, str) else json.dumps(body).encode()
    assert type(answered(status, raw, {}, call)) is kind


LINK = "https://example.com/private/talk.mp3?key=secret-token&v=1"


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (400, OLD | {"message": ["url: not reachable here"]}),
        (400, {"err_code": "REMOTE_CONTENT_ERROR", "err_msg": "Could not connect."}),
        (422, {"error": {"data": {"issues": [{"path": ["url"], "message": "Invalid"}]}}}),
        (403, {"message": f"Download of {LINK} was forbidden"}),
        (415, "could not fetch the file"),
    ],
)
def test_a_refusal_that_blames_the_link_is_the_links_fault(status, body):
    raw = body if isinstance(body, str) else json.dumps(body)
    failure = answered(status, raw, {}, "create", link=LINK)
    assert (failure.reason, failure.facts) == (Reason.LINK_UNREACHABLE, {"host": "example.com"})
    assert "example.com" in str(failure)


@pytest.mark.parametrize(
    "body",
    [
        OLD | {"url": "https://docs.aimlapi.com/errors"},
        {"message": "Invalid payload", "docs": "see https://aimlapi.com/url-fetch"},
        {"message": f"{LINK} is in no language that we know"},
    ],
)
def test_a_refusal_that_only_names_links_is_not(body):
    assert answered(400, json.dumps(body), {}, "create", link=LINK).reason is Reason.REFUSED


def test_a_refusal_of_a_file_is_not_the_fault_of_a_link():
    assert answered(400, "could not fetch the url", {}, "create").reason is Reason.REFUSED


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (401, "invalid url", OperatorError),
        (403, json.dumps(CREDITS[0] | {"url": "x"}), OperatorError),
        (404, "The requested URL was not found on the server", OperatorError),
        (429, "too many fetches", RateLimitedError),
        (502, "the remote server did not answer", TemporaryError),
    ],
)
def test_whatever_is_said_of_links_other_answers_mean_what_they_mean(status, body, kind):
    assert type(answered(status, body, {}, "create", link=LINK)) is kind


@pytest.mark.parametrize(
    "said",
    [
        LINK,
        LINK[:50],
        "/private/talk.mp3?key=secret-token",
        "https:\\/\\/example.com\\/private\\/talk.mp3?key=secret-token",
        "key: secret-token",
        "no talk.mp3 there",
    ],
)
def test_nothing_of_a_link_but_its_host_gets_into_a_message(said):
    told = str(answered(400, f'{{"message": "could not fetch {said}"}}', {}, "create", link=LINK))
    assert not any(secret in told for secret in ("secret", "private", "talk.mp3"))


def test_a_refused_job_says_that_it_was_refused():
    assert answered(400, b"", {}, "create").reason is Reason.REFUSED


def test_a_server_out_of_order_is_the_provider_down():
    assert answered(500, b"", {}, "create").reason is Reason.PROVIDER_DOWN


@pytest.mark.parametrize(
    ("status", "call", "sure"),
    [
        (500, "create", True),
        (503, "create", True),
        (504, "create", False),
        (524, "create", False),
        (504, "fetch", True),
    ],
)
def test_only_a_gateway_that_gave_up_waiting_may_have_let_a_create_through(status, call, sure):
    assert answered(status, b"", {}, call).sure is sure


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({}, None),
        ({"Retry-After": "7"}, 7.0),
        ({"Retry-After": " 1.5 "}, 1.5),
        ({"Retry-After": "0"}, 1.0),
        ({"Retry-After": "999999"}, 3600.0),
        ({"Retry-After": "9" * 999}, 3600.0),
        ({"Retry-After": "-5"}, None),
        ({"Retry-After": "soon"}, None),
        ({"Retry-After": "Infinity"}, None),
        ({"Retry-After": "1e300"}, None),
        ({"Retry-After": "nan"}, None),
        ({"Retry-After": "Wed, 21 Oct 2026 07:28:00 GMT"}, None),
        ({"Retry-After": "Wed, 21 Oct 2026 07:28:00 GMT", "Date": "Wed, 21 Oct 2026 07:27:00 GMT"}, 60.0),
        ({"Retry-After": "Wed, 21 Oct 2026 07:28:00 GMT", "Date": "Wed, 21 Oct 2026 07:29:00 GMT"}, 1.0),
        ({"Retry-After": "Thu, 22 Oct 2026 07:28:00 GMT", "Date": "Wed, 21 Oct 2026 07:29:00 GMT"}, 3600.0),
        ({"Retry-After": "Wed, 99 Foo 2026 07:28:00 GMT", "Date": "Wed, 21 Oct 2026 07:29:00 GMT"}, None),
        ({"Retry-After": "21 Oct 99999999999999999999 07:28:00 GMT", "Date": "x"}, None),
    ],
)
@pytest.mark.parametrize("status", [429, 503])
def test_the_server_says_how_long_to_wait_and_never_for_more_than_an_hour(status, headers, wait):
    assert answered(status, b"", headers, "create").retry_after == wait


@pytest.mark.parametrize(
    ("body", "wait"),
    [
        ('{"retry_after": 7}', 7.0),
        ('{"retryAfter": "7"}', 7.0),
        ('{"error": {"retry_after": 7}}', 7.0),
        ('{"parameters": {"retry_after": 7}}', 7.0),
        ('{"retry_after": -5}', 1.0),
        ('{"retry_after": 99999999}', 3600.0),
        ('{"retry_after": 1e300}', 3600.0),
        ('{"retry_after": Infinity}', 3600.0),
        ('{"retry_after": NaN}', None),
        ('{"retry_after": true}', None),
        ('{"retry_after": "soon", "error": "retry_after"}', None),
        ("[7]", None),
        ("[" * 100_000, None),
    ],
)
def test_the_body_may_say_how_long_to_wait_where_the_header_does_not(body, wait):
    assert answered(429, body, {}, "create").retry_after == wait
    assert answered(429, body, {"Retry-After": "9"}, "create").retry_after == 9.0


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"message": "Body validation\n error!"}, "Body validation error!"),
        ({"message": ["a", "b", None, 5]}, "a; b"),
        ({"title": "Forbidden", "error": {"name": "x"}}, "Forbidden"),
        ({"error": "Unauthorized"}, "Unauthorized"),
        ({"error": {"message": "boom", "name": "x"}}, "boom"),
        ({"error": {"name": "err_x"}}, "err_x"),
        ({"message": None}, "(no reason given)"),
        ([], "(no reason given)"),
        ({"message": "x" * 999}, "x" * 200),
    ],
)
def test_the_servers_own_words_are_told_on_one_line_and_cut_short(body, said):
    assert str(answered(400, json.dumps(body), {}, "create")) == f"create answered 400: {said}"


@pytest.mark.parametrize(
    ("body", "said"),
    [(HTML, "a web page"), ("Bad\r\nGateway", "Bad Gateway"), (b"\xff\xfe", "��"), ("[" * 100_000, "[" * 200)],
)
def test_a_body_that_is_no_json_is_told_too_unless_it_is_a_web_page(body, said):
    assert str(answered(502, body, {}, "fetch")) == f"fetch answered 502: {said}"


def test_what_is_hidden_is_taken_out_before_the_message_is_cut():
    body = json.dumps({"message": "bad key sk-123456 for my  голос.ogg " + "x" * 170 + "sk-123456"})
    told = str(answered(401, body, {}, "create", hidden=("sk-123456", "my  голос.ogg", "b")))
    assert told.startswith("create answered 401: bad key [hidden] for [hidden] xxx")
    assert "sk-" not in told


@given(
    st.integers(100, 599),
    st.binary() | st.text(),
    st.dictionaries(st.sampled_from(["Retry-After", "Date"]), st.text()),
    st.sampled_from(["create", "fetch", "balance"]),
)
def test_any_answer_has_a_meaning(status, body, headers, call):
    assert isinstance(answered(status, body, headers, call), VerbatimError)


KEY = SimpleNamespace(ssl=True, host="api.example", port=443)
REFUSED = aiohttp.ClientConnectorError(KEY, OSError(111, "refused"))
NO_SUCH_NAME = aiohttp.ClientConnectorDNSError(KEY, OSError(-2, "no such name"))


@pytest.mark.parametrize(
    ("error", "sent", "sure"),
    [
        (REFUSED, True, True),
        (aiohttp.ConnectionTimeoutError("https://api.example"), True, True),
        (TimeoutError(), True, False),
        (TimeoutError(), False, True),
        (aiohttp.SocketTimeoutError(), True, False),
        (aiohttp.ServerDisconnectedError(), True, False),
        (aiohttp.ServerDisconnectedError(), False, True),
        (aiohttp.ClientOSError(104, "reset"), True, False),
        (aiohttp.ClientPayloadError(), True, False),
        (json.JSONDecodeError("half", "{", 1), True, False),
        (RecursionError(), True, False),
    ],
)
def test_a_create_without_an_answer_may_have_been_carried_out_unless_it_surely_never_arrived(error, sent, sure):
    failed = failure_of(error, "create", sent=sent)
    assert type(failed) is TemporaryError
    assert failed.reason is Reason.PROVIDER_DOWN
    assert failed.sure is sure
    assert failure_of(error, "fetch", sent=sent).sure is True


@pytest.mark.parametrize("error", [aiohttp.InvalidURL("nowhere"), aiohttp.NonHttpUrlClientError("ftp://x")])
def test_an_address_that_is_none_is_for_the_operator(error):
    assert type(failure_of(error, "create")) is OperatorError


def test_a_translated_exception_tells_the_setting_and_no_address():
    told = str(failure_of(aiohttp.InvalidURL("https://secret@api.example"), "create"))
    assert told == "create: AIMLAPI_URL is no address of a server"


@pytest.mark.parametrize(
    "error",
    [
        NO_SUCH_NAME,
        aiohttp.ClientProxyConnectionError(KEY, OSError(111, "refused")),
        aiohttp.ClientHttpProxyError(None, (), status=502),
        aiohttp.ClientConnectorError(KEY, OSError(101, "unreachable")),
    ],
)
def test_a_create_for_which_this_machine_has_no_way_was_surely_not_carried_out(error):
    failed = failure_of(error, "create")
    assert type(failed) is TemporaryError
    assert failed.reason is Reason.MACHINE
    assert failed.sure is True


def test_a_file_that_cannot_be_read_while_it_is_sent_is_this_machines_fault():
    failed = failure_of(aiohttp.ClientOSError(errno.EIO, "Can not write request body"), "create", sent=False)
    assert failed.reason is Reason.MACHINE
    assert "EIO (5, Input/output error)" in str(failed)


def test_a_proxy_that_asks_for_a_password_is_for_the_operator():
    failed = failure_of(aiohttp.ClientHttpProxyError(None, (), status=407), "create")
    assert type(failed) is OperatorError
    assert "its proxy answers 407" in str(failed)

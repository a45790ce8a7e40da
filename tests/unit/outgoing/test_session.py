"""The way out: no redirect, no endless answer, and the operator's proxy."""

import gzip
import re
import zlib

import aiohttp
import pytest
from aiohttp import encode_basic_auth, web

from bot.outgoing.proxies import read_proxy
from bot.outgoing.session import MOST_VALUES, TooLargeError, read_at_most, read_json
from bot.parts import open_session
from tests.api import Api
from tests.proxy import RecordingProxy
from tests.unit.project.checkout import ROOT

LIMIT = 100_000


async def say_hello(_request):
    return web.Response(text="hello")


@pytest.fixture
async def api():
    api = Api(say_hello)
    async with api.serving():
        yield api


@pytest.fixture
async def session():
    async with open_session() as session:
        yield session


@pytest.fixture
async def proxy():
    async with RecordingProxy().serving() as proxy:
        yield proxy


async def asked(session, url, method="GET", limit=LIMIT) -> tuple[int, bytes]:
    async with session.request(method, url) as answer:
        return answer.status, await read_at_most(answer, limit)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_a_redirect_is_an_answer_as_any_other(api, session, method, status):
    async def elsewhere(_request):
        return web.Response(status=status, headers={"Location": f"{api.url}elsewhere"})

    api.answer = elsewhere
    assert (await asked(session, f"{api.url}here", method))[0] == status
    assert [request.path for request in api.requests] == ["/here"]


async def test_nobody_can_ask_for_redirects_to_be_followed(api, session):
    with pytest.raises(TypeError, match="allow_redirects"):
        session.request("GET", api.url, allow_redirects=True)


def test_every_request_goes_this_way_out():
    other_ways = r"aiohttp\.ClientSession|\.below\b|urlopen|http\.client|import httpx|aiohttp\.request"
    modules = (path for room in ("bot", "handlers", "storage") for path in (ROOT / room).rglob("*.py"))
    found = {path.relative_to(ROOT).as_posix() for path in modules if re.search(other_ways, path.read_text("utf-8"))}
    of_the_bot = {each for each in found if not each.startswith("bot/playground/")}
    assert of_the_bot == {"bot/parts.py", "bot/outgoing/session.py"}


def packed(body, how):
    return gzip.compress(body, 9) if how == "gzip" else zlib.compress(body, 9)


@pytest.mark.parametrize("how", ["gzip", "deflate"])
async def test_a_body_is_measured_as_it_unfolds(api, session, how):
    async def bomb(_request):
        return web.Response(body=packed(bytes(50_000_000), how), headers={"Content-Encoding": how})

    api.answer = bomb
    with pytest.raises(TooLargeError):
        await asked(session, api.url)


async def test_many_packed_parts_are_one_body(api, session):
    async def parts(_request):
        body = b"".join(gzip.compress(bytes(LIMIT)) for _ in range(500))
        return web.Response(body=body, headers={"Content-Encoding": "gzip"})

    api.answer = parts
    with pytest.raises(TooLargeError):
        await asked(session, api.url)


async def test_a_body_as_large_as_the_limit_is_read(api, session):
    async def full(_request):
        return web.Response(body=packed(bytes(LIMIT), "gzip"), headers={"Content-Encoding": "gzip"})

    api.answer = full
    assert await asked(session, api.url) == (200, bytes(LIMIT))


async def test_an_http_address_is_asked_for_from_the_proxy(api, session, proxy):
    through = session.through(read_proxy(proxy.address, "HTTP_PROXY"))
    assert await asked(through, f"{api.url}here") == (200, b"hello")
    assert proxy.asked == [f"GET {api.url}here HTTP/1.1"]
    assert proxy.logins == []
    assert await asked(session, f"{api.url}here") == (200, b"hello")
    assert len(proxy.asked) == 1


async def test_an_https_address_is_reached_by_a_tunnel(api, session, proxy):
    through = session.through(read_proxy(f"user:p%40ss%C3%A9@{proxy.address}", "HTTPS_PROXY"))
    port = api.url.rstrip("/").rpartition(":")[2]
    with pytest.raises(aiohttp.ClientError):  # no TLS is spoken there
        await asked(through, f"https://127.0.0.1:{port}/here")
    assert proxy.asked == [f"CONNECT 127.0.0.1:{port} HTTP/1.1"]
    assert proxy.logins == [encode_basic_auth("user", "p@ssé")]


async def test_the_proxy_is_told_who_asks(api, session, proxy):
    through = session.through(read_proxy(f"user:password@{proxy.address}", "HTTP_PROXY"))
    assert await asked(through, api.url) == (200, b"hello")
    assert proxy.logins == [encode_basic_auth("user", "password")]
    assert "Proxy-Authorization" not in api.requests[0].headers


@pytest.mark.parametrize("value", ["{}", "[]", "0"])
def test_json_with_more_values_than_an_answer_has_is_not_read(value):
    with pytest.raises(ValueError, match="too many values"):
        read_json(f"[{value}{f',{value}' * MOST_VALUES}]".encode())


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"9" * 9999, b"[" * 100_000])
def test_what_is_no_json_is_refused(body):
    with pytest.raises((ValueError, RecursionError)):
        read_json(body)


def test_json_is_read():
    assert read_json(b'{"a": [1, "two", null]}') == {"a": [1, "two", None]}

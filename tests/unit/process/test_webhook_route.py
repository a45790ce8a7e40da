"""The route of the webhook, over real connections: who may bring what, how much of it, and how slowly."""

import asyncio
import gzip
import json
from contextlib import asynccontextmanager

import pytest

from bot.http import LARGEST_UPDATE, LONGEST_CONNECTION, MOST_CONNECTIONS, health, serving, webhook
from bot.metrics import Metrics
from tests.patience import patiently, promised

PATH = "/telegram"
SECRET = "s3cret"
RIGHT = f"X-Telegram-Bot-Api-Secret-Token: {SECRET}"
BODY = json.dumps({"update_id": 1})


class Taker:
    """Takes whatever comes, and keeps it."""

    def __init__(self) -> None:
        self.taken: list[bytes] = []
        self.metrics = Metrics()
        self.answer: tuple[int, int | None] = (200, None)
        self.may_answer = asyncio.Event()
        self.may_answer.set()
        self.come = asyncio.Event()

    async def take(self, body: bytes) -> tuple[int, int | None]:
        self.taken.append(body)
        self.come.set()
        await self.may_answer.wait()
        return self.answer


@pytest.fixture
def taker():
    return Taker()


@asynccontextmanager
async def connected(taker, within=10.0, path=PATH):
    """A connection, and the port to which more can be made."""
    route = webhook(path, SECRET, taker.take, taker.metrics, within)
    async with serving("127.0.0.1", 0, [health(lambda: 0.0), route]) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        try:
            yield reader, writer, port
        finally:
            writer.close()


def request(*headers, body=b"", method="POST", path=PATH):
    head = "\r\n".join([f"{method} {path} HTTP/1.1", "Host: here", *headers])
    return head.encode() + b"\r\n\r\n" + body


def with_length(body, *headers):
    return request(RIGHT, f"Content-Length: {len(body)}", *headers, body=body)


async def answered(reader):
    """The status of the answer, 0 if none came, and its headers; the connection ends after it."""
    lines = (await patiently(reader.read())).decode().partition("\r\n\r\n")[0].split("\r\n")
    return int(lines[0].split()[1]) if lines[0] else 0, lines[1:]


async def is_taken(port):
    """Whether an update over a connection of its own is taken."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(with_length(BODY.encode()))
    status, _ = await answered(reader)
    writer.close()
    return status == 200


async def test_an_update_with_the_secret_is_taken_and_its_connection_ends(taker):
    async with connected(taker) as (reader, writer, _):
        writer.write(with_length(BODY.encode()))
        status, headers = await answered(reader)
    assert (status, taker.taken) == (200, [BODY.encode()])
    assert taker.metrics.webhook.labels("200")._value.get() == 1
    assert "Connection: close" in headers


async def test_an_update_may_come_in_pieces_and_packed(taker):
    packed = gzip.compress(BODY.encode())
    async with connected(taker) as (reader, writer, _):
        writer.write(request(RIGHT, "Transfer-Encoding: chunked", "Content-Encoding: gzip"))
        for each in packed:
            writer.write(b"1\r\n" + bytes([each]) + b"\r\n")
            await writer.drain()
        writer.write(b"0\r\n\r\n")
        assert (await answered(reader))[0] == 200
    assert taker.taken == [BODY.encode()]


@pytest.mark.parametrize(
    ("path", "asked"),
    [
        ("/", "/"),
        ("/a/b%20c/", "/a/b%20c/"),
        ("/%7Eme", "/~me"),
        ("/~me/$&'()*+,;=:@", "/%7Eme/$&'()*+,;=:@"),
        ("/%D0%B1", "/%d0%b1"),
    ],
)
async def test_a_path_may_be_spelt_in_several_ways(taker, path, asked):
    async with connected(taker, path=path) as (reader, writer, _):
        writer.write(request(RIGHT, f"Content-Length: {len(BODY)}", body=BODY.encode(), path=asked))
        assert (await answered(reader))[0] == 200


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"])
async def test_only_a_post_to_the_very_path_brings_an_update(taker, method):
    async with connected(taker) as (reader, writer, port):
        writer.write(request(RIGHT, "Content-Length: 0", method=method))
        assert (await answered(reader))[0] == 405
        for path in ("/", "/telegram/", "/telegrams", "/Telegram", "//telegram", "/metrics"):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)  # noqa: PLW2901
            writer.write(request(RIGHT, "Content-Length: 0", method=method, path=path))
            assert (await answered(reader))[0] in {400, 404}
            writer.close()
    assert taker.taken == []


async def test_the_seconds_until_the_next_try_are_told(taker):
    taker.answer = (503, 2)
    async with connected(taker) as (reader, writer, _):
        writer.write(with_length(BODY.encode()))
        status, headers = await answered(reader)
    assert status == 503
    assert "Retry-After: 2" in headers


@pytest.mark.parametrize(
    "header",
    [
        "X-Other: s3cret",
        "X-Telegram-Bot-Api-Secret-Token:",
        "X-Telegram-Bot-Api-Secret-Token: s3cret2",
        "X-Telegram-Bot-Api-Secret-Token: S3CRET",
        "X-Telegram-Bot-Api-Secret-Token: s3cré",
        f"Authorization: Bearer {SECRET}",
    ],
)
async def test_without_the_secret_the_answer_does_not_wait_for_the_body(taker, header):
    async with connected(taker) as (reader, writer, _):
        writer.write(request(header, "Content-Length: 1000000000"))
        assert (await answered(reader))[0] == 401
    assert taker.taken == []


@pytest.mark.parametrize(
    "sent",
    [
        request(RIGHT, f"Content-Length: {LARGEST_UPDATE + 1}"),
        with_length(b" " * (LARGEST_UPDATE + 1)),
        request(
            RIGHT,
            "Transfer-Encoding: chunked",
            body=f"{LARGEST_UPDATE + 1:x}\r\n".encode() + b" " * (LARGEST_UPDATE + 1) + b"\r\n0\r\n\r\n",
        ),
        with_length(gzip.compress(b" " * (50 * LARGEST_UPDATE)), "Content-Encoding: gzip"),
    ],
    ids=["said", "sent", "in pieces", "unpacked"],
)
async def test_too_large_a_body_is_not_taken(taker, sent):
    async with connected(taker) as (reader, writer, _):
        writer.write(sent)
        try:
            status, _ = await answered(reader)
        except ConnectionError:
            status = 0
        assert status in {0, 413}
    assert taker.taken == []


async def test_the_largest_body_is_taken(taker):
    async with connected(taker) as (reader, writer, _):
        writer.write(with_length(b" " * LARGEST_UPDATE))
        assert (await answered(reader))[0] == 200


@pytest.mark.parametrize(
    "sent",
    [
        request(RIGHT, f"X-Long: {'x' * 20_000}"),
        request(RIGHT, *[f"X-{number}: x" for number in range(200)]),
        request(RIGHT, path="/" + "x" * 20_000),
        request(RIGHT, "Transfer-Encoding: chunked", body=b"no number\r\n"),
        with_length(b"no gzip", "Content-Encoding: gzip"),
        b"\x16\x03\x01 hello",
    ],
    ids=["a long header", "many headers", "a long path", "a broken piece", "broken packing", "no HTTP"],
)
async def test_what_is_no_request_is_refused_and_others_are_taken(taker, sent):
    async with connected(taker) as (reader, writer, port):
        writer.write(sent)
        assert (await answered(reader))[0] == 400
        assert taker.taken == []
        assert await is_taken(port)


async def test_a_body_that_does_not_come_in_time_is_not_waited_for(taker):
    async with connected(taker, within=0.1) as (reader, writer, _):
        writer.write(request(RIGHT, "Content-Length: 100", body=b"{"))
        assert (await answered(reader))[0] == 408
    assert taker.taken == []


async def test_a_body_of_which_half_comes_is_not_taken(taker):
    async with connected(taker) as (_, writer, port):
        writer.write(request(RIGHT, "Content-Length: 100", body=b"{"))
        writer.write_eof()
        writer.close()
        assert await is_taken(port)
    assert taker.taken == [BODY.encode()]


async def test_an_update_outlives_the_time_and_the_crowd_of_other_connections(taker):
    """Strangers have nothing but their connections, and what Telegram brings is not among those."""
    taker.may_answer.clear()
    async with connected(taker) as (reader, writer, port):
        writer.write(with_length(BODY.encode()))
        await patiently(taker.come.wait())
        crowd = [await asyncio.open_connection("127.0.0.1", port) for _ in range(MOST_CONNECTIONS + 1)]
        first, _ = crowd[0]
        assert await patiently(first.read()) == b""
        async with promised(LONGEST_CONNECTION + 5, lambda: "the others stayed"):
            for idle, _ in crowd:
                assert await idle.read() == b""
        taker.may_answer.set()
        assert (await answered(reader))[0] == 200
        for _, each in crowd:
            each.close()


async def test_an_update_whose_bringer_is_gone_is_still_taken(taker):
    taker.may_answer.clear()
    async with connected(taker) as (_, writer, _):
        writer.write(with_length(BODY.encode()))
        await patiently(taker.come.wait())
        writer.close()
        await writer.wait_closed()
        taker.may_answer.set()
    assert taker.taken == [BODY.encode()]

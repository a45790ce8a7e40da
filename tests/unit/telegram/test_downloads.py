"""Downloads from servers that break off, stand still, crawl, forget and change their minds."""

import asyncio
import errno
from dataclasses import replace

import pytest
from aiohttp import web

from bot.errors import OperatorError, PermanentError, RateLimitedError, TemporaryError
from bot.outgoing.moving import Limits
from bot.parts import open_session
from bot.telegram.downloading import downloads
from bot.telegram.downloading.downloads import MOST_BREAKS, Downloads, VoidLinkError, receiving
from bot.telegram.downloading.file_limit import FileLimit
from storage.apology import Reason
from tests.api import Api

LIMIT = 1024 * 1024
DATA = bytes(range(256)) * 1000
PATIENT = Limits(connect=10.0, answer=10.0, still=10.0, floor=1.0, floor_over=60.0, go_on_after=0.0)


class Source:
    """Hands out `data`, each answer up to where the next of `cuts` breaks it off; ranges are understood."""

    def __init__(self, data=DATA, cuts=(), *, ranges=True, etag='"one"', sized=True):
        self.data, self.cuts, self.ranges, self.etag, self.sized = data, list(cuts), ranges, etag, sized
        self.asked = []

    async def __call__(self, request):
        self.asked.append(request.headers.get("Range"))
        begin = int(request.headers.get("Range", "bytes=0-")[6:-1]) if self.ranges else 0
        if request.headers.get("If-Range", self.etag) != self.etag:
            begin = 0
        headers = {"ETag": self.etag} if self.etag else {}
        if begin:
            headers["Content-Range"] = f"bytes {begin}-{len(self.data) - 1}/{len(self.data)}"
        answer = web.StreamResponse(status=206 if begin else 200, headers=headers)
        if self.sized:
            answer.content_length = len(self.data) - begin
        await answer.prepare(request)
        until = self.cuts.pop(0) if self.cuts else len(self.data)
        await answer.write(self.data[begin:until])
        if until < len(self.data):
            request.transport.close()
        return answer


class Front:
    """Answers with each of `answers` once, and then as `source` does."""

    def __init__(self, source, *answers):
        self.source, self.answers = source, list(answers)

    async def __call__(self, request):
        return await (self.answers.pop(0) if self.answers else self.source)(request)


def saying(status, **headers):
    async def say(_request):
        return web.Response(status=status, headers={name.replace("_", "-"): value for name, value in headers.items()})

    return say


@pytest.fixture
async def api():
    api = Api(Source())
    async with api.serving():
        yield api


@pytest.fixture
def target(tmp_path):
    return tmp_path / "received"


async def download(api, target, limits=PATIENT, most=LIMIT, claimed=None):
    async with open_session() as session:
        with receiving(target, FileLimit(most), claimed) as received:
            await Downloads(session, limits).fetch(f"{api.url}voice.oga", received)
    return target.read_bytes()


async def failed(api, target, limits=PATIENT, kind=TemporaryError):
    with pytest.raises(kind) as caught:
        await download(api, target, limits)
    return caught.value


async def test_a_broken_download_goes_on_where_it_stopped(api, target, lines):
    api.answer = Source(cuts=[100_000, 200_000])
    assert await download(api, target) == DATA
    assert api.answer.asked == [None, "bytes=100000-", "bytes=200000-"]
    assert [line["received"] for line in lines.of("download.broken")] == [100_000, 200_000]
    assert lines.of("download.broken")[0]["error"] == "the answer of Telegram broke off"


async def test_a_server_without_ranges_begins_again(api, target):
    api.answer = Source(cuts=[100_000, 200_000], ranges=False)
    assert await download(api, target) == DATA


async def test_a_file_that_changed_meanwhile_is_begun_again(api, target):
    source = api.answer = Source(cuts=[100_000])
    other = Source(DATA[::-1] + b"more", etag='"two"')
    api.answer = Front(other, source)
    assert await download(api, target) == other.data


@pytest.mark.parametrize(
    "odd",
    [
        saying(416),
        saying(206),
        saying(206, Content_Range="bytes 5-9/10"),
        saying(206, Content_Range=f"bytes 100000-{len(DATA)}/{len(DATA) + 1}"),
        saying(206, Content_Range="octets 100000-256000/256000"),
        saying(206, Content_Range=f"bytes 100000-{len(DATA) - 1}/{len(DATA)}", ETag='"two"'),
    ],
)
async def test_what_does_not_belong_behind_what_was_received_is_thrown_away(api, target, odd):
    source = Source(cuts=[100_000])
    api.answer = Front(source, source, odd)
    assert await download(api, target) == DATA
    assert source.asked == [None, None]


async def test_a_file_whose_size_was_not_told_goes_on_too(api, target):
    api.answer = Source(cuts=[100_000], sized=False)
    assert await download(api, target) == DATA
    assert api.answer.asked == [None, "bytes=100000-"]


def until_its_end(data, *, etag='"one"'):
    """Answer as old proxies do: the end of the connection is that of the file."""

    async def answer(request):
        request.transport.write(f"HTTP/1.0 200 OK\r\nETag: {etag}\r\n\r\n".encode() + data)
        request.transport.close()
        return web.Response()

    return answer


async def test_a_file_whose_end_nobody_tells_goes_on_until_it_is_as_long_as_its_message_says(api, target):
    source = Source()
    api.answer = Front(source, until_its_end(DATA[:100_000]))
    assert await download(api, target, claimed=len(DATA)) == DATA
    assert source.asked == ["bytes=100000-"]


@pytest.mark.parametrize("claimed", [None, 5, len(DATA)])
async def test_a_file_whose_end_nobody_tells_is_taken_if_it_is_long_enough(api, target, claimed):
    api.answer = until_its_end(DATA)
    assert await download(api, target, claimed=claimed) == DATA


async def test_without_a_mark_a_file_of_the_same_size_is_the_same(api, target):
    api.answer = Source(cuts=[100_000], etag="")
    assert await download(api, target) == DATA
    assert api.answer.asked == [None, "bytes=100000-"]


@pytest.mark.parametrize("between", [saying(502), saying(503), saying(500)])
async def test_a_server_that_restarts_meanwhile_is_waited_for(api, target, between):
    source = Source(cuts=[100_000])
    api.answer = Front(source, source, between, between)
    assert await download(api, target) == DATA
    assert source.asked == [None, "bytes=100000-"]


@pytest.mark.parametrize(("status", "kind"), [(429, RateLimitedError), (401, OperatorError), (404, VoidLinkError)])
async def test_what_a_server_refuses_meanwhile_is_not_asked_for_again(api, target, status, kind):
    source = Source(cuts=[100_000])
    api.answer = Front(source, source, saying(status))
    await failed(api, target, kind=kind)
    assert source.asked == [None]


async def test_a_download_that_breaks_again_and_again_is_a_failed_try(api, target):
    api.answer = Source(cuts=[1000 * number for number in range(1, 100)])
    assert (await failed(api, target)).reason is Reason.TELEGRAM_DOWN
    assert len(api.answer.asked) == MOST_BREAKS + 1


async def test_a_download_that_gets_on_may_break_more_often(api, target, monkeypatch):
    monkeypatch.setattr(downloads, "FORGIVEN", 10_000)
    api.answer = Source(cuts=range(10_000, len(DATA), 10_000))
    assert await download(api, target) == DATA
    assert len(api.answer.asked) > 20


async def test_what_never_began_is_a_failed_try_at_once(api, target):
    api.answer = Front(Source(), saying(502))
    assert str(await failed(api, target)) == "file: Telegram answered 502 (Bad Gateway)"


async def trickle(answer, chunk, seconds):
    """Hand out the bytes a few at a time."""
    for begin in range(0, len(DATA), chunk):
        await answer.write(DATA[begin : begin + chunk])
        await asyncio.sleep(seconds)


def trickling(chunk, seconds):
    async def hand_out(request):
        answer = web.StreamResponse()
        answer.content_length = len(DATA)
        await answer.prepare(request)
        await trickle(answer, chunk, seconds)
        return answer

    return hand_out


async def stand_still(request):
    answer = web.StreamResponse(headers={"ETag": '"one"'})
    answer.content_length = len(DATA)
    await answer.prepare(request)
    await answer.write(DATA[:100_000])
    await asyncio.Event().wait()


async def test_a_download_that_moves_is_not_cut_however_long_it_takes(api, target):
    api.answer = trickling(8_000, 0.05)
    limits = replace(PATIENT, still=1.0, floor=10_000, floor_over=0.5)
    assert await download(api, target, limits) == DATA


async def test_a_download_that_crawls_is_a_failed_try(api, target):
    api.answer = trickling(500, 0.05)
    limits = replace(PATIENT, floor=100_000, floor_over=0.5)
    failure = await failed(api, target, limits)
    assert str(failure) == "Telegram was slower than 100 kB/s over 0.5 s"
    assert failure.reason is Reason.TELEGRAM_DOWN
    assert len(api.requests) == 1


async def test_a_download_that_stands_still_goes_on_over_another_connection(api, target):
    source = Source()
    api.answer = Front(source, stand_still)
    assert await download(api, target, replace(PATIENT, still=0.5)) == DATA
    assert source.asked == ["bytes=100000-"]


async def test_a_download_that_stands_still_again_at_the_same_place_is_a_failed_try(api, target):
    async def again(request):
        answer = web.StreamResponse(status=206, headers={"Content-Range": f"bytes 100000-{len(DATA) - 1}/{len(DATA)}"})
        answer.headers["ETag"] = '"one"'
        await answer.prepare(request)
        await asyncio.Event().wait()

    api.answer = Front(again, stand_still)
    failure = await failed(api, target, replace(PATIENT, still=0.5))
    assert str(failure) == "Telegram let nothing through for 0.5 s"
    assert len(api.requests) == 2


async def test_a_server_that_says_nothing_is_a_failed_try(api, target):
    async def never(_request):
        await asyncio.Event().wait()

    api.answer = never
    assert str(await failed(api, target, replace(PATIENT, answer=0.1))) == "Telegram did not answer within 0.1 s"


async def test_a_file_is_measured_over_all_its_pieces(api, target):
    api.answer = Source(DATA * 5, cuts=[LIMIT // 2])
    assert (await failed(api, target, kind=PermanentError)).reason is Reason.TOO_BIG
    assert target.stat().st_size <= LIMIT


async def test_a_full_disk_is_this_machines_fault(api):
    async with open_session() as session:
        with (
            pytest.raises(TemporaryError) as caught,
            receiving(downloads.Path("/dev/full"), FileLimit(LIMIT)) as received,
        ):
            await Downloads(session, PATIENT).fetch(api.url, received)
    assert caught.value.reason is Reason.MACHINE
    assert "ENOSPC (28, No space left on device); free some space" in str(caught.value)
    assert len(api.requests) == 1


async def test_a_folder_that_may_not_be_written_to_is_this_machines_fault(api, tmp_path):
    assert errno.EISDIR == 21
    (tmp_path / "received").mkdir()
    failure = await failed(api, tmp_path / "received")
    assert failure.reason is Reason.MACHINE
    assert "EISDIR (21, Is a directory)" in str(failure)

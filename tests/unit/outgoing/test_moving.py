"""Uploads to servers that read slowly, stop reading or do not answer: only what does not move is ended."""

import asyncio
import io
from dataclasses import replace

import aiohttp
import pytest

from bot.activity import Activity, Doing, done_at, watched
from bot.errors import TemporaryError
from bot.metrics import Metrics
from bot.outgoing.moving import CrawlError, Limits, StillError, moving
from bot.outgoing.session import Sent
from bot.parts import open_session
from bot.speech.aimlapi.client import AimlapiClient
from bot.speech.catalogue import find
from bot.uploads import Upload
from storage.apology import Reason
from storage.options import Options
from tests.slow import SIZE, reading

QUICK = Limits(connect=1.0, answer=0.4, result=0.4, still=0.4, floor=1.0, floor_over=60.0, look_every=0.02)


async def upload(url, limits):
    """Upload SIZE bytes, and return how long that took."""
    began = asyncio.get_running_loop().time()
    form = aiohttp.FormData()
    form.add_field("audio", io.BytesIO(bytes(SIZE)), filename="voice.oga")
    async with open_session() as session, session.transfer("POST", url, limits, sent=Sent(form, SIZE)) as (answer, _):
        assert answer.status == 200
    return asyncio.get_running_loop().time() - began


async def test_an_upload_that_moves_is_not_cut_however_long_it_takes():
    async with reading(65536, 0.04) as url:
        limits = replace(QUICK, still=1.0, answer=1.0, result=1.0, floor=100_000, floor_over=0.5)
        assert await upload(url, limits) > 1.5 * limits.still


async def test_an_upload_that_stands_still_is_ended():
    async with reading(65536, 0.0, most=1_000_000) as url:
        with pytest.raises(StillError, match=r"let nothing through for 0\.4 s"):
            await upload(url, QUICK)


async def test_an_upload_that_crawls_is_ended():
    async with reading(4096, 0.02) as url:
        with pytest.raises(CrawlError, match=r"was slower than 2000 kB/s over 1 s"):
            await upload(url, replace(QUICK, still=5.0, floor=2_000_000, floor_over=1.0))


async def test_an_answer_to_an_upload_is_waited_for_longer_than_a_byte():
    async with reading(65536, 0.0, answer=b"") as url:
        with pytest.raises(StillError, match=r"did not answer within 0\.8 s"):
            await upload(url, replace(QUICK, result=0.8))


async def test_whoever_takes_the_step_is_told_what_moves():
    async with reading(65536, 0.001) as url:
        with watched(activity := Activity()):
            await upload(url, QUICK)
    assert activity.moves > 0


async def test_an_upload_to_the_speech_service_that_stands_still_is_told_as_its_fault(tmp_path):
    path = tmp_path / "voice.oga"
    path.write_bytes(bytes(SIZE))
    async with reading(65536, 0.0, most=1_000_000) as url, open_session() as session:
        speech = AimlapiClient(session, url, "key", Metrics(), QUICK)
        with pytest.raises(TemporaryError) as caught:
            await speech.submit(Upload(path, "audio/ogg", "v.oga", 0.0, 1.0), find("nova-2-general"), Options())
    assert str(caught.value) == "create: the speech service let nothing through for 0.4 s"
    assert caught.value.reason is Reason.PROVIDER_DOWN
    assert caught.value.sure is True
    assert done_at(caught.value) is Doing.UPLOADING


async def test_a_wait_for_something_of_ours_is_no_standstill():
    async with moving(replace(QUICK, still=0.05), 0.05) as transfer:
        transfer.passed(1)
        with transfer.paused():
            await asyncio.sleep(0.2)
        transfer.passed(1)


async def test_a_timeout_of_another_kind_stays_what_it_is():
    with pytest.raises(TimeoutError) as caught:
        async with moving(QUICK, 5.0):
            raise TimeoutError
    assert type(caught.value) is TimeoutError


async def test_the_floor_is_for_each_stretch_of_time_anew():
    limits = replace(QUICK, still=0.5, floor=100, floor_over=0.1)

    async def crawl():
        async with moving(limits, 5.0) as transfer:
            transfer.passed(1_000_000)
            for _ in range(100):
                await asyncio.sleep(0.02)
                transfer.passed(1)

    with pytest.raises(CrawlError):
        await crawl()

"""What the page makes of the bot's log: sentences for people, with numbers that can be read."""

import re

import pytest

from tests.unit.project.test_page import EVENT, logged, told_of_jobs

pytestmark = pytest.mark.asyncio(loop_scope="session")

FIELDS = {"again_in": 2.8265612, "error": "again in 2.8265612 s", "kind": "video_note", "was": "queued", "page": 1}
ROWS = "lines => import('/page/job.js').then(({ tell }) => tell(1, lines).rows.map(({ text }) => text))"


def line(event, **fields):
    return {"number": 1, "at": 5.0, "level": "info", "event": event, "job": 1} | fields


async def rows(chat_page, *lines):
    return await chat_page.page.evaluate(ROWS, [line("job.accepted", kind="voice"), *lines])


async def test_no_event_of_the_bot_is_shown_as_a_key_or_with_long_numbers(chat_page):
    for event in sorted({*logged(), *told_of_jobs(), "news.of_tomorrow"}):
        for fields in ({}, FIELDS):
            text = (await rows(chat_page, line(event, **fields)))[-1]
            assert re.search(rf"\b{EVENT}\b|=|undefined|null|NaN|\d\.\d{{3}}", text) is None, text
            assert text[0].isupper() or text[0] == "“", text


async def test_an_event_that_the_page_does_not_know_is_told_in_words(chat_page):
    (_, text) = await rows(chat_page, line("news.of_tomorrow", for_seconds=2.8265612, loud=True, nothing=None))
    assert text == "News of tomorrow (for seconds 2.83, loud true)"


async def test_waits_are_told_in_seconds_that_can_be_read(chat_page):
    told = await rows(
        chat_page,
        line("placeholder.later", again_in=2.8265612),
        line("placeholder.later", error="Timed out"),
        line("job.submitted", again_in=2.14),
        line("job.waiting", was="submitted", again_in=0.3333),
        line("job.waiting", was="submitted", again_in=12.3333),
        line("step.failed", error="slow down for 2.8265612 s", kind="TemporaryError"),
        line("page.gone", page=1),
    )
    assert told == [
        "Queued: voice note accepted",
        "“Transcribing…” could not be shown yet; will try again in 2.8 s",
        "“Transcribing…” could not be shown yet: Timed out",
        "Submitted to the provider; will check in 2.1 s",
        "Checked 2 times; will check again in 12 s",
        "This step failed: slow down for 2.83 s",
        "Message 2 of the answer was deleted from the chat",
    ]

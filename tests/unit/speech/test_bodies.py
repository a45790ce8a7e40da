"""Large answers: few at once, each parsed beside everything else, and none that is made to be hard to parse."""

import asyncio
import json
import time

import pytest

from bot.speech.aimlapi.bodies import Bodies

LONGEST_PAUSE = 0.25  # seconds of work between two turns of the event loop; the parser alone takes longer in one go
A_WORD = {"word": "hello", "start": 1.25, "end": 1.5, "confidence": 0.99, "punctuated_word": "Hello,"}


def words(number):
    return {
        "status": "completed",
        "result": {"results": {"channels": [{"alternatives": [{"words": [A_WORD] * number}]}]}},
    }


async def longest_pause(working):
    """What `working` returns, and the most work of this process between two turns of the event loop."""
    longest = 0.0

    async def look():
        nonlocal longest
        before = time.process_time()
        while True:
            await asyncio.sleep(0)
            now = time.process_time()
            longest, before = max(longest, now - before), now

    looking = asyncio.create_task(look())
    try:
        return await working, longest
    finally:
        looking.cancel()


async def test_a_large_answer_is_parsed_beside_everything_else():
    body = json.dumps(words(60_000)).encode()
    read, pause = await longest_pause(Bodies().parse(body, lambda value: value["status"]))
    assert read == "completed"
    assert pause < LONGEST_PAUSE


@pytest.mark.parametrize(
    "hard",
    [
        {"lists": [[]] * 400_000},
        {"objects": [{}] * 1_600_000},
        {"texts": ["a"] * 200_000},
        {"numbers": [1] * 1_600_000},
        {str(number): "a" for number in range(200_000)},
    ],
    ids=lambda hard: next(iter(hard)),
)
async def test_an_answer_with_more_values_than_words_could_have_is_refused_before_it_is_parsed(hard):
    with pytest.raises(ValueError, match="more values"):
        await Bodies().parse(json.dumps(hard).encode(), lambda value: value)


async def test_a_long_text_with_every_kind_of_punctuation_is_no_such_answer():
    text = 'He said, "[so] {it} goes", ' * 60_000
    assert await Bodies().parse(json.dumps({"text": text}).encode(), lambda value: value["text"]) == text

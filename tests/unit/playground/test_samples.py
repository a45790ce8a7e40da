from itertools import pairwise
from pathlib import Path

import pytest

from bot.playground import samples
from bot.playground.engines import pick_engine
from bot.playground.engines.sound import seconds
from bot.playground.samples import SAMPLES, Sample
from bot.playground.speech import FakeSpeech
from tests.unit.playground.client import transcribed

pytest.importorskip("pocketsphinx")

every_sample = pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)


def test_every_clip_of_the_folder_is_a_sample():
    clips = {file.name for file in Path(samples.__file__).parent.glob("*.ogg")}
    assert {sample.file for sample in SAMPLES} == clips


@every_sample
async def test_a_sample_is_a_small_voice_note_that_lasts_as_long_as_it_says(sample: Sample):
    data = sample.path.read_bytes()
    assert b"OpusHead" in data[:64]
    assert len(data) < 25_000
    assert await seconds(data) == pytest.approx(sample.seconds, abs=0.02)


@every_sample
async def test_a_sample_sent_to_the_api_comes_back_word_for_word_and_every_word_has_its_time(sample: Sample):
    async with FakeSpeech() as api:
        api.recognise, api.latency = pick_engine("").recognise, 0
        answer = await transcribed(api, sample.path.read_bytes(), sample.file)
    assert answer["status"] == "completed"
    (alternative,) = answer["result"]["results"]["channels"][0]["alternatives"]
    assert alternative["transcript"] == sample.text
    assert [word["word"] for word in alternative["words"]] == sample.text.split()
    times = [time for word in alternative["words"] for time in (word["start"], word["end"])]
    assert all(before <= after for before, after in pairwise([0, *times, sample.seconds]))
    assert all(word["start"] < word["end"] for word in alternative["words"])

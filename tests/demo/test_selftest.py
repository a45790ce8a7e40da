"""The self-test: one voice note from end to end, by which a machine finds out whether a demo works there."""

import signal

import pytest

from bot.playground.demo.selftest import alike
from bot.playground.samples import SAMPLES
from bot.playground.speech import FakeSpeech
from tests.unit.project.image import copy_to, started


async def test_it_says_what_it_has_found_and_costs_nothing(execute, temporary):
    async with FakeSpeech("a-key-that-costs") as speech:
        selftest = await execute("demo", "--selftest", AIMLAPI_KEY=speech.key, AIMLAPI_URL=speech.url)
        assert await selftest.wait() == 0
        assert speech.calls == []
    page, message, verdict = selftest.output.splitlines()
    assert page.startswith("The page answers 200 after ")
    assert SAMPLES[0].text in message.lower()
    assert verdict == "All is well."
    assert list(temporary.iterdir()) == []


async def test_it_fails_where_no_voice_note_can_be_made(start, tmp_path, temporary):
    """As with an ffmpeg that does not work, which is the first one on the way."""
    program = tmp_path / "ffmpeg"
    program.write_text("#!/bin/sh\nexit 1\n")
    program.chmod(0o755)
    selftest = await start("demo", "--selftest", PATH=str(tmp_path))
    assert await selftest.wait() == 1
    _, message, verdict = selftest.output.splitlines()
    assert message.endswith("There is no sound in that recording.")
    assert verdict == f"Expected was: {SAMPLES[0].text}"
    assert list(temporary.iterdir()) == []


async def test_told_to_end_it_has_failed_and_leaves_nothing_behind(start, temporary):
    selftest = await start("demo", "--selftest")
    await selftest.says("The page answers")
    assert await selftest.leave(signal.SIGTERM) == (1, [])
    assert "All is well." not in selftest.output
    assert list(temporary.iterdir()) == []


def test_it_goes_well_in_the_image(tmp_path):
    copy_to(tmp_path)
    selftest = started(tmp_path, "-m", "bot", "demo", "--selftest")
    assert selftest.stderr == ""
    assert selftest.stdout.endswith("All is well.\n")
    assert selftest.returncode == 0


@pytest.mark.parametrize(
    ("heard", "verdict"),
    [
        ("could you buy some bread", True),
        ("Could you buy some bread?", True),
        ("bread some buy you could", True),
        ("could you buy us milk", False),
        ("could you spy some bread", True),
        ("", False),
        ("There is no sound in that recording.", False),
    ],
)
def test_enough_of_the_words_must_be_there(heard, verdict):
    assert alike("could you buy some bread", heard) is verdict

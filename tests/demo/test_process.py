"""The bot as a process of the demo's: listened to, kept alive, given up, and stopped."""

import asyncio
import json
import os
from contextlib import asynccontextmanager

import psutil
import pytest

from bot.playground.demo.environment import for_bot
from bot.playground.demo.process import LINES_KEPT, LONGEST_LINE, MOST_DEATHS, BotProcess, read_line
from bot.playground.notifier import Notifier
from tests.patience import patiently, until

NOW = 1_800_000_000.0
LINE = {"timestamp": "2027-01-15T08:00:00Z", "level": "info", "event": "job.submitted", "job": 7, "chat": 5}
READY = json.dumps(LINE | {"event": "telegram.ready"})
LIVES_ON = f"echo '{READY}'; exec sleep 600"
STUBBORN = f"trap '' TERM; {LIVES_ON}"


class Watched:
    """A bot played by a few lines of shell."""

    def __init__(self, folder, script, **settings):
        self.notifier = Notifier()
        program = ("/bin/sh", "-c", script)
        environment = {"PATH": "/usr/bin:/bin", "NAME": "of the environment"}
        settings = {"program": program, "pause_seconds": 0} | settings
        self.bot = BotProcess(environment, folder, self.notifier, lambda: NOW, **settings)

    async def until(self, predicate):
        return await until(self, predicate)

    def describe(self):
        return f"{self.bot.as_json()}"

    async def is_ready(self, lives=1):
        """Its handle, once it has said so in this one of its lives."""
        await self.until(lambda: self.bot.lives == lives and self.bot.state == "running")
        return psutil.Process(self.bot.pid)

    @property
    def events(self):
        return [line["event"] for line in self.bot.lines]


@pytest.fixture
def watched(tmp_path):
    @asynccontextmanager
    async def watched(script, **settings):
        """Kept alive until left; ends by cancellation, as in the demo."""
        watched = Watched(tmp_path, script, **settings)
        running = asyncio.create_task(watched.bot.run())
        try:
            yield watched
        finally:
            running.cancel()
            await patiently(asyncio.gather(running, return_exceptions=True))

    return watched


async def test_a_bot_is_starting_until_it_says_that_it_is_ready(tmp_path, watched):
    starting = Watched(tmp_path, LIVES_ON).bot
    assert starting.as_json() == {"state": "starting", "pid": None, "lives": 0, "note": ""}
    async with watched(LIVES_ON) as one:
        process = await one.is_ready()
        assert one.bot.as_json() == {"state": "running", "pid": process.pid, "lives": 1, "note": ""}
    assert not process.is_running()
    assert one.bot.pid is None


async def test_it_runs_in_its_folder_and_gets_its_environment_and_nothing_to_read(tmp_path, watched):
    async with watched(f'pwd; echo "$NAME"; cat; {LIVES_ON}') as one:
        await one.is_ready()
        assert one.events == [str(tmp_path), "of the environment", "telegram.ready"]


async def test_what_it_says_on_both_streams_is_kept_and_numbered(watched):
    async with watched(f"echo '{json.dumps(LINE)}'; echo oh no >&2; {LIVES_ON}") as one:
        await one.is_ready()
        told, shouted, _ = one.bot.lines
    assert told == {"number": 1, "at": NOW, "level": "info", "event": "job.submitted", "job": 7, "chat": 5}
    assert shouted == {"number": 2, "at": NOW, "level": "error", "event": "oh no", "job": None}


async def test_only_the_latest_lines_are_kept(watched):
    async with watched(f"seq {LINES_KEPT + 100}; {LIVES_ON}") as one:
        await one.is_ready()
        assert len(one.bot.lines) == LINES_KEPT
        assert (one.bot.lines[0]["number"], one.bot.lines[-1]["number"]) == (102, LINES_KEPT + 101)


async def test_a_line_longer_than_anybody_reads_ends_nothing(watched):
    async with watched(f"head -c {3 * LONGEST_LINE} /dev/zero | tr '\\0' x; echo; {LIVES_ON}") as one:
        await one.is_ready()
        assert one.events[-1] == "telegram.ready"
        assert all(len(event) <= LONGEST_LINE for event in one.events)


async def test_a_killed_bot_is_started_again_at_once(watched):
    async with watched(LIVES_ON, pause_seconds=600) as one:
        process = await one.is_ready()
        assert one.bot.kill() is True
        assert (one.bot.state, one.bot.note) == ("restarting", "Killed with kill -9.")
        after = await one.is_ready(lives=2)
        assert (one.bot.state, one.bot.note) == ("running", "")
        assert after.pid != process.pid
        assert not process.is_running()


async def test_nothing_is_killed_where_nothing_lives(tmp_path, watched):
    assert Watched(tmp_path, LIVES_ON).bot.kill() is False
    async with watched("exit 2") as one:
        await one.until(lambda: one.bot.state == "stopped")
        assert one.bot.kill() is False
        assert one.bot.state == "stopped"


async def test_a_bot_that_ends_by_itself_is_started_again_after_a_pause(watched):
    async with watched("exit 3", pause_seconds=600) as one:
        await one.until(lambda: one.bot.state == "restarting")
        note = "The bot has ended with exit code 3; starting it again."
        assert one.bot.as_json() == {"state": "restarting", "pid": None, "lives": 1, "note": note}
    async with watched("echo again; exit 3") as two:
        await two.until(lambda: two.bot.lives == 2)


async def test_a_bot_that_never_lives_is_given_up_with_its_last_words(tmp_path):
    one = Watched(tmp_path, "echo oh no; exit 3")
    await patiently(one.bot.run())
    note = "The bot has ended with exit code 3. oh no"
    assert one.bot.as_json() == {"state": "stopped", "pid": None, "lives": MOST_DEATHS, "note": note}


@pytest.mark.parametrize(("script", "words"), [("echo DATABASE_URL: no; exit 2", "DATABASE_URL: no"), ("exit 2", "")])
async def test_a_bot_with_wrong_settings_is_given_up_at_once(tmp_path, script, words):
    one = Watched(tmp_path, script)
    await patiently(one.bot.run())
    assert (one.bot.state, one.bot.lives) == ("stopped", 1)
    assert one.bot.note == f"The bot has ended with exit code 2. {words}"


async def test_a_bot_that_lived_for_a_while_has_all_its_deaths_before_it_again(watched):
    async with watched(f"echo '{READY}'; exit 3") as one:
        await one.until(lambda: one.bot.lives > MOST_DEATHS + 1)


async def test_a_bot_that_does_not_listen_is_killed_in_the_end(watched):
    async with watched(STUBBORN, stop_seconds=0.05) as one:
        process = await one.is_ready()
    assert not process.is_running()


async def test_what_a_bot_says_while_it_leaves_is_heard(watched):
    async with watched(
        f"trap 'echo farewell; exit 0' TERM; echo '{READY}'; while :; do read x || sleep 0.01; done"
    ) as one:
        await one.is_ready()
    assert one.events[-1] == "farewell"


async def test_the_program_is_this_bot_with_this_python(tmp_path):
    """Where nothing is set, it says what every bot of ours says there."""
    one = BotProcess(for_bot(os.environ, tmp_path, {}), tmp_path, Notifier(), lambda: NOW)
    await patiently(one.run())
    assert next(iter(one.lines))["event"].startswith("TELEGRAM_BOT_TOKEN is not set")
    assert (one.state, one.lives) == ("stopped", 1)


@pytest.mark.parametrize(
    "text",
    [
        "Traceback (most recent call last):",
        "",
        "{",
        "[1, 2]",
        "5",
        "null",
        json.dumps({"level": "info", "event": "x"}),
        json.dumps({"timestamp": "2027-01-15T08:00:00Z", "event": "x"}),
        json.dumps({"timestamp": "2027-01-15T08:00:00Z", "level": "info"}),
        json.dumps(LINE | {"timestamp": "yesterday"}),
        json.dumps(LINE | {"timestamp": 5}),
    ],
)
def test_a_line_that_is_none_of_the_log_is_an_event_by_itself(text):
    assert read_line(text, NOW) == {"at": NOW, "level": "error", "event": text, "job": None}


def test_a_line_of_no_job_says_so():
    told = {name: value for name, value in LINE.items() if name != "job"}
    assert read_line(json.dumps(told), 0) == {
        "at": NOW,
        "level": "info",
        "event": "job.submitted",
        "job": None,
        "chat": 5,
    }


async def test_a_bot_that_was_killed_by_somebody_else_counts_as_dead_and_gets_a_pause(watched):
    async with watched(LIVES_ON, pause_seconds=600) as one:
        (await one.is_ready()).kill()
        await one.until(lambda: one.bot.state == "restarting")
        assert one.bot.note == "The bot has ended with exit code -9; starting it again."


async def test_a_bot_that_cannot_be_started_is_given_up_with_the_reason(tmp_path):
    one = Watched(tmp_path, LIVES_ON, program=(str(tmp_path / "nowhere"),))
    await one.bot.run()
    note = "The bot cannot be started: No such file or directory."
    assert one.bot.as_json() == {"state": "stopped", "pid": None, "lives": 0, "note": note}


async def test_a_line_cannot_pass_itself_off_as_another(watched):
    line = json.dumps(LINE | {"number": 99, "at": 0})
    async with watched(f"echo '{line}'; {LIVES_ON}") as one:
        await one.is_ready()
        assert (one.bot.lines[0]["number"], one.bot.lines[0]["at"]) == (1, NOW)

"""The command line, run in the process of the test: arguments and exit codes. The two APIs run on another thread."""

import asyncio
import contextlib
import os
import signal
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import fields

import pytest

from bot.__main__ import main
from bot.config import Settings
from bot.playground.speech import FakeSpeech
from bot.playground.telegram import FakeTelegram
from storage.sqlite.lock import FileLock
from tests.migrated import migrated
from tests.unit.workbench import TOKEN

KEY = "test-key-0123456789"

pytestmark = pytest.mark.usefixtures("logging_as_it_was")


class Outside:
    """Both fakes in an event loop on another thread, because `main` runs a loop on this one."""

    def __init__(self) -> None:
        self.telegram, self.speech = FakeTelegram(token=TOKEN), FakeSpeech(key=KEY)
        self._ready, self._done = threading.Event(), asyncio.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()))

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        async with self.telegram, self.speech:
            self._ready.set()
            await self._done.wait()

    @contextlib.contextmanager
    def serving(self) -> Iterator["Outside"]:
        self._thread.start()
        self._ready.wait()
        try:
            yield self
        finally:
            self._loop.call_soon_threadsafe(self._done.set)
            self._thread.join()


@pytest.fixture
def environment(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    for each in fields(Settings):
        monkeypatch.delenv(each.name.upper(), raising=False)
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", TOKEN)
    monkeypatch.setenv("AIMLAPI_KEY", KEY)
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/jobs.db")
    return monkeypatch


@pytest.fixture
def outside(environment):
    with Outside().serving() as outside:
        environment.setenv("TELEGRAM_API_URL", outside.telegram.url)
        environment.setenv("AIMLAPI_URL", outside.speech.url)
        yield outside


def exit_code(*arguments) -> int:
    with pytest.raises(SystemExit) as left:
        main(arguments)
    return left.value.code


@pytest.mark.parametrize(("arguments", "code"), [([], 2), (["sing"], 2), (["run", "--fast"], 2), (["--help"], 0)])
def test_what_it_can_do_is_said_to_whoever_asks_for_something_else(arguments, code, capsys):
    assert exit_code(*arguments) == code
    printed = capsys.readouterr()
    assert "usage: verbatim" in printed.out + printed.err


@pytest.mark.parametrize("command", ["run", "check"])
def test_wrong_settings_are_a_line_each_and_exit_code_2(environment, capsys, command):
    environment.setenv("TELEGRAM_BOT_TOKEN", "secret-part")
    environment.delenv("AIMLAPI_KEY")
    assert exit_code(command) == 2
    lines = capsys.readouterr().err.splitlines()
    assert [line.split()[0] for line in lines] == ["TELEGRAM_BOT_TOKEN", "AIMLAPI_KEY"]
    assert "secret-part" not in str(lines)


def test_a_model_that_does_not_exist_is_a_wrong_setting(environment, capsys):
    environment.setenv("DEFAULT_MODEL", "whisper-gigantic")
    assert exit_code("run") == 2
    assert capsys.readouterr().err == "DEFAULT_MODEL names whisper-gigantic, which is not a model\n"


def test_a_machine_without_room_for_files_is_told_as_such(outside, environment, capsys):
    environment.setattr(tempfile, "tempdir", None)
    environment.setattr(tempfile, "_candidate_tempdir_list", list)
    told = "TMPDIR: neither the folder that it names nor /tmp takes a file; free some space, or name one that can be"
    assert exit_code("run") == 2
    assert capsys.readouterr().err.startswith(told)
    assert exit_code("check") == 1
    assert f"ffmpeg: {told}" in capsys.readouterr().out


def test_a_machine_that_makes_no_folder_is_told_with_its_error(outside, environment, capsys, tmp_path):
    (tmp_path / "file").write_text("no folder")
    environment.setattr(tempfile, "tempdir", str(tmp_path / "file"))
    assert exit_code("run") == 2
    assert f"makes no folder in {tmp_path / 'file'}: ENOTDIR (20, Not a directory)" in capsys.readouterr().err


def test_a_database_in_use_is_exit_code_2(environment, capsys, tmp_path):
    other = FileLock(tmp_path / "jobs.db")
    assert exit_code("run") == 2
    other.release()
    assert capsys.readouterr().err.startswith("DATABASE_URL: another process is working on")


@pytest.mark.parametrize("command", ["run", "check"])
def test_a_damaged_database_is_exit_code_1_and_a_sentence_with_the_way_out(outside, capsys, tmp_path, command):
    (tmp_path / "jobs.db").write_bytes(b"damage" * 1000)
    assert exit_code(command) == 1
    printed = capsys.readouterr()
    assert "save what can be read with `python -m bot repair`" in printed.out + printed.err
    assert "Traceback" not in printed.out + printed.err


def test_a_repair_is_exit_code_0_and_says_what_it_did(environment, capsys, tmp_path):
    (tmp_path / "jobs.db").write_bytes(b"damage" * 1000)
    assert exit_code("repair") == 0
    assert "database: repaired; the bot can be started" in capsys.readouterr().out
    assert exit_code("repair") == 0
    assert "is in order, so nothing was changed" in capsys.readouterr().out


def test_a_repair_of_postgresql_is_left_to_postgresql(environment, capsys):
    environment.setenv("DATABASE_URL", "postgresql://user:password-of-somebody@127.0.0.1/jobs")
    assert exit_code("repair") == 2
    said = capsys.readouterr().err
    assert said.startswith(
        "DATABASE_URL: a PostgreSQL database is repaired by PostgreSQL's own means: restore a backup"
    )
    assert "password" not in said


@pytest.mark.parametrize("command", ["run", "check"])
def test_a_postgresql_that_is_out_of_reach_is_told_without_its_password(
    outside, environment, capsys, refusing_port, command
):
    where = f"127.0.0.1:{refusing_port}"
    environment.setenv("DATABASE_URL", f"postgresql://user:password-of-somebody@{where}/jobs")
    assert exit_code(command) == (2 if command == "run" else 1)
    printed = capsys.readouterr()
    said = printed.out + printed.err
    assert f"the database jobs on {where} cannot be used just now: it cannot be reached" in said
    assert "password" not in said


def test_a_repair_beside_a_running_bot_is_exit_code_2(environment, capsys, tmp_path):
    other = FileLock(tmp_path / "jobs.db")
    assert exit_code("repair") == 2
    other.release()
    assert capsys.readouterr().err.startswith("DATABASE_URL: another process is working on")


def test_a_move_is_exit_code_0_and_needs_no_settings(environment, capsys, tmp_path):
    old, new = f"sqlite:///{migrated(tmp_path / 'old.db')}", f"sqlite:///{tmp_path}/new.db"
    for name in ("TELEGRAM_BOT_TOKEN", "AIMLAPI_KEY", "DATABASE_URL"):
        environment.delenv(name)
    assert exit_code("move", old, new) == 0
    assert "start the bot with the new address" in capsys.readouterr().out
    assert (tmp_path / "new.db").exists()


def test_a_move_that_cannot_be_is_an_exit_code_and_a_line_without_a_password(environment, capsys, tmp_path):
    assert exit_code("move", f"sqlite:///{tmp_path}/none.db", f"sqlite:///{tmp_path}/new.db") == 1
    assert exit_code("move", "mysql://me:hunter2@host/db", f"sqlite:///{tmp_path}/new.db") == 2
    printed = capsys.readouterr()
    assert printed.err.count("nothing was moved: ") == 2
    assert "hunter2" not in printed.out + printed.err
    assert list(tmp_path.glob("*.db*")) == []


def test_a_check_that_finds_nothing_wrong_is_exit_code_0(outside, capsys):
    assert exit_code("check") == 0
    printed = capsys.readouterr()
    assert "telegram: @verbatim_bot works" in printed.out
    assert "aimlapi: works" in printed.out
    assert TOKEN not in printed.out + printed.err
    assert KEY not in printed.out + printed.err


def test_a_check_that_finds_something_wrong_is_exit_code_1(outside, environment, capsys):
    environment.setenv("AIMLAPI_KEY", "another-key-0123456789")
    assert exit_code("check") == 1
    printed = capsys.readouterr()
    assert "aimlapi: AIMLAPI_KEY or AIMLAPI_URL does not work" in printed.out
    assert "another-key" not in printed.out + printed.err


def test_a_check_that_finds_no_files_of_a_local_server_is_exit_code_1(outside, environment, capsys, tmp_path):
    environment.setenv("TELEGRAM_LOCAL_FILES", str(tmp_path / "absent"))
    assert exit_code("check") == 1
    said = capsys.readouterr().out
    assert f"\nfiles: TELEGRAM_LOCAL_FILES, which is {tmp_path}/absent, is no folder that this program" in said


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_run_that_is_told_to_stop_is_exit_code_0(outside, environment, capsys, number):
    environment.setenv("LOG_FORMAT", "json")
    outside.telegram.watch("getUpdates", lambda: os.kill(os.getpid(), number))
    assert exit_code("run") == 0
    printed = capsys.readouterr().err
    assert '"event": "stopped"' in printed
    assert TOKEN not in printed

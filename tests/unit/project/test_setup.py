"""What `make setup` does, told by a Python that only writes down what it is asked for."""

import os
import re
import shutil
from pathlib import Path

import pytest

from tests.patience import ran
from tests.unit.project.checkout import ROOT

# Stands for every Python: makes the folder of an environment with itself in it, and installs nothing.
PYTHON = """#!/bin/sh
echo "$@" >> "{asked}"
[ "$2" = venv ] && rm -rf "$4" && mkdir -p "$4/bin" && cp "$0" "$4/bin/python"
exit 0
"""


@pytest.fixture
def checkout(tmp_path) -> Path:
    shutil.copy(ROOT / "Makefile", tmp_path)
    shutil.copytree(ROOT / "requirements", tmp_path / "requirements")
    (tmp_path / "python").write_text(PYTHON.format(asked=tmp_path / "asked"))
    (tmp_path / "python").chmod(0o755)
    return tmp_path


def made(checkout: Path, target: str) -> tuple[list[str], list[str]]:
    """The lines that people see, and what Python was asked for."""
    asked = checkout / "asked"
    asked.unlink(missing_ok=True)
    command = ["make", f"PYTHON={checkout / 'python'}", target]
    seen = ran(command, cwd=checkout, env={"PATH": os.environ["PATH"]})  # these tests may have been started by make
    assert seen.returncode == 0, seen.stderr
    calls = asked.read_text().splitlines() if asked.exists() else []
    return seen.stdout.splitlines(), [call for call in calls if "sys.version_info" not in call]


def changed(lock: Path) -> None:
    lock.write_text(lock.read_text() + "one-more==1\n")


def test_what_runs_is_set_up_after_a_line_that_says_how_long_it_takes(checkout):
    (line,), (environment, install, check) = made(checkout, "setup")
    assert re.search(r"about \d+ seconds", line)
    assert environment == "-m venv --clear .venv"
    assert install.endswith("install --quiet --no-deps --require-hashes --requirement requirements/run.txt")
    assert install.startswith("-I ")  # PYTHONPATH is neither seen nor checked
    assert check.endswith("check")


@pytest.mark.parametrize("target", ["setup", ".venv/dev.txt", ".venv/deploy/deploy.txt"])
def test_nothing_is_set_up_again_while_the_locks_are_the_same(checkout, target):
    made(checkout, target)
    for lock in (checkout / "requirements").iterdir():
        os.utime(lock)
    lines, asked = made(checkout, target)
    assert asked == []
    assert not any("about" in line for line in lines)


def test_what_developers_need_comes_on_top(checkout):
    made(checkout, "setup")
    (line,), (install, check) = made(checkout, ".venv/dev.txt")
    assert re.search(r"about \d+ seconds", line)
    assert install.endswith("--no-deps --require-hashes --requirement requirements/dev.txt")
    assert check.endswith("check")


def test_what_tries_the_chart_and_caddy_has_an_environment_of_its_own(checkout):
    made(checkout, ".venv/dev.txt")
    (line,), (environment, install, check) = made(checkout, ".venv/deploy/deploy.txt")
    assert re.search(r"about \d+ seconds and \d+ MB", line)
    assert environment == "-m venv --clear .venv/deploy"
    assert install.endswith("--no-deps --require-hashes --requirement requirements/deploy.txt")
    assert check.endswith("check")
    changed(checkout / "requirements/dev.txt")
    _, asked = made(checkout, ".venv/deploy/deploy.txt")
    assert [call for call in asked if "venv" in call] == ["-m venv --clear .venv", "-m venv --clear .venv/deploy"]


def test_a_changed_lock_is_installed_from_scratch(checkout):
    made(checkout, ".venv/dev.txt")
    changed(checkout / "requirements/run.txt")
    _, asked = made(checkout, "setup")
    assert asked[0] == "-m venv --clear .venv"
    made(checkout, ".venv/dev.txt")
    changed(checkout / "requirements/dev.txt")
    _, asked = made(checkout, ".venv/dev.txt")
    assert asked[0] == "-m venv --clear .venv"
    assert [call.rpartition(" ")[2] for call in asked if "install" in call] == [
        "requirements/run.txt",
        "requirements/dev.txt",
    ]


def test_an_interrupted_set_up_is_done_again(checkout):
    made(checkout, "setup")
    (checkout / ".venv/run.txt").unlink()
    _, asked = made(checkout, "setup")
    assert asked[0] == "-m venv --clear .venv"

"""What a start costs is mostly what it imports, so the large libraries that `run` has no use for are kept out of it."""

import os
import sys
from pathlib import Path

import pytest

from tests.unit.project.checkout import ROOT
from tests.unit.project.image import ran

# Runs the program as far as its settings, which are not there, and prints an answer at its end.
RUN = """
import atexit, gc, sys
from bot.__main__ import program
atexit.register(lambda: print({question}))
program(["run"])
"""


def told(folder: Path, question: str) -> list[str]:
    """Print the answer to a question once everything that `run` needs is imported, and return its words."""
    environment = {"PATH": os.defpath, "PYTHONPATH": str(ROOT)}
    asked = ran([sys.executable, "-c", RUN.format(question=question)], cwd=folder, env=environment)
    assert asked.returncode == 2, asked.stderr
    return asked.stdout.split()


@pytest.fixture(scope="module")
def loaded(tmp_path_factory) -> set[str]:
    return set(told(tmp_path_factory.mktemp("empty"), "*sys.modules"))


def test_the_bot_is_loaded(loaded):
    assert {"bot.app", "telegram.ext", "aiohttp", "aiosqlite"} <= loaded


@pytest.mark.parametrize("library", ["aiohttp.web", "pydantic", "pydantic_settings", "rich.console"])
def test_what_a_run_does_not_need_is_not_loaded(loaded, library):
    assert library not in loaded


def test_garbage_is_looked_for_again_but_not_among_what_was_imported(tmp_path):
    enabled, frozen = told(tmp_path, "gc.isenabled(), gc.get_freeze_count()")
    assert enabled == "True"
    assert int(frozen) > 50_000

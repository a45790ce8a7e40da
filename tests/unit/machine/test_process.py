"""How the process ends, and what it may have open; each in a process of its own."""

import resource
import sys

import pytest

from bot.machine.process import MOST_DESCRIPTORS
from tests.patience import ran
from tests.unit.project.checkout import ROOT

LEFT_WITH_A_BUSY_THREAD = """
import asyncio, atexit, time
from bot.machine.process import UnawaitedThreads, leave

async def serve():
    loop = asyncio.get_running_loop()
    loop.set_default_executor(UnawaitedThreads())
    busy = loop.run_in_executor(None, time.sleep, 600)
    await asyncio.to_thread(print, "served")

atexit.register(print, "registered")
asyncio.run(serve())
leave(3)
"""
OPEN_FILES = """
import resource
from bot.machine.process import raise_descriptor_limit
resource.setrlimit(resource.RLIMIT_NOFILE, (64, {hard}))
raise_descriptor_limit()
print(*resource.getrlimit(resource.RLIMIT_NOFILE))
"""

SPARED = """
import gc
from bot.machine.process import spare_what_is_loaded
loaded = [[]]
spare_what_is_loaded()
later = [[]]
print(*(any(each is one for one in gc.get_objects()) for each in (loaded, later)))
"""


def test_what_is_loaded_is_left_out_of_the_search_for_garbage_and_what_comes_later_is_not():
    spared = ran([sys.executable, "-c", SPARED], cwd=ROOT)
    assert (spared.returncode, spared.stdout, spared.stderr) == (0, "False True\n", "")


def test_the_end_waits_for_no_thread_and_does_what_was_registered_for_it():
    ended = ran([sys.executable, "-c", LEFT_WITH_A_BUSY_THREAD], cwd=ROOT)
    assert (ended.returncode, ended.stdout, ended.stderr) == (3, "served\nregistered\n", "")


@pytest.mark.parametrize("hard", [64, 500, resource.getrlimit(resource.RLIMIT_NOFILE)[1]])
def test_as_many_files_may_be_open_as_the_system_allows(hard):
    ended = ran([sys.executable, "-c", OPEN_FILES.format(hard=hard)], cwd=ROOT)
    wanted = MOST_DESCRIPTORS if hard == resource.RLIM_INFINITY else min(hard, MOST_DESCRIPTORS)
    assert ended.stdout == f"{wanted} {hard}\n"


def test_an_end_that_nobody_listens_to_any_more_is_an_end_all_the_same():
    script = "import os, sys; from bot.machine.process import leave; print('lost'); os.close(1); leave(4)"
    assert ran([sys.executable, "-c", script], cwd=ROOT).returncode == 4

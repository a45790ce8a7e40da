from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from bot.machine.scratch import Scratch
from bot.machine.subprocesses import bundled_ffmpeg
from bot.media.ffmpeg import Bench, Ffmpeg
from bot.media.threads import Threads


async def _bundled() -> str:
    return bundled_ffmpeg()


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    """The ffmpeg that comes along, a place for files, a minute, and threads."""
    with Scratch(tmp_path) as scratch, closing(Threads()) as threads:
        yield Bench(Ffmpeg(_bundled), scratch, timeout=60, threads=threads)


@pytest.fixture
def idle_bench(bench: Bench) -> Bench:
    """One on which nothing can be done that takes a process."""
    return replace(bench, timeout=0)

import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.process import Command, Starter, executed
from tests.zygote import Zygote

Start = Callable[..., Awaitable[Command]]


def counted() -> dict[str, str]:
    """The variables by which a process and its children are counted for coverage."""
    return {name: value for name, value in os.environ.items() if name.startswith("COVERAGE_")}


@pytest.fixture
def temporary(tmp_path: Path) -> Path:
    """Where everything that is started keeps its passing files."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    return folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where everything is started."""
    folder = tmp_path / "current"
    folder.mkdir()
    return folder


@pytest.fixture(scope="session")
def zygote() -> Iterator[Zygote]:
    with Zygote("bot.playground.demo.command", "coverage") as zygote:
        yield zygote


@asynccontextmanager
async def starting(starter: Starter, folder: Path, temporary: Path) -> AsyncIterator[Start]:
    started: list[Command] = []

    async def start(command: str, *arguments: str, **environment: str) -> Command:
        whole = counted() | {"TMPDIR": str(temporary)} | environment
        started.append(await Command.start([command, *arguments], whole, folder, starter))
        return started[-1]

    yield start
    for one in started:
        await one.end()


@pytest.fixture
async def start(zygote: Zygote, folder: Path, temporary: Path) -> AsyncIterator[Start]:
    """`await start("demo", "--port", "0", NAME="of the environment")`; in the end no process is left."""
    async with starting(zygote.start, folder, temporary) as start:
        yield start


@pytest.fixture
async def execute(folder: Path, temporary: Path) -> AsyncIterator[Start]:
    """Like `start`, as somebody at a terminal does it."""
    async with starting(executed, folder, temporary) as start:
        yield start


@pytest.fixture
async def demo(start: Start) -> Command:
    """A demo that is up, at any port, and opens nothing."""
    demo = await start("demo", "--no-browser", "--port", "0")
    await demo.is_up()
    return demo

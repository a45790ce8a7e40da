from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from tests.demo.process import Command

Start = Callable[..., Awaitable[Command]]


@pytest.fixture
def temporary(tmp_path):
    """Where everything that is started keeps its passing files."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    return folder


@pytest.fixture
def folder(tmp_path):
    """Where everything is started."""
    folder = tmp_path / "current"
    folder.mkdir()
    return folder


@pytest.fixture
async def start(folder, temporary) -> AsyncIterator[Start]:
    """`await start("demo", "--port", "0", NAME="of the environment")`; in the end no process is left."""
    started: list[Command] = []

    async def start(command: str, *arguments: str, **environment: str) -> Command:
        whole = {"TMPDIR": str(temporary)} | environment
        started.append(await Command.start(command, whole, folder, *arguments))
        return started[-1]

    yield start
    for one in started:
        await one.end()


@pytest.fixture
async def demo(start) -> Command:
    """A demo that is up, at any port, and opens nothing."""
    demo = await start("demo", "--no-browser", "--port", "0")
    await demo.is_up()
    return demo

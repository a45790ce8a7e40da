import os
import random
import shutil
import socket
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
import structlog
from hypothesis import HealthCheck, settings
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from tests import postgres
from tests.browser.chromium import NO_CHROMIUM, find_chromium
from tests.cases import table
from tests.interpreter import INTERFACE
from tests.unit.project.deploying import NO_TOOLS, find_tools
from tests.world import World

# Tests speak to this machine only, whatever proxy its owner uses to others.
for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
    os.environ.pop(name, None)
    os.environ.pop(name.upper(), None)

# Most of the time of a small test would go to waiting for the disk, which every commit of a database does.
MEMORY, ROOM = Path("/dev/shm"), 4 * 2**30
if "TMPDIR" not in os.environ and MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM:
    tempfile.tempdir = str(MEMORY)

# How long an example takes says more about the machine than about the code.
settings.register_profile("on any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("on any machine")

# Where rich is installed, structlog paints every traceback with the values of all variables: seconds for each.
plain = structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)
structlog.configure(processors=[*structlog.get_config()["processors"][:-1], plain])


# Here almost every test starts another program, which takes its time; `make test-fast` does without them.
PROCESSES = (
    "browser",
    "contract/test_fake_telegram_clients.py",  # starts none, but aiogram takes as long as a program to load
    "contract/test_store_sqlite.py",
    "crash",
    "demo",
    "flow/test_trouble_with_the_recording.py",
    "flow/test_what_can_be_heard.py",
    "flow/test_what_is_listened_to.py",
    "hostile",
    "unit/machine/test_process.py",
    "unit/machine/test_subprocesses.py",
    "unit/media",
    "unit/playground",
    "unit/project",
)
TESTS = Path(__file__).parent
GIVEN_TO_NOBODY = range(20_000, 32_000)  # Linux gives ports from 32768 on to those that ask for any, others higher ones


def stands_in(item: pytest.Item, places: tuple[str, ...]) -> bool:
    place = item.path.relative_to(TESTS)
    return any(place.is_relative_to(each) for each in places)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what starts processes. In another language every story is told once, with the first of its parameters."""
    if INTERFACE is not None:
        stories = {item.nodeid.partition("[")[0]: item for item in reversed(items)}
        items[:] = [item for item in reversed(stories.values()) if not item.get_closest_marker("only_english")]
    for item in items:
        if stands_in(item, PROCESSES):
            item.add_marker("process")


class ByFile(LoadScopeScheduling):
    """Gives every file to one worker, for what its tests share, and all files of the browser to one."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return "browser" if file.startswith("tests/browser/") else file


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> ByFile:
    return ByFile(config, log)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the table of cases. And say aloud what nobody looked at: skipped tests are easily overlooked."""
    table.show(terminalreporter)
    if not postgres.is_to_be_had():
        terminalreporter.write_sep("!", postgres.NO_POSTGRES, red=True, bold=True)
    for found, missing in ((find_chromium(), NO_CHROMIUM), (find_tools(), NO_TOOLS)):
        if found is None:
            terminalreporter.write_sep("!", missing, red=True, bold=True)


@pytest.fixture(scope="session")
def postgres_database(worker_id: str, testrun_uid: str) -> Iterator[tuple[str, postgres.Broom]]:
    """The address of a PostgreSQL database of this worker, and what empties it; see `tests.postgres`."""
    if not postgres.is_to_be_had():
        (pytest.fail if postgres.is_required() else pytest.skip)(postgres.NO_POSTGRES)
    server = postgres.server(testrun_uid)
    name = f"verbatim_{worker_id}_{os.getpid()}"
    url = postgres.database(server, name)
    broom = postgres.Broom(url)
    yield url, broom
    broom.put_away()
    postgres.drop(server, name)


@pytest.fixture
def postgres_url(postgres_database: tuple[str, postgres.Broom]) -> str:
    """The address of an empty PostgreSQL database."""
    url, broom = postgres_database
    broom.sweep()
    return url


@pytest.fixture(scope="session")
def unused_tcp_port_factory() -> Callable[[], int]:
    """Find ports for programs that take seconds until they listen, which a test beside this one could be given then.

    So they are none of those that the system gives to whoever asks for any.
    """
    chance = random.Random()  # other runs on this machine look for some, too

    def find() -> int:
        while True:
            port = chance.choice(GIVEN_TO_NOBODY)
            with suppress(OSError), socket.create_server(("127.0.0.1", port)):
                return port

    return find


@pytest.fixture
def refusing_port() -> Iterator[int]:
    """A port that refuses connections. It stays taken, so what is sent there reaches no server of another test."""
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        yield nobody.getsockname()[1]


@pytest.fixture
async def stopped_world(tmp_path: Path) -> AsyncIterator[World]:
    """A world whose fakes are up and whose bot is not running yet."""
    world = World(tmp_path)
    async with world.telegram, world.speech:
        yield world
        assert world.telegram.violations == []
        assert world.speech.violations == []


@pytest.fixture
async def world(stopped_world: World) -> AsyncIterator[World]:
    """A world whose bot is running; nobody has written yet."""
    async with stopped_world.running():
        yield stopped_world

"""The frame of `run`, `check` and `repair`: it reads settings, sets up the log, and tells an operator what is wrong."""

import asyncio
import random
import signal
import sys

from bot import log
from bot.app import build
from bot.commands.check import check
from bot.commands.repair import repair
from bot.commands.run import run
from bot.config import Settings, SettingsError, load_settings
from bot.machine.clock import SteadyClock
from bot.machine.process import UnawaitedThreads, give_large_blocks_back, raise_descriptor_limit
from storage.errors import DatabaseDamagedError, StorageError

WRONG_SETTINGS = 2
FAILED = 1


def execute(command: str) -> int:
    """Run a command and return its exit code: 0 for success, 1 for a failure, 2 for wrong settings, told in lines."""
    try:
        settings = load_settings()
        log.configure(settings.log_level, settings.log_format, settings.secrets)
        raise_descriptor_limit()
        give_large_blocks_back()
        return _carry_out(command, settings)
    except SettingsError as error:
        _complain(*error.lines)
        return WRONG_SETTINGS
    except StorageError as error:
        _complain(f"DATABASE_URL: {error}")
        return FAILED if isinstance(error, DatabaseDamagedError) else WRONG_SETTINGS
    except Exception:  # noqa: BLE001 - the interpreter would print it with the secrets that may be in it
        log.get_logger(__name__).error("crashed", exc_info=True)
        return FAILED


def _carry_out(command: str, settings: Settings) -> int:
    if command == "repair":
        repair(settings, _say)
        return 0
    return asyncio.run(_check(settings) if command == "check" else _run(settings))


async def _run(settings: Settings) -> int:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.set_default_executor(UnawaitedThreads())
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    clock = SteadyClock()
    async with build(settings, clock, random.random, moved=clock.moved) as app:
        await run(app, stop)
    log.get_logger(__name__).info("stopped")
    return 0 if stop.is_set() else FAILED


async def _check(settings: Settings) -> int:
    asyncio.get_running_loop().set_default_executor(UnawaitedThreads())  # one may look up a name that nobody knows
    return 0 if await check(settings, SteadyClock(), _say) else FAILED


def _say(line: str) -> None:
    """Print a line. Other servers have a say in what stands in it, so nothing in it moves the cursor."""
    print(log.printable(line))


def _complain(*lines: str) -> None:
    print(*map(log.printable, lines), sep="\n", file=sys.stderr)

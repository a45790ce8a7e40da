"""The command line: run, check; the only place that exits."""

import argparse
import asyncio
import random
import signal
import sys
import time
from collections.abc import Callable, Sequence

from bot import log
from bot.app import build
from bot.check import check
from bot.config import Settings, SettingsError, load_settings
from bot.running import run
from storage.store import StorageError

WRONG_SETTINGS = 2
FAILED = 1


def main(arguments: Sequence[str] | None = None) -> None:
    """Exit codes: 0 all well, 1 failed, 2 settings missing or wrong (a line for each)."""
    sys.exit(_obey(_parser().parse_args(arguments).command))


def _obey(command: str) -> int:
    try:
        settings = load_settings()
        secrets = (settings.telegram_bot_token.get_secret_value(), settings.aimlapi_key.get_secret_value())
        log.configure(settings.log_level, settings.log_format, secrets)
        return asyncio.run(_check(settings) if command == "check" else _run(settings))
    except SettingsError as error:
        print(*error.lines, sep="\n", file=sys.stderr)
        return WRONG_SETTINGS
    except StorageError as error:
        print(f"DATABASE_URL: {error}", file=sys.stderr)
        return WRONG_SETTINGS
    except Exception:  # noqa: BLE001 - the interpreter would print it with whatever secret is in it
        log.get_logger(__name__).error("crashed", exc_info=True)
        return FAILED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="verbatim", description="A Telegram bot that turns speech into text.")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("run", help="run the bot until it is told to stop")
    commands.add_parser("check", help="try the token, the key and the database, and say what is wrong")
    return parser


async def _run(settings: Settings) -> int:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with build(settings, steady_clock(), random.random) as app:
        await run(app, stop)
    return 0 if stop.is_set() else FAILED


def steady_clock() -> Callable[[], float]:
    """The wall clock as it was at the start, going on evenly: whoever sets it back or forth changes no wait."""
    offset = time.time() - time.monotonic()
    return lambda: offset + time.monotonic()


async def _check(settings: Settings) -> int:
    return 0 if await check(settings, time.time, print) else FAILED


if __name__ == "__main__":
    main()

"""The commands `demo` and `playground` of the command line."""

import argparse
import asyncio
import os
import signal
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace

from bot.playground.demo.demo import run_demo
from bot.playground.demo.options import DemoOptions, PlaygroundOptions, new_key, new_token
from bot.playground.demo.playground import run_playground
from bot.playground.demo.ports import PortTakenError
from bot.playground.demo.selftest import selftest
from bot.playground.engines import NoEngineError

FAILED = 1
ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def play(given: argparse.Namespace) -> int:
    """Run a command and return its exit code: 0 for success, 1 for a failure, which is printed."""
    try:
        return asyncio.run(_play(given, os.environ))
    except (PortTakenError, NoEngineError) as error:
        print(error, file=sys.stderr)
        return FAILED


async def _play(given: argparse.Namespace, environment: Mapping[str, str]) -> int:
    stop = asyncio.Event()
    for number in ENDINGS:
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    if given.command == "playground":
        await run_playground(_playground_options(given, environment), stop, _say)
        return 0
    options = _demo_options(given, environment)
    if given.selftest:
        return 0 if await _selftest_unless(stop, options) else FAILED
    await run_demo(options, stop, _say)
    return 0


async def _selftest_unless(stop: asyncio.Event, options: DemoOptions) -> bool:
    """Run the self-test, always on the fakes, as it must not cost anything. It has failed if `stop` is set first."""
    testing = asyncio.create_task(selftest(replace(options, port=0, real_key=""), _say))
    stopping = asyncio.create_task(stop.wait())
    done, _ = await asyncio.wait({testing, stopping}, return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    testing.cancel()
    await asyncio.gather(testing, stopping, return_exceptions=True)
    return testing in done and testing.result()


def _demo_options(given: argparse.Namespace, environment: Mapping[str, str]) -> DemoOptions:
    return DemoOptions(
        port=given.port,
        browser=not given.no_browser,
        whisper=environment.get("PLAYGROUND_WHISPER", ""),
        real_key=environment.get("AIMLAPI_KEY", ""),
        real_url=environment.get("AIMLAPI_URL", ""),
        environment=environment,
    )


def _playground_options(given: argparse.Namespace, environment: Mapping[str, str]) -> PlaygroundOptions:
    return PlaygroundOptions(
        port=given.port,
        telegram_port=given.telegram_port,
        speech_port=given.speech_port,
        token=given.token or new_token(),
        key=given.key or new_key(),
        whisper=environment.get("PLAYGROUND_WHISPER", ""),
    )


def _say(sentence: str) -> None:
    """Print a sentence; a closed pipe is not an error."""
    with suppress(OSError):
        print(sentence, flush=True)

"""The command line: run, check, repair, move, demo, playground; the only place that exits."""

import argparse
import gc
import os
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import ModuleType
from typing import NoReturn

from bot import __version__

LARGEST_PORT = 65535  # of TCP
SERVING = frozenset({"run", "demo", "playground"})  # until they are told to stop


def main(arguments: Sequence[str] | None = None, *, whole: bool = False) -> NoReturn:
    """Run a command and exit: 0 for success, 1 for a failure, 2 for wrong settings or arguments, told in lines.

    `whole`: the process is for nothing else, and may be ended at once by SIGTERM.
    """
    # Until a command handles Ctrl-C itself there is nothing to clean up, so no traceback need be printed.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    given = _parser().parse_args(arguments)
    if whole and given.command in SERVING and not (given.command == "demo" and given.selftest):
        # The first process of a container is not ended by a signal that it does not handle. Until a command handles
        # this one by itself, nothing is begun: most of that second is the loading of modules.
        signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    sys.exit(_run_command(given))


def program(arguments: Sequence[str] | None = None) -> NoReturn:
    """Be the whole program: `main`, and then the end of the process, which waits for no thread."""
    _spare_what_is_not_used()
    try:
        main(arguments, whole=True)
    except SystemExit as end:
        from bot.machine.process import leave  # noqa: PLC0415 - late, as all below

        leave(end.code if isinstance(end.code, int) else 0)


def _spare_what_is_not_used() -> None:
    """Keep libraries from loading others that nothing here uses, which would take a fifth of a start."""
    # Where developers have it, structlog and httpx load it. As None it is not found, as it is nowhere else.
    sys.modules["rich"] = None  # type: ignore[assignment]
    # python-telegram-bot makes its requests by it, where ours do not take their place. Its signatures name these types.
    httpx = ModuleType("httpx")
    vars(httpx).update(AsyncClient=object, Proxy=object, URL=object)
    sys.modules["httpx"] = httpx


def _run_command(given: argparse.Namespace) -> int:
    # Imported late: without the playground the bot needs less memory and starts sooner, and the other way round.
    if given.command in {"demo", "playground"}:
        with _importing():
            from bot.playground.demo.command import play  # noqa: PLC0415
        return play(given)
    if given.command == "move":
        from bot.commands.move import move  # noqa: PLC0415 - it needs no settings

        return move(given.old, given.new)
    with _importing():
        from bot.commands.operator import execute  # noqa: PLC0415
    return execute(given.command)


@contextmanager
def _importing() -> Iterator[None]:
    """Look for no garbage meanwhile, as imports make hardly any, and later only among what comes after them."""
    gc.disable()
    yield
    from bot.machine.process import spare_what_is_loaded  # noqa: PLC0415 - as above

    spare_what_is_loaded()
    gc.enable()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="verbatim", description="A Telegram bot that turns speech into text.")
    parser.add_argument("--version", action="version", version=f"verbatim {__version__}")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("run", help="run the bot until it is told to stop")
    commands.add_parser("check", help="try the model, the database, the token and the key, and say what is wrong")
    commands.add_parser("repair", help="save what can be read of a damaged database, and keep the damaged one")
    move = commands.add_parser("move", help="copy the database of a stopped bot into another one")
    move.add_argument("old", help="its address, such as sqlite:///data/verbatim.db")
    move.add_argument("new", help="the address of an empty one, such as postgresql://user:password@host:5432/name")
    demo = commands.add_parser("demo", help="try the bot in a browser, with no account at all")
    demo.add_argument("--port", type=_port, help="of the page; 0 is any")
    demo.add_argument("--no-browser", action="store_true", help="print the address and open nothing")
    demo.add_argument("--selftest", action="store_true", help="one voice note from end to end, and no browser")
    playground = commands.add_parser("playground", help="run a Bot API and an AI/ML API to try any bot with")
    playground.add_argument("--port", type=_port, help="of the page and of /sim; 0 is any")
    playground.add_argument("--telegram-port", type=_port, help="of the Bot API")
    playground.add_argument("--speech-port", type=_port, help="of the AI/ML API")
    playground.add_argument("--token", type=_token, help="what the bot calls itself by")
    playground.add_argument("--key", help="of the AI/ML API")
    return parser


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) <= LARGEST_PORT):
        raise argparse.ArgumentTypeError(f"{text!r} is no port")
    return int(text)


def _token(text: str) -> str:
    number, colon, secret = text.partition(":")
    if not (number.isascii() and number.isdigit() and colon and secret):
        raise argparse.ArgumentTypeError("a token is a number, a colon and more")
    return text


if __name__ == "__main__":
    program()

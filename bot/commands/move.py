"""The command `verbatim move`: it copies the database of a stopped bot into another one, of whatever engine."""

import asyncio
import sys
from typing import Final

from bot import kinds
from bot.log import printable
from storage.errors import StorageError
from storage.moving import move as move_database

WRONG_ADDRESS: Final = 2
FAILED: Final = 1


def move(old: str, new: str) -> int:
    """Copy everything, say what, and return the exit code: 0 for success; else nothing was changed."""
    try:
        addresses = kinds.database(old), kinds.database(new)
    except ValueError as error:
        return _complain(f"an address {error}", WRONG_ADDRESS)
    try:
        moved = asyncio.run(move_database(*addresses, _say))
    except StorageError as error:
        return _complain(str(error), FAILED)
    except Exception as error:  # noqa: BLE001 - the interpreter would print it with the texts that may be in it
        return _complain(f"this is a bug of this program ({type(error).__name__})", FAILED)
    if moved.mended:
        _say(f"{moved.mended} texts had characters that no PostgreSQL keeps: \N{REPLACEMENT CHARACTER} stands for each")
    _say(f"moved: {moved.rows} rows, all of them read back; start the bot with the new address as its DATABASE_URL")
    return 0


def _say(line: str) -> None:
    print(printable(line), flush=True)


def _complain(line: str, code: int) -> int:
    print(printable(f"nothing was moved: {line}"), file=sys.stderr)
    return code

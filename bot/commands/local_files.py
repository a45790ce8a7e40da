"""The part of `verbatim check` that tells whether the files of a local Bot API server can be read."""

import os
import re
from collections.abc import Awaitable, Callable, Iterator
from itertools import islice
from pathlib import Path

from bot.config import Settings
from bot.errors import VerbatimError, told
from bot.telegram.downloading.local_files import NotLocalError, open_below, why_refused

MOST_LOOKED_AT = 2000  # names below the folder: others are much like these
Say = Callable[[str], None]
Ask = Callable[[], Awaitable[str | None]]  # where the server says that some file is; None where that is not known
_OF_THE_SERVER = frozenset({"temp"})
_KEPT = re.compile(r"\.(binlog|sqlite|log)")
MOUNT = "mount the folder there that the Bot API server has as its --dir, and see docs/large-files.md"


async def check_local_files(settings: Settings, ask: Ask, say: Say) -> bool:
    """Tell whether the folder is there, may be read, and is that of the server; True unless something is wrong."""
    folder = settings.telegram_local_files
    if folder is None:
        if not settings.uses_public_server:
            why = "so files come by HTTP, and a server that runs with --local hands out none that way"
            say(f"files: TELEGRAM_LOCAL_FILES is empty, {why}")
        return True
    if settings.uses_public_server:
        why = "but TELEGRAM_API_URL is Telegram's own server, whose files are nowhere on this machine"
        say(f"files: TELEGRAM_LOCAL_FILES is set, {why}")
        return True
    named = f"TELEGRAM_LOCAL_FILES, which is {folder},"
    wrong = _what_is_wrong(folder) or await _what_is_wrong_with_a_file(folder, ask)
    say(f"files: {named} {wrong or _works(folder)}")
    return wrong is None


def _what_is_wrong(folder: Path) -> str | None:
    """Look at the folder, and at what is in it."""
    if not folder.is_dir():
        return f"is no folder that this program sees; {MOUNT}"
    for path in (None, *islice(_below(folder), MOST_LOOKED_AT)):
        if why := why_refused(folder, path):
            return f"cannot be read: {why}"
    return None


def _below(folder: Path) -> Iterator[str]:
    """Yield what is there that this program may list, but for what the server keeps for itself."""
    for place, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if name not in _OF_THE_SERVER]
        yield from (str(Path(place, name)) for name in (*folders, *files) if not _KEPT.search(name))


async def _what_is_wrong_with_a_file(folder: Path, ask: Ask) -> str | None:
    """Open a file that the server names, if it names one: only that tells whether it is the server's folder."""
    try:
        path = await ask()
    except VerbatimError:
        return None
    if path is None or not path.startswith("/"):
        return None
    try:
        open_below(folder, path).close()
    except NotLocalError:
        return f"is not the folder of the Bot API server, which names a file elsewhere; {MOUNT}"
    except OSError as error:
        return f"has a file that cannot be read: {why_refused(folder, path) or told(error)}"
    return None


def _works(folder: Path) -> str:
    if any(folder.iterdir()):
        return "can be read"
    return f"can be read and is empty; unless the server is new, {MOUNT}"

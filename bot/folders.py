"""Folders for passing files: each process has one, named after its database, so that those of the dead are found."""

import hashlib
import os
import shutil
import tempfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.config import SettingsError
from bot.errors import told
from bot.log import get_logger
from bot.machine.ledger import Ledger
from bot.machine.workplace import Workplace
from bot.parts import temporary_folder
from storage.address import is_postgres, path_of, shown
from storage.replicas import process_of

log = get_logger(__name__)


@contextmanager
def workplace_for(database: str, process: str) -> Iterator[Workplace]:
    """Make a folder for files that live as long as a step.

    What a process that died has left behind is removed: at once where this one works alone on its database.
    """
    parent = temporary_folder()
    if not process:
        remove_folders(database)
    prefix = f"{_prefix(database)}{process}{process and '.'}"
    try:
        made = tempfile.TemporaryDirectory(prefix=prefix, dir=parent, ignore_cleanup_errors=True)
    except OSError as error:
        raise SettingsError([f"TMPDIR: this machine makes no folder in {parent}: {told(error)}"]) from None
    with made as folder:
        ledger = Ledger(parent / f"verbatim-room-{os.geteuid()}")
        workplace = Workplace(Path(folder), ledger=ledger, not_shared=_tell_not_shared)
        try:
            yield workplace
        finally:
            workplace.close()


def _tell_not_shared(error: OSError) -> None:
    log.warning("room.not_shared", error=told(error))


def remove_folders(database: str, processes: Collection[str] = ()) -> None:
    """Remove the folders of a database's processes on this machine, but for those that live."""
    prefix = _prefix(database)
    for folder in temporary_folder().glob(f"{prefix}*"):
        if process_of(folder.name.removeprefix(prefix)) not in processes:
            shutil.rmtree(folder, ignore_errors=True)


def _prefix(database: str) -> str:
    """Return how the names of a database's folders begin, in whatever folder and by whomever a process was started."""
    named = shown(database) if is_postgres(database) else str(path_of(database).absolute())
    return f"verbatim-{hashlib.sha256(named.encode()).hexdigest()[:16]}-"

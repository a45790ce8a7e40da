"""The command `verbatim repair`: it saves what can be read of a damaged database, and says what that was."""

import time
from collections.abc import Callable

from bot.config import Settings
from storage.address import is_postgres
from storage.errors import StorageError
from storage.sqlite.repair import repair as repair_database

NOT_OURS = (
    "a PostgreSQL database is repaired by PostgreSQL's own means: restore a backup of it,"
    " see https://www.postgresql.org/docs/current/backup.html"
)


def repair(settings: Settings, say: Callable[[str], None]) -> None:
    """Repair the operator's database; the store's errors where that cannot be done."""
    if is_postgres(settings.database_url):
        raise StorageError(NOT_OURS)
    repair_database(settings.database_path, time.time(), say)

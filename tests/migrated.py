"""A database as a first start leaves it, for tests that begin with one and are not about the first start."""

import sqlite3
from contextlib import closing
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from storage.sqlite.connection import PRAGMAS
from storage.sqlite.migrate import migrate


def migrated(path: Path) -> Path:
    """Make an empty database there, by a copy: to migrate one takes ten times as long. Return its path."""
    path.write_bytes(_empty())
    return path


@cache
def _empty() -> bytes:
    """Return the bytes of an empty database of today's schema."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "empty.db"
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            for pragma in PRAGMAS:
                connection.execute(pragma)
            migrate(connection)
        return path.read_bytes()

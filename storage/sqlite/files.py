"""The files that stand beside a database, by what their names end in."""

from pathlib import Path

LOCK = ".lock"  # ours, against a second process
JOURNAL, INDEX = "-wal", "-shm"  # SQLite's, while the database is open
ROLLBACK = "-journal"  # SQLite's, of a database that has no other journal yet


def beside(database: Path, ending: str) -> Path:
    """Return the path beside a database whose name ends so."""
    return database.with_name(database.name + ending)

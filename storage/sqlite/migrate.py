"""Schema by numbered files: applied once each, all or nothing, and never on a database newer than this code."""

import re
import sqlite3
from importlib import resources

from storage.errors import SchemaTooNewError, damaged
from storage.sqlite.connection import write

NEWEST_EVER = 9999  # by the names of the files
NAME = re.compile(r"(\d{4})_\w+\.sql")


def migrations() -> list[tuple[int, str]]:
    """Return number and text of every migration, in order."""
    files = resources.files("storage.sqlite").joinpath("migrations").iterdir()
    return sorted((int(match[1]), file.read_text("utf-8")) for file in files if (match := NAME.fullmatch(file.name)))


def statements(script: str) -> list[str]:
    """Cut the script into statements: executescript would commit the transaction."""
    found, piece = [], ""
    for line in script.splitlines(keepends=True):
        piece += line
        if sqlite3.complete_statement(piece):
            found.append(piece)
            piece = ""
    return found


def migrate(connection: sqlite3.Connection) -> int:
    """Bring the schema up to this code's version in one transaction, and return the version.

    DatabaseDamagedError where the schema is not the one that the version says.
    """
    try:
        return write(_apply_missing)(connection)[0]
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode != sqlite3.SQLITE_ERROR:
            raise
        raise damaged(f"its schema is not that of its version: {error}") from error


def require_known(version: int) -> int:
    """Raise SchemaTooNewError for a version that this code does not know; return the newest one.

    DatabaseDamagedError for one that no program can have written.
    """
    newest = migrations()[-1][0]
    if not can_be(version):
        raise damaged(f"its schema has version {version}")
    if version > newest:
        raise SchemaTooNewError(
            f"the database has schema version {version}, this program knows {newest}: use a newer program"
        )
    return newest


def can_be(version: int) -> bool:
    """Tell whether there can be such a version: 0 for an empty database, and then the numbers of the migrations."""
    return 0 <= version <= NEWEST_EVER


def _apply_missing(connection: sqlite3.Connection) -> int:
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    newest = require_known(version)
    if version < newest:
        apply(connection, version, newest)
    return newest


def apply(connection: sqlite3.Connection, version: int, newest: int) -> None:
    """Apply the migrations after a version up to another one, inside a transaction that is open."""
    for number, script in migrations():
        if version < number <= newest:
            for statement in statements(script):
                connection.execute(statement)
    connection.execute(f"PRAGMA user_version = {newest}")

"""A look at a database that another process works on. Nothing is written, and no journal is brought to the file."""

import sqlite3
from contextlib import closing
from pathlib import Path

from storage.host import Circle
from storage.sqlite.connection import FAILURES


def circle_beside(path: Path) -> Circle | None:
    """Return the owner and the word of the owner's link, but no guests; None where they cannot be read."""
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as reader:
            owner, word = reader.execute("SELECT owner_id, owner_word FROM pulse").fetchone()
    except (*FAILURES, TypeError):
        return None
    return Circle(owner, frozenset(), word) if word else None

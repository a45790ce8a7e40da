"""Write a line for every transaction of a process, "read" or "write", into the file that TRANSACTIONS names.

Python imports a module of this name by itself when it starts.
"""

import os
import re
import sqlite3
from pathlib import Path
from typing import Any

LOG = Path(os.environ["TRANSACTIONS"]).open("a", encoding="utf-8", buffering=1)  # noqa: SIM115 - as long as the process
ENDS = re.compile(r"COMMIT|ROLLBACK(?! TO)")
CHANGES = re.compile(r"INSERT|UPDATE|DELETE|REPLACE|CREATE")
connect = sqlite3.connect


def counted(*arguments: Any, **more: Any) -> sqlite3.Connection:
    connection: sqlite3.Connection = connect(*arguments, **more)
    before: int | None = None  # the changes of the connection before the open transaction

    def trace(statement: str) -> None:
        nonlocal before
        if statement.startswith("BEGIN"):
            before = connection.total_changes
        elif before is not None and ENDS.match(statement):
            LOG.write("write\n" if connection.total_changes > before else "read\n")
            before = None
        elif before is None and not statement.startswith(("PRAGMA", "--")):
            LOG.write("write\n" if CHANGES.match(statement) else "read\n")

    connection.set_trace_callback(trace)
    return connection


sqlite3.connect = counted  # type: ignore[assignment]  # it takes whatever that takes

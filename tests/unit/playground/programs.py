"""Programs for the tests to run in the place of others."""

import os
from pathlib import Path


def script(path: Path, body: str) -> tuple[str, ...]:
    """The command that runs `body` in a shell."""
    path.write_text(body)
    return ("/bin/sh", str(path))


def lifeline(folder: Path) -> Path:
    """A pipe that reads as ended once every process that holds it is dead."""
    path = folder / "lifeline"
    os.mkfifo(path)
    return path

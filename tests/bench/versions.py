"""The versions of the program that are measured: this checkout, and an old one beside it."""

import compileall
import io
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

CHECKOUT = Path(__file__).parents[2]
PACKAGES = ("bot", "handlers", "storage")


@dataclass(frozen=True, slots=True)
class Version:
    name: str
    folder: Path

    def compile(self) -> None:
        """Write the bytecode, so that no start has to."""
        for package in PACKAGES:
            compileall.compile_dir(self.folder / package, quiet=1)


NEW = Version("new", CHECKOUT)


@contextmanager
def old_version(ref: str) -> Iterator[Version]:
    """Copy the files of a commit into a folder that is there as long as the block runs."""
    archive = subprocess.run(("git", "archive", ref), cwd=CHECKOUT, stdout=subprocess.PIPE, check=True)
    with tempfile.TemporaryDirectory() as folder:
        with tarfile.open(fileobj=io.BytesIO(archive.stdout)) as files:
            files.extractall(folder, filter="data")
        yield Version("old", Path(folder))

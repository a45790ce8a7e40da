"""A database that has grown: a million jobs that have ended, and a hundred thousand that are still to be done."""

import asyncio
import atexit
import json
import os
import random
import shutil
import sys
import tempfile
from functools import cache
from pathlib import Path

from tests.bench.meter import Row
from tests.bench.starting import start_in
from tests.bench.versions import Version
from tests.rows import fill_database

SCHEMA = 9  # the newest of the old versions; each version migrates a copy by itself
KIND = "ready"  # to be shown later: nothing is to be done while it is measured
PROBE = Path(__file__).with_name("probed.py")


async def grown(version: Version, _chance: random.Random) -> Row:
    """Start a version twice on such a database, the first time with its migrations, and ask its store what it costs."""
    with tempfile.TemporaryDirectory() as many, tempfile.TemporaryDirectory() as none:
        database = Path(shutil.copy(_filled(), Path(many) / "verbatim.db"))
        migrating, _ = await start_in(Path(many), version), await start_in(Path(none), version)
        start, empty = await start_in(Path(many), version), await start_in(Path(none), version)
        return {
            "first_start_s": migrating["start_s"],
            "start_more_s": start["start_s"] - empty["start_s"],
            "start_more_cpu_s": start["start_cpu_s"] - empty["start_cpu_s"],
            **await _probed(version, database),
        }


@cache
def _filled() -> Path:
    """Fill a database, once for all runs; it goes with the process."""
    folder = tempfile.mkdtemp()
    atexit.register(shutil.rmtree, folder)
    path = Path(folder) / "filled.db"
    fill_database(path, KIND, schema=SCHEMA)
    return path


async def _probed(version: Version, database: Path) -> Row:
    environment = os.environ | {"PYTHONPATH": str(version.folder)}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, str(PROBE), str(database)), env=environment, stdout=asyncio.subprocess.PIPE
    )
    said, _ = await process.communicate()
    found: Row = json.loads(said)
    return found

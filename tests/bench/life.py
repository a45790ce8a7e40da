"""One life of a version of the program as a process of its own, and what it uses."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import psutil

from tests.bench.versions import Version
from tests.patience import family

ENVIRONMENT = ("PATH", "HOME", "LANG")
LOG = "bot.log"


class Life:
    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = psutil.Process(process.pid)

    def end(self, how: signal.Signals) -> None:
        """Send it a signal."""
        self._process.send_signal(how)

    def cpu_seconds(self) -> float:
        """What the process and its children have used so far, with those that have ended."""
        used = 0.0
        for one in family(self._process):
            with suppress(psutil.NoSuchProcess):  # it ends just now, and is counted with its parent
                used += sum(one.cpu_times()[:4])
        return used

    def rss_mb(self) -> float:
        """The memory that the process and its children have now."""
        used = 0
        for one in family(self._process):
            with suppress(psutil.NoSuchProcess):
                used += one.memory_info().rss
        return used / 2**20

    def peak_rss_mb(self) -> float:
        """The most memory that the process alone ever had, as Linux keeps it."""
        status = Path(f"/proc/{self._process.pid}/status").read_text("utf-8")
        line = next(line for line in status.splitlines() if line.startswith("VmHWM:"))
        return int(line.split()[1]) / 1024


@asynccontextmanager
async def living(version: Version, folder: Path, settings: dict[str, str]) -> AsyncIterator[Life]:
    """Run `python -m bot run` of a version in a folder, which gets its log; it is stopped at the end of the block."""
    known = {name: os.environ[name] for name in ENVIRONMENT if name in os.environ}
    paths = filter(None, (settings.get("PYTHONPATH"), str(version.folder)))
    environment = known | settings | {"PYTHONPATH": os.pathsep.join(paths)}
    with (folder / LOG).open("ab") as log:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot", "run"), cwd=folder, env=environment, stdout=log, stderr=log
        )
    try:
        yield Life(process)
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()

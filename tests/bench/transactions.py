"""How often a voice note goes to the database."""

import random
from collections import Counter
from pathlib import Path

from tests.bench.meter import Row
from tests.bench.stage import Stage, staged
from tests.bench.versions import Version

HOOK = Path(__file__).with_name("counted")
VOICES = 5  # one after the other, each alone
LOG = "transactions.log"


async def transactions(version: Version, _: random.Random) -> Row:
    """Count in the process itself, by a module that Python loads at its start."""
    async with staged(version, PYTHONPATH=str(HOOK), TRANSACTIONS=LOG) as stage:
        before = _counted(stage)
        for _voice in range(VOICES):
            await stage.send_all([1.0])
        made = _counted(stage)
        made.subtract(before)
        return {"hops_per_voice": made.total() / VOICES, "writes_per_voice": made["write"] / VOICES}


def _counted(stage: Stage) -> Counter[str]:
    return Counter((stage.folder / LOG).read_text("utf-8").split())

"""`make bench`: the real process of two versions against the same fakes; tables for people, JSON for machines."""

import argparse
import asyncio
import json
import random
import sys
from collections.abc import Awaitable, Callable, Sequence
from contextlib import ExitStack

from tests.bench import crowds
from tests.bench.meter import Row
from tests.bench.table import medians, table
from tests.bench.versions import NEW, Version, old_version

Scenario = Callable[[Version, random.Random], Awaitable[Row]]

SCENARIOS: dict[str, tuple[str, Scenario]] = {
    "single": ("one voice note, speech 1 s, in a fresh process", crowds.single),
    "crowd30": ("30 at once, speech 2 s, in a fresh process", crowds.crowd30),
    "crowd30_warm": (f"the same after {crowds.WARM_UP} others", crowds.crowd30_warm),
    "crowd300": ("300 at once, lognormal median 2 s, 30 new messages a second enforced", crowds.crowd300),
    "crowd300_edits": ("the same, and edits count with the messages", crowds.crowd300_edits),
    "stream": ("10 a second for 60 s, lognormal median 2 s", crowds.stream),
    "looks": ("10 a second for 20 s, lognormal median 6 s", crowds.looks),
}


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("scenarios", nargs="*", metavar="scenario", help=", ".join(SCENARIOS))
    parser.add_argument("--old", metavar="REF", help="a commit to compare with")
    parser.add_argument("--runs", type=int, default=1, help="how often each is measured; medians are shown")
    given = parser.parse_args(arguments)
    if unknown := set(given.scenarios) - SCENARIOS.keys():
        parser.error(f"no such scenario: {', '.join(sorted(unknown))}")
    with ExitStack() as stack:
        versions = [NEW] if given.old is None else [stack.enter_context(old_version(given.old)), NEW]
        for version in versions:
            version.compile()
        measured = {}
        for name in given.scenarios or SCENARIOS:
            measured[name] = measure(name, versions, given.runs)
            print(table(f"{name}: {SCENARIOS[name][0]}", measured[name]), flush=True)
    print(json.dumps({"runs": given.runs, "old": given.old, "medians": measured}))


def measure(name: str, versions: Sequence[Version], runs: int) -> dict[str, Row]:
    """Measure the versions in turn, all of them with the same speech times; the one that begins changes."""
    rows: dict[str, list[Row]] = {version.name: [] for version in versions}
    for run in range(runs):
        for version in versions if run % 2 == 0 else versions[::-1]:
            rows[version.name].append(asyncio.run(_once(name, version, run)))
    return {version: medians(each) for version, each in rows.items()}


async def _once(name: str, version: Version, run: int) -> Row:
    return await SCENARIOS[name][1](version, random.Random(f"{name} {run}"))


if __name__ == "__main__":
    main(sys.argv[1:])

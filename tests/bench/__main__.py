"""`make bench`: the real process of two versions against the same fakes; tables for people, JSON for machines."""

import argparse
import asyncio
import json
import random
import sys
from collections.abc import Sequence
from contextlib import ExitStack

from tests.bench.meter import Row
from tests.bench.scenarios import SCENARIOS
from tests.bench.table import medians, summary, table
from tests.bench.versions import NEW, Version, old_version


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("scenarios", nargs="*", metavar="scenario", help=f"all unless named: {', '.join(SCENARIOS)}")
    parser.add_argument("--old", metavar="REF", help="a commit to compare with")
    parser.add_argument("--runs", type=int, default=1, help="how often each is measured; medians are shown")
    given = parser.parse_args(arguments)
    if unknown := set(given.scenarios) - SCENARIOS.keys():
        parser.error(f"no such scenario: {', '.join(sorted(unknown))}")
    with ExitStack() as stack:
        versions = [NEW] if given.old is None else [stack.enter_context(old_version(given.old)), NEW]
        bench(given.scenarios or list(SCENARIOS), versions, given.runs)


def bench(names: Sequence[str], versions: Sequence[Version], runs: int) -> None:
    """Measure and print."""
    print(f"{runs} of each: {', '.join(names)}\n", flush=True)
    for version in versions:
        version.compile()
    measured = {}
    for name in names:
        measured[name] = measure(name, versions, runs)
        print(table(f"{name}: {SCENARIOS[name].title}", measured[name]), flush=True)
    print(summary(measured), json.dumps({"runs": runs, "medians": measured}), sep="\n\n")


def measure(name: str, versions: Sequence[Version], runs: int) -> dict[str, Row]:
    """Measure the versions in turn, all of them with the same speech times; the one that begins changes."""
    rows: dict[str, list[Row]] = {version.name: [] for version in versions}
    for run in range(runs):
        for version in versions if run % 2 == 0 else versions[::-1]:
            rows[version.name].append(asyncio.run(_once(name, version, run)))
    return {version: medians(each) for version, each in rows.items()}


async def _once(name: str, version: Version, run: int) -> Row:
    return await SCENARIOS[name].run(version, random.Random(f"{name} {run}"))


if __name__ == "__main__":
    main(sys.argv[1:])

"""The scenarios, by the names that `make bench` knows them under."""

import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from tests import rows
from tests.bench import crowds, grown, long, sound, starting, stores, together, transactions
from tests.bench.meter import Row
from tests.bench.versions import Version


@dataclass(frozen=True, slots=True)
class Scenario:
    """What is done and measured in one run, and which of its figures tell the most."""

    title: str
    run: Callable[[Version, random.Random], Awaitable[Row]]
    telling: tuple[str, ...]


STORES = ("postgres_1_jobs_per_s", "postgres_2_jobs_per_s", "postgres_4_jobs_per_s")
LONG = ("over_ffmpeg", "peak_all_mb", "alone_p50_s", "beside_p50_s", "beside_p95_s")
SCENARIOS = {
    "single": Scenario(
        "one voice note, speech 1 s, in a fresh process", crowds.single, ("visible_s", "acknowledged_s")
    ),
    "hour": Scenario("an hour of Ogg, speech 1 s", sound.hour, ("visible_s",)),
    "crowd30": Scenario("30 at once, speech 2 s, in a fresh process", crowds.crowd30, ("all_s", "added_p95_s")),
    "crowd30_warm": Scenario(
        f"30 at once, speech 2 s, after {crowds.WARM_UP} others", crowds.crowd30_warm, ("all_s", "added_p95_s")
    ),
    "crowd300": Scenario(
        "300 at once, lognormal median 2 s, 30 new messages a second",
        crowds.crowd300,
        ("all_s", "refused_429", "lost", "cpu_ms_per_voice", "peak_rss_mb"),
    ),
    "crowd300_edits": Scenario(
        "300 at once, 30 new messages and edits a second", crowds.crowd300_edits, ("all_s", "refused_429", "lost")
    ),
    "stream": Scenario(
        "10 a second for 60 s, lognormal median 2 s", crowds.stream, ("added_p50_s", "added_p95_s", "cpu_ms_per_voice")
    ),
    "looks": Scenario(
        "5 a second for 30 s, lognormal median 6 s", crowds.looks, ("gets_per_job", "most_gets_a_second")
    ),
    "hour_m4a": Scenario("61 minutes of AAC, which go in two parts", sound.hour_m4a, ("cpu_s",)),
    "long_1": Scenario("an hour of WMA, which is converted, beside a voice note a second", long.lasting(1), LONG),
    "long_10": Scenario("ten hours of it, in parts, beside the same", long.lasting(10), LONG),
    "start": Scenario("the command, until it first asks for updates", starting.start, ("start_cpu_s",)),
    "grown": Scenario(
        f"a database of {rows.ENDED:,} jobs that have ended and {rows.PENDING:,} that have not",
        grown.grown,
        ("recover_ms", "gauges_ms"),
    ),
    "transactions": Scenario(
        f"{transactions.VOICES} voice notes, each alone",
        transactions.transactions,
        ("hops_per_voice", "writes_per_voice"),
    ),
    "stores": Scenario(
        f"jobs in the store alone, {stores.SIDE_BY_SIDE} side by side in each process, on both engines",
        stores.stores,
        ("sqlite_jobs_per_s", "postgres_1_jobs_per_s", "postgres_2_jobs_per_s", "postgres_4_jobs_per_s"),
    ),
    "stores_100k": Scenario("the same on PostgreSQL, beside 100,000 that have ended", stores.among(100_000), STORES),
    "stores_1m": Scenario("the same on PostgreSQL, beside 1,000,000 that have ended", stores.among(1_000_000), STORES),
    "replicas": Scenario(
        "10 a second for 60 s, lognormal median 2 s, on three replicas",
        together.replicas,
        ("added_p50_s", "added_p95_s"),
    ),
    "failover": Scenario(
        "two replicas that poll: one that leads and dies, or stops", together.failover, ("after_kill_s", "after_stop_s")
    ),
}

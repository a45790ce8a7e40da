"""The benchmark, with the quickest of its scenarios: what it tells is true."""

import json
import os
import sys

from tests.bench.scenarios import SCENARIOS
from tests.bench.table import medians, summary, table
from tests.bench.transactions import HOOK
from tests.patience import ran
from tests.unit.project import checkout
from tests.unit.project.checkout import ROOT

DOCUMENT = "docs/measuring.md"

TRANSACTIONS = """
import sqlite3
connection = sqlite3.connect("some.db", isolation_level=None)
connection.execute("PRAGMA journal_mode = WAL")
connection.execute("CREATE TABLE t (n)")
for statement in ("INSERT INTO t VALUES (1)", "SELECT n FROM t", "DELETE FROM t WHERE n = 2"):
    connection.execute("BEGIN IMMEDIATE")
    connection.execute(statement)
    connection.execute("COMMIT")
connection.execute("SELECT n FROM t").fetchall()
connection.execute("UPDATE t SET n = 3")
"""


def test_a_voice_note_is_measured_in_a_real_process():
    finished = ran([sys.executable, "-m", "tests.bench", "single"], cwd=ROOT)
    assert finished.returncode == 0, finished.stderr
    *_, last = finished.stdout.splitlines()
    row = json.loads(last)["medians"]["single"]["new"]
    assert (row["voices"], row["lost"], row["doubled"], row["refused_429"]) == (1, 0, 0, 0)
    assert 0 < row["acknowledged_s"] < row["visible_s"]
    assert row["visible_s"] > 1
    assert abs(row["visible_s"] - 1 - row["added_s"]) < 0.01
    assert row["gets_per_job"] >= 1
    assert row["writes_per_voice"] == 2
    assert row["peak_rss_mb"] > 20
    assert "| one voice note, speech 1 s, in a fresh process: `visible_s` |" in finished.stdout
    assert row.keys() - explained() == set()


def explained() -> set[str]:
    """The figures that the document has."""
    return set(checkout.quoted(checkout.section(DOCUMENT, "Figures")))


def test_the_document_has_every_scenario_and_the_figures_that_tell_the_most():
    expected = [[f"`{name}`", scenario.title] for name, scenario in SCENARIOS.items()]
    assert checkout.table(DOCUMENT, "Scenarios") == expected
    telling = {name.replace("p50_", "").replace("p95_", "") for each in SCENARIOS.values() for name in each.telling}
    assert telling - explained() == set()


def test_an_unknown_scenario_is_refused_with_the_known_ones():
    finished = ran([sys.executable, "-m", "tests.bench", "nonsense"], cwd=ROOT)
    assert finished.returncode == 2
    assert "no such scenario: nonsense" in finished.stderr


def test_every_transaction_of_a_process_is_counted_once(tmp_path):
    unmeasured = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE")}
    environment = unmeasured | {"PYTHONPATH": str(HOOK), "TRANSACTIONS": "log"}  # coverage has a database, too
    assert ran([sys.executable, "-c", TRANSACTIONS], cwd=tmp_path, env=environment).returncode == 0
    written = (tmp_path / "log").read_text("utf-8").split()
    assert written == ["write", "write", "read", "read", "read", "write"]


def test_two_versions_stand_side_by_side_with_the_ratio_of_their_medians():
    old, new = medians([{"cpu_s": 1.0}, {"cpu_s": 9.0}, {"cpu_s": 2.0}]), medians([{"cpu_s": 1.0}])
    both = {"old": old, "new": new}
    assert table("a start", both).splitlines() == ["a start", "         old  new  ratio", "  cpu_s    2    1   0.50"]
    assert "| 2 | 1 | 0.50 |" in summary({"hour_m4a": both})

"""The table of cases: what goes in, what the chat shows, and what that cost. Each case puts one row into it."""

from collections.abc import Callable, Iterable
from dataclasses import asdict, astuple, dataclass
from typing import Any

import pytest

PROPERTY = "row of the table of cases"
HEAD = ("input", "the chat shows", "s in", "s out", "dB in", "dB out", "creates", "calls")
WIDEST = 72


@dataclass(frozen=True, slots=True)
class Row:
    """One case. What was not measured is None. Seconds and levels are those of the sound before and after."""

    input: str
    shows: str
    seconds_in: float | None = None
    seconds_out: float | None = None
    level_in: float | None = None
    level_out: float | None = None
    creates: int | None = None
    calls: int | None = None


Record = Callable[[Row], None]


def recorder(test: pytest.Item) -> Record:
    """Return what puts rows of this test into the table, which another process may print."""
    return lambda row: test.user_properties.append((PROPERTY, asdict(row)))


def rows_of(reports: Iterable[pytest.TestReport]) -> list[Row]:
    """Return the rows that tests recorded, those of a file together and in its order."""
    by_file = sorted(reports, key=lambda report: report.nodeid.partition("::")[0])
    found = [value for report in by_file for name, value in report.user_properties if name == PROPERTY]
    return [Row(**row) for row in found if isinstance(row, dict)]


def lines(rows: Iterable[Row]) -> list[str]:
    """Return an aligned table: texts to the left, numbers to the right."""
    cells = [HEAD, *(tuple(_cell(value) for value in astuple(row)) for row in rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(HEAD))]
    return [_line(row, widths) for row in cells]


def _line(row: tuple[str, ...], widths: list[int]) -> str:
    texts = [cell.ljust(width) for cell, width in zip(row[:2], widths[:2], strict=True)]
    numbers = [cell.rjust(width) for cell, width in zip(row[2:], widths[2:], strict=True)]
    return "  ".join(texts + numbers).rstrip()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.1f}"
    text = " ".join(str(value).split())
    return text if len(text) <= WIDEST else f"{text[: WIDEST - 1]}…"


def show(reporter: pytest.TerminalReporter) -> None:
    """Print the table if there is anything in it."""
    rows = rows_of([*reporter.getreports("passed"), *reporter.getreports("failed")])
    if not rows:
        return
    reporter.write_sep("=", "what the bot makes of each case")
    for line in lines(rows):
        reporter.write_line(line)

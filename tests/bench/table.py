"""The figures for people to read."""

import statistics
from collections.abc import Iterable, Mapping, Sequence

from tests.bench.meter import Row
from tests.bench.scenarios import SCENARIOS

Measured = Mapping[str, Row]  # by the name of the version


def medians(rows: Sequence[Row]) -> Row:
    """Return the median of each figure over all runs that have it, with three digits after the point."""
    names = dict.fromkeys(name for row in rows for name in row)
    return {name: round(statistics.median(row[name] for row in rows if name in row), 3) for name in names}


def table(title: str, measured: Measured) -> str:
    """Lay out a line for each figure and a column for each version; of two versions also the ratio."""
    lines = [["", *_head(measured)], *([name, *_cells(name, measured)] for name in measured["new"])]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join([title, *(_line(cells, widths) for cells in lines), ""])


def summary(measured: Mapping[str, Measured]) -> str:
    """Lay out the figures that tell the most in Markdown, as the documents have them."""
    head = ["", *_head(next(iter(measured.values())))]
    lines = [
        [f"{SCENARIOS[scenario].title}: `{name}`", *_cells(name, versions)]
        for scenario, versions in measured.items()
        for name in SCENARIOS[scenario].telling
    ]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (head, ["---"] * len(head), *lines))


def _head(measured: Measured) -> list[str]:
    return [*measured, *(["ratio"] if "old" in measured else [])]


def _cells(name: str, measured: Measured) -> list[str]:
    figures = [row.get(name) for row in measured.values()]
    cells = ["" if figure is None else f"{figure:g}" for figure in figures]
    if "old" not in measured:
        return cells
    old, new = figures
    return [*cells, f"{new / old:.2f}" if old and new is not None else ""]


def _line(cells: Iterable[str], widths: Iterable[int]) -> str:
    first, *others = (
        cell.rjust(width) if place else cell.ljust(width)
        for place, (cell, width) in enumerate(zip(cells, widths, strict=True))
    )
    return "  ".join(["", first, *others]).rstrip()

"""The figures of a scenario for people to read."""

import statistics
from collections.abc import Iterable, Mapping, Sequence

from tests.bench.meter import Row


def medians(rows: Sequence[Row]) -> Row:
    """Return the median of each figure over all runs that have it, with three digits after the point."""
    names = dict.fromkeys(name for row in rows for name in row)
    return {name: round(statistics.median(row[name] for row in rows if name in row), 3) for name in names}


def table(title: str, measured: Mapping[str, Row]) -> str:
    """Lay out a line for each figure and a column for each version; of two versions also the ratio."""
    old, new = measured.get("old", {}), measured["new"]
    lines = [["", *measured, *(["ratio"] if old else [])]]
    for name, figure in new.items():
        ratio = [f"{figure / old[name]:.2f}" if old.get(name) else ""] if old else []
        lines.append([name, *(f"{row[name]:g}" if name in row else "" for row in measured.values()), *ratio])
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join([title, *(_line(cells, widths) for cells in lines), ""])


def _line(cells: Iterable[str], widths: Iterable[int]) -> str:
    first, *others = (
        cell.rjust(width) if place else cell.ljust(width)
        for place, (cell, width) in enumerate(zip(cells, widths, strict=True))
    )
    return "  ".join(["", first, *others]).rstrip()

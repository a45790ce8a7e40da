"""Moments and the text of others, as they stand on one line of a file."""

import re
from datetime import UTC, datetime

from bot.text.graphemes import is_boundary
from bot.text.layout import clean

# Characters that change the direction of everything after them, and those that are none or mark the start of a file.
_REVERSING = re.compile("[\u202a-\u202e\u2066-\u2069\ufeff\ufff9-\ufffc\ufffe\uffff]")


def in_utc(moment: datetime) -> str:
    """Return a moment to the second as RFC 3339 has it."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def on_one_line(text: str, most: int | None = None) -> str:
    """Return the text on one line, with single spaces and without what would spoil the lines around it.

    Of a longer one the first `most` characters are kept, the last of them whole.
    """
    line = " ".join(_REVERSING.sub("", clean(text)).split())
    if most is None or len(line) <= most:
        return line
    return line[: next((end for end in range(most, most // 2, -1) if is_boundary(line, end)), most)].rstrip()

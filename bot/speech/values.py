"""The values of an answer: JSON from another server, in which each may be of any type."""

import re
from typing import Any

from storage.transcript import LONGEST_TEXT

# The units of times in an answer, in seconds.
SECONDS = 1.0
MILLISECONDS = 0.001
LONGEST = 1e8  # in either unit: a day of milliseconds or three years of seconds; no recording is longer
SLICE = 16_384  # characters

_LANGUAGE = re.compile(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*")


def as_object(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def as_text(value: object) -> str | None:
    """Return the text without NUL and lone surrogates, which databases and JSON refuse; None if it is no text.

    No more of it than can be of use is looked at: twice LONGEST_TEXT, as there may be white space around it.
    """
    if not isinstance(value, str):
        return None
    value = value[: 2 * LONGEST_TEXT]
    if value.isprintable():  # nearly all words are, and this is the quickest check
        return value
    # In slices, as other threads wait for each, and a thousand surrogates take half a millisecond.
    return "".join(_storable(value[at : at + SLICE]) for at in range(0, len(value), SLICE))


def _storable(text: str) -> str:
    return text.replace("\0", "").encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def as_seconds(value: object, unit: float = SECONDS) -> float | None:
    """Return a time given in `unit` in seconds; None for no number, a negative one, or one above LONGEST."""
    if type(value) is not float and type(value) is not int:  # isinstance would take a bool for an int
        return None
    # The comparison comes first: it is false for NaN, and a huge integer cannot be multiplied by a float.
    return value * unit if 0 <= value <= LONGEST else None


def as_confidence(value: object) -> float | None:
    confidence = as_seconds(value)  # which is a number that is not below 0
    return confidence if confidence is not None and confidence <= 1 else None


def as_speaker(value: object) -> str | None:
    # Deepgram gives speakers numbers from 0, AssemblyAI letters from A.
    if isinstance(value, str):
        return as_text(value) or None
    number = as_seconds(value)
    return None if number is None else str(int(number))


def as_language(value: object) -> str | None:
    """Return a language tag in its usual spelling, such as `en-US` for `en_us`; None for any other value."""
    if not isinstance(value, str) or not _LANGUAGE.fullmatch(value):
        return None
    base, *rest = value.replace("_", "-").split("-")
    return "-".join([base.lower(), *(part.upper() if len(part) == 2 else part for part in rest)])


def as_list(value: object) -> list[Any]:
    """Return a list as it is, one object as a list of one, and an empty list for any other value."""
    if isinstance(value, list):
        return value
    return [value] if isinstance(value, dict) else []

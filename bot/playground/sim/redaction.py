"""Redaction of calls before they are shown: no secrets, no bytes of files, no long texts."""

from collections.abc import Sequence
from typing import Any

LONGEST_TEXT = 400
SHORTEST_SECRET = 6  # what is shorter is no secret, and stands in ordinary words
REDACTED = "[redacted]"


def readable(value: Any, secrets: Sequence[str]) -> Any:
    """Return the same JSON with secrets replaced, long texts shortened, and files as their name and size."""
    if isinstance(value, dict):
        return {str(name): readable(part, secrets) for name, part in value.items()}
    if isinstance(value, list):
        return [readable(part, secrets) for part in value]
    if isinstance(value, str):
        return _shortened(without(value, secrets))
    if value is None or isinstance(value, bool | int | float):
        return value
    return {"name": getattr(value, "name", None), "bytes": len(getattr(value, "data", b""))}


def without(text: str, secrets: Sequence[str]) -> str:
    for secret in secrets:
        if len(secret) >= SHORTEST_SECRET:
            text = text.replace(secret, REDACTED)
    return text


def _shortened(text: str) -> str:
    if len(text) <= LONGEST_TEXT:
        return text
    return f"{text[:LONGEST_TEXT]}… ({len(text)} characters)"

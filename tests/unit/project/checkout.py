"""The files of the checkout that are no code, read as a person reads them."""

import re
import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[3]


def text(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def section(title: str) -> str:
    """What stands under a heading of the README."""
    _, _, rest = text("README.md").partition(f"\n## {title}\n")
    assert rest, f"the README has no section {title}"
    return re.split(r"\n## ", rest)[0]


def table(title: str) -> list[list[str]]:
    """The cells of the one table in a section, without its head."""
    lines = [line for line in section(title).splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def quoted(markdown: str) -> list[str]:
    """What stands in back quotes, but for blocks."""
    return re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", markdown, flags=re.DOTALL))


def pyproject() -> dict[str, Any]:
    return tomllib.loads(text("pyproject.toml"))


def pins(name: str) -> dict[str, str]:
    """Each requirement of a requirements file, hashes and all, by its package and version."""
    whole = text(name).replace("\\\n", " ")
    return {line.split()[0]: line for line in whole.splitlines()}

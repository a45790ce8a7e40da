"""The files of the checkout that are no code, read as a person reads them."""

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[3]


def text(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def documents() -> list[str]:
    """Every document that people read, by its path."""
    return sorted(path.relative_to(ROOT).as_posix() for folder in ("", "docs") for path in (ROOT / folder).glob("*.md"))


def section(document: str, title: str) -> str:
    """What stands under a heading of a document."""
    _, _, rest = text(document).partition(f"\n## {title}\n")
    assert rest, f"{document} has no section {title}"
    return re.split(r"\n## ", rest)[0]


def said(document: str, title: str) -> str:
    """A section on one line."""
    return " ".join(section(document, title).split())


def table(document: str, title: str) -> list[list[str]]:
    """The cells of the one table in a section, without its head."""
    lines = [line for line in section(document, title).splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def blocks(markdown: str) -> list[str]:
    """What stands between fences."""
    return re.findall(r"^```\w*\n(.*?)^```", markdown, re.DOTALL | re.MULTILINE)


def without_blocks(markdown: str) -> str:
    return re.sub(r"^```.*?^```", "", markdown, flags=re.DOTALL | re.MULTILINE)


def quoted(markdown: str) -> list[str]:
    """What stands in back quotes, but for blocks."""
    return re.findall(r"`([^`\n]+)`", without_blocks(markdown))


@cache
def sources(*rooms: str) -> str:
    """The whole text of the program, or of the rooms that are named."""
    files = [file for room in rooms or ("bot", "handlers", "storage") for file in (ROOT / room).rglob("*.py")]
    return "\n".join(file.read_text("utf-8") for file in files)


def pyproject() -> dict[str, Any]:
    return tomllib.loads(text("pyproject.toml"))


def pins(name: str) -> dict[str, str]:
    """Each requirement of a requirements file, hashes and all, by its package and version."""
    whole = text(name).replace("\\\n", " ")
    return {line.split()[0]: line for line in whole.splitlines()}

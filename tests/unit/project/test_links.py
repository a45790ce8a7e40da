"""No document leads into the void."""

import re
from collections import Counter
from pathlib import PurePosixPath

import pytest

from tests.unit.project.checkout import ROOT, documents, text, without_blocks

LINK = re.compile(r"\]\(([^)\s]+)\)|<img [^>]*src=\"([^\"]+)\"")
ELSEWHERE = ("https://", "http://")


def links(document: str) -> list[str]:
    """Every target inside this checkout, as it is written."""
    prose = re.sub(r"`[^`\n]+`", "", without_blocks(text(document)))
    targets = [link or image for link, image in LINK.findall(prose)]
    return [target for target in targets if not target.startswith(ELSEWHERE)]


def anchors(document: str) -> set[str]:
    """What GitHub makes of the headings."""
    seen: Counter[str] = Counter()
    found = set()
    for heading in re.findall(r"^#{1,6} (.+)$", without_blocks(text(document)), re.MULTILINE):
        slug = re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
        found.add(f"{slug}-{seen[slug]}" if seen[slug] else slug)
        seen[slug] += 1
    return found


def is_dead(document: str, target: str) -> bool:
    path, _, anchor = target.partition("#")
    file = (ROOT / PurePosixPath(document).parent / path).resolve() if path else ROOT / document
    if not file.is_relative_to(ROOT) or not file.exists():
        return True
    return bool(anchor) and anchor not in anchors(file.relative_to(ROOT).as_posix())


@pytest.mark.parametrize("document", documents())
def test_no_link_is_dead(document):
    assert [target for target in links(document) if is_dead(document, target)] == []


@pytest.mark.parametrize("target", ["gone.md", "settings.md#gone", "#gone", "../../README.md"])
def test_a_dead_link_is_found_out(target):
    assert is_dead("docs/guarantees.md", target)


@pytest.mark.parametrize("target", ["../README.md", "settings.md#all-settings", "#states", "demo.png"])
def test_a_link_that_leads_somewhere_is_no_dead_one(target):
    assert not is_dead("docs/guarantees.md", target)


def test_links_of_every_kind_are_found():
    assert {"demo.png", "phone.png"} <= set(links("docs/playground.md"))
    assert {"docs/chat.png", "docs/settings.md#all-settings", "LICENSE"} <= set(links("README.md"))

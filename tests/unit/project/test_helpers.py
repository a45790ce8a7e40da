"""What tests share is held to the same types as the rest, and what is said of folders is true."""

from tests.conftest import PROCESSES
from tests.unit.project.checkout import ROOT, pyproject


def test_whatever_tests_share_is_checked_for_its_types():
    files = [path.relative_to(ROOT).with_suffix("") for path in (ROOT / "tests").rglob("*.py")]
    shared = [".".join(file.parts) for file in files if not file.name.startswith("test_")]
    assert sorted(shared) == pyproject()["tool"]["mypy"]["modules"]


def test_every_place_of_which_something_is_said_exists():
    assert [place for place in PROCESSES if not (ROOT / "tests" / place).exists()] == []

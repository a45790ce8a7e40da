import re

from bot import __version__
from tests.unit.project.checkout import text

KINDS = {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}


def test_the_newest_version_is_the_one_of_the_code():
    versions = re.findall(r"^## (\S+)$", text("CHANGELOG.md"), re.MULTILINE)
    assert versions[0] == __version__
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in versions)


def test_changes_are_sorted_by_kind():
    assert set(re.findall(r"^### (.+)$", text("CHANGELOG.md"), re.MULTILINE)) <= KINDS

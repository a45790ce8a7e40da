import re

import pytest

from tests.unit.project.checkout import pins, pyproject, text

FILES = ["requirements/run.txt", "requirements/dev.txt"]
PIN = re.compile(r"[a-z0-9-]+==[0-9][\w.]*( ; [^;]+?)?( +--hash=sha256:[0-9a-f]{64})+")


def direct(extra: str | None = None) -> list[str]:
    project = pyproject()["project"]
    found: list[str] = project["optional-dependencies"][extra] if extra else project["dependencies"]
    return [requirement.split(";")[0].strip() for requirement in found]


@pytest.mark.parametrize("name", FILES)
def test_every_requirement_is_a_version_with_hashes_and_nothing_else(name):
    found = pins(name)
    assert found
    assert [line for line in found.values() if not PIN.fullmatch(re.sub(r"\s+", " ", line.strip()))] == []


@pytest.mark.parametrize("name", FILES)
def test_no_requirement_says_where_it_comes_from(name):
    assert (
        re.findall(
            r"^.*(?:://|file:|--index|--extra-index|--find-links|--trusted-host| @ ).*$", text(name), re.MULTILINE
        )
        == []
    )


@pytest.mark.parametrize(("extra", "name"), [(None, FILES[0]), (None, FILES[1]), ("dev", FILES[1])])
def test_every_direct_dependency_is_pinned_to_the_version_that_is_asked_for(extra, name):
    assert all("==" in requirement for requirement in direct(extra))
    assert set(direct(extra)) <= pins(name).keys()


def test_what_runs_is_what_was_tested():
    assert pins(FILES[0]).keys() <= pins(FILES[1]).keys()


def test_the_build_backend_is_pinned_as_in_development():
    (backend,) = pyproject()["build-system"]["requires"]
    assert backend in pins(FILES[1])

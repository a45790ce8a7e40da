import re

import pytest
from packaging.requirements import Requirement

from tests.unit.project.checkout import ROOT, pins, pyproject, text
from tests.unit.project.locks import machines, missing

FILES = sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "requirements").glob("*.txt"))
RUN, DEV, DEPLOY = "requirements/run.txt", "requirements/dev.txt", "requirements/deploy.txt"
PIN = re.compile(r"[a-z0-9-]+==[0-9][\w.]*( ; [^;]+?)?( +--hash=sha256:[0-9a-f]{64})+")


def direct(extra: str | None = None) -> list[Requirement]:
    project = pyproject()["project"]
    return [
        Requirement(line) for line in (project["optional-dependencies"][extra] if extra else project["dependencies"])
    ]


def locked(name: str) -> list[Requirement]:
    return [Requirement(line.partition("--hash")[0].strip()) for line in pins(name).values()]


def of_deploying() -> list[Requirement]:
    return [Requirement(line) for line in pyproject()["dependency-groups"]["deploy"]]


def roots(name: str) -> list[Requirement]:
    if name == DEPLOY:
        return of_deploying()
    return direct() + direct("postgres") + (direct("dev") if name == DEV else [])


def test_there_is_a_lock_for_running_for_developing_and_for_deploying():
    assert set(FILES) == {RUN, DEV, DEPLOY}


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


def test_every_direct_dependency_is_one_version():
    assert [
        each
        for each in direct() + direct("postgres") + direct("dev") + of_deploying()
        if not re.fullmatch(r"==[\d.]+", str(each.specifier))
    ] == []


@pytest.mark.parametrize("name", FILES)
def test_everything_that_a_locked_package_requires_is_locked_too(name):
    """Nobody resolves while a lock is installed, so whatever it forgets would be missing at run time."""
    forgotten = {sentence for machine in machines() for sentence in missing(roots(name), locked(name), machine)}
    assert forgotten == set()


@pytest.mark.parametrize("name", [RUN, DEV])
def test_a_lock_that_forgets_something_is_found_out(name):
    forgotten = {"anyio", "pydantic-core", "yarl"} | ({"iniconfig", "greenlet"} if name == DEV else set())
    found = missing(roots(name), [each for each in locked(name) if each.name not in forgotten], next(machines()))
    assert {sentence.split()[2] for sentence in found} == forgotten


def test_what_an_extra_requires_must_be_locked():
    assert missing([Requirement("httpx[socks]")], locked(RUN), next(machines())) == [
        "httpx requires socksio ==1.*, the lock has none"
    ]


def test_what_runs_is_what_was_tested():
    assert pins(RUN).keys() <= pins(DEV).keys()


def test_the_build_backend_is_pinned_as_in_development():
    assert set(pyproject()["build-system"]["requires"]) <= set(pins(DEV))


def test_every_package_that_runs_is_named_with_its_licence():
    named = re.findall(
        r"^\| ([a-z0-9-]+) \| \S", text("THIRD_PARTY_NOTICES.md").partition("| Package |")[2], re.MULTILINE
    )
    assert set(named) == {each.name for each in locked(RUN)}
    assert named == sorted(named)

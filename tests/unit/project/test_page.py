"""What the page knows of the bot is what the bot says."""

import re

from storage import outcomes
from tests.unit.project.checkout import ROOT, text

OUTCOMES = {f"job.{kind.__name__.lower()}" for kind in outcomes.Outcome.__args__}
EVENT = r"[a-z]+\.[a-z_]+"
COUNTED = {"job.waiting"}  # comes again and again, and is one row that counts
ROOMS = ("bot", "handlers", "storage")


def sources():
    return [
        path.read_text() for room in ROOMS for path in (ROOT / room).rglob("*.py") if "playground" not in path.parts
    ]


def logged():
    """Every event that the code logs under a name of its own, and those that are called after outcomes."""
    return OUTCOMES | {event for source in sources() for event in re.findall(rf'"({EVENT})"', source)}


def explained():
    """Every event that has a sentence on the page."""
    (block,) = re.findall(
        r"^const SENTENCES = \{\n(.*?)^\};", text("bot/playground/page/job.js"), re.DOTALL | re.MULTILINE
    )
    return set(re.findall(rf'^  "({EVENT})":', block, re.MULTILINE))


def test_every_event_that_the_page_explains_is_one_that_the_bot_logs():
    assert len(explained()) > 20
    assert explained() - logged() == set()


def test_every_transition_of_a_job_is_explained_on_the_page():
    assert {event for event in OUTCOMES if event not in text("bot/playground/page/job.js")} == set()


# A call whose first argument is an event, and which has an argument `job`; its arguments may hold calls of calls.
OF_A_JOB = re.compile(rf'\(\s*"({EVENT})",(?:[^()]|\((?:[^()]|\([^()]*\))*\))*?\bjob=')


def told_of_jobs():
    """Every event that is logged with the id of a job, and so stands on the card of a job."""
    return {event for source in sources() for event in OF_A_JOB.findall(source)}


def test_every_event_of_a_job_has_a_sentence_on_the_page():
    told = {*told_of_jobs(), *OUTCOMES, "leases.released"} - COUNTED
    assert len(told) > 20
    assert sorted(told - explained()) == []


def test_the_page_takes_nothing_from_anywhere_else():
    for path in (ROOT / "bot/playground/page").iterdir():
        found = set(re.findall(r"(?:https?:)?//[a-z0-9.-]+\.[a-z]+[^\s\"']*", path.read_text()))
        assert found - {"http://www.w3.org/2000/svg"} == set(), path.name


def test_the_page_never_writes_html_of_others():
    for path in (ROOT / "bot/playground/page").glob("*.js"):
        assert re.findall(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b", path.read_text()) == []

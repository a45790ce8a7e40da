import pytest

from bot import http
from bot.commands import run
from bot.config import Settings
from bot.engine import hold, maintenance, policy, poller, schedule
from bot.engine.steps import fetch, submit
from bot.text import layout
from tests.unit.project.checkout import said

MINUTE, HOUR, DAY = 60, 3600, 24 * 3600
COSTS, GUARANTEES, MONITORING = "docs/costs.md", "docs/guarantees.md", "docs/monitoring.md"
TROUBLE, USAGE = "docs/troubleshooting.md", "docs/usage.md"


@pytest.mark.parametrize(
    ("document", "title", "sentence"),
    [
        (GUARANTEES, "States", f"{schedule.deadline(0) / MINUTE:.0f} minutes and twice the length of the recording"),
        (GUARANTEES, "States", f"at most {schedule.GIVE_UP / MINUTE:.0f} minutes"),
        (GUARANTEES, "States", f"runs out after {poller.LEASE_SECONDS / MINUTE:.0f} minutes"),
        (TROUBLE, "What goes wrong", f"at most {schedule.GIVE_UP / MINUTE:.0f} minutes"),
        (
            TROUBLE,
            "What goes wrong",
            f"after {hold.HOLD_SECONDS:.0f} seconds, then every 1 to {hold.LONGEST_HOLD_SECONDS / 60:.0f} ",
        ),
        (TROUBLE, "What goes wrong", f"else after {hold.PATIENCE_SECONDS:.0f} seconds"),
        (TROUBLE, "What goes wrong", f"{policy.MOST_LOSSES} times in all"),
        (TROUBLE, "What goes wrong", f"| {policy.FEW} tries in all |"),
        (TROUBLE, "What goes wrong", f"{policy.FEW} tries in all; {policy.MOST_CLAIMS} deaths"),
        (TROUBLE, "What goes wrong", f"{policy.MOST_DOUBTS} in all, then an apology"),
        (GUARANTEES, "What you can rely on", f"{policy.MOST_DOUBTS} times at the most"),
        (GUARANTEES, "What you can rely on", f"Steps get {run.GRACE_SECONDS:.0f} seconds"),
        (GUARANTEES, "What you can rely on", f"after {maintenance.JOBS_KEPT_SECONDS / DAY:.0f} days"),
        (COSTS, "What is stored", f"{maintenance.JOBS_KEPT_SECONDS / DAY:.0f} days after their end"),
        (USAGE, "Long texts", f"up to {layout.MAX_PAGES} folded messages"),
        (USAGE, "Limits", f"{Settings.model_fields['max_file_mb'].default} MB, because"),
        (USAGE, "Limits", f"and {Settings.model_fields['max_audio_minutes'].default} minutes"),
        (MONITORING, "Health", f"at most {http.RECEIVED_WITHIN:.0f} seconds old"),
        (GUARANTEES, "How the provider is asked", f"{schedule.usual(0):.0f} seconds and 5 % of"),
        (GUARANTEES, "How the provider is asked", f"at most {schedule.usual(DAY):.0f} seconds"),
        (GUARANTEES, "How the provider is asked", f"once {schedule.ENOUGH} generations"),
        (GUARANTEES, "How the provider is asked", f"of the last {schedule.MEMORY} were"),
        (GUARANTEES, "How the provider is asked", f"never earlier than {schedule.FLOOR} seconds"),
        (GUARANTEES, "How the provider is asked", f"between {schedule.FLOOR} and {schedule.CEILING:.0f} seconds"),
    ],
)
def test_numbers_are_those_of_the_code(document, title, sentence):
    assert sentence in said(document, title)


def tried_for(attempts: int) -> float:
    return sum(policy.backoff(attempt, lambda: 0.5) for attempt in range(attempts))


def test_numbers_written_as_words_are_those_of_the_code():
    assert (tried_for(policy.HOUR_OF_TRIES), tried_for(policy.DAY_OF_TRIES)) == pytest.approx((HOUR, DAY), rel=0.05)
    assert (submit.LONGEST_HOLD, fetch.NOT_YET) == (DAY, MINUTE)
    states = said(GUARANTEES, "States")
    assert (
        "An hour of failing tries ends in an apology. So does a day of a pause that only the operator can end" in states
    )
    assert "an hour of failing tries ends in an apology" in states.partition("**SUBMITTED**")[2]
    assert "After a day of failing tries the job is FAILED" in states
    assert "| for an hour, then an apology |" in said(TROUBLE, "What goes wrong")
    assert "| Generation unknown after a minute |" in said(TROUBLE, "What goes wrong")
    assert Settings.model_fields["split_minutes"].default == HOUR / MINUTE
    assert "in parts of about an hour" in said(USAGE, "Limits")
    assert http.RECEIVED_WITHIN == http.WRITTEN_WITHIN


def test_the_first_look_comes_after_a_twentieth_of_the_recording():
    assert schedule.usual(100) - schedule.usual(0) == pytest.approx(100 * 5 / 100)


def test_tries_are_repeated_after_the_seconds_that_are_stated():
    waits = [policy.backoff(attempts, lambda: 0.5) for attempts in range(8)]
    assert waits[:3] == [1, 2, 4]
    assert waits[-1] == 60
    assert "after 1, 2, 4, … 60 seconds" in said(TROUBLE, "What goes wrong")

import pytest

from bot import http
from bot.commands import run
from bot.config import Settings
from bot.engine import hold, maintenance, policy, poller, schedule
from bot.engine.steps.fetch import NOT_YET
from bot.engine.steps.submit import LONGEST_HOLD
from bot.text import layout
from bot.text.sentences import placeholder
from storage.apology import Notice
from tests.unit.project.checkout import section

MINUTE, HOUR, DAY = 60, 3600, 24 * 3600


def said(title: str) -> str:
    """A section on one line."""
    return " ".join(section(title).split())


@pytest.mark.parametrize(
    ("title", "sentence"),
    [
        ("States", f"{schedule.deadline(0) / MINUTE:.0f} minutes and twice the length of the recording"),
        ("States", f"at most {schedule.GIVE_UP / MINUTE:.0f} minutes"),
        ("States", f"runs out after {poller.LEASE_SECONDS / MINUTE:.0f} minutes"),
        ("In trouble", f"at most {schedule.GIVE_UP / MINUTE:.0f} minutes"),
        ("In trouble", f"after {hold.HOLD_SECONDS:.0f} seconds, then every 1 to {hold.LONGEST_HOLD_SECONDS / 60:.0f} "),
        ("In trouble", f"else after {hold.PATIENCE_SECONDS:.0f} seconds"),
        ("In trouble", f"{policy.MOST_LOSSES} times in all"),
        ("In trouble", f"| {policy.FEW} tries in all |"),
        ("In trouble", f"{policy.FEW} tries in all; {policy.MOST_CLAIMS} deaths"),
        ("In trouble", f"{policy.MOST_DOUBTS} in all, then an apology"),
        ("What you can rely on", f"{policy.MOST_DOUBTS} times at the most"),
        ("What you can rely on", f"Steps get {run.GRACE_SECONDS:.0f} seconds"),
        ("What you can rely on", f"after {maintenance.JOBS_KEPT_SECONDS / DAY:.0f} days"),
        ("Talk to it", f"up to {layout.MAX_PAGES} folded messages"),
        ("Talk to it", f"{Settings.model_fields['max_file_mb'].default} MB a file"),
        ("Talk to it", f"and {Settings.model_fields['max_audio_minutes'].default} minutes"),
        ("Health and metrics", f"at most {http.RECEIVED_WITHIN:.0f} seconds old"),
        ("How the provider is asked", f"{schedule.usual(0):.0f} seconds and 5 % of"),
        ("How the provider is asked", f"at most {schedule.usual(DAY):.0f} seconds"),
        ("How the provider is asked", f"once {schedule.ENOUGH} generations"),
        ("How the provider is asked", f"of the last {schedule.MEMORY} were"),
        ("How the provider is asked", f"between {schedule.FLOOR} and {schedule.CEILING:.0f} seconds"),
    ],
)
def test_numbers_are_those_of_the_code(title, sentence):
    assert sentence in said(title)


def tried_for(attempts: int) -> float:
    return sum(policy.backoff(attempt, lambda: 0.5) for attempt in range(attempts))


def test_numbers_written_as_words_are_those_of_the_code():
    assert (tried_for(policy.HOUR_OF_TRIES), tried_for(policy.DAY_OF_TRIES)) == pytest.approx((HOUR, DAY), rel=0.05)
    assert (LONGEST_HOLD, NOT_YET) == (DAY, MINUTE)
    assert "An hour of failing tries ends it, a pause that only the operator can end after a day" in said("States")
    assert "After a day of failing tries the job is FAILED" in said("States")
    assert "| for an hour, then an apology |" in said("In trouble")
    assert "| Generation unknown after a minute |" in said("In trouble")
    assert Settings.model_fields["split_minutes"].default == HOUR / MINUTE
    assert "in parts of about an hour" in said("Talk to it")
    assert http.RECEIVED_WITHIN == http.WRITTEN_WITHIN


def test_the_first_look_comes_after_a_twentieth_of_the_recording():
    assert schedule.usual(100) - schedule.usual(0) == pytest.approx(100 * 5 / 100)


def test_tries_are_repeated_after_the_seconds_that_are_stated():
    waits = [policy.backoff(attempts, lambda: 0.5) for attempts in range(8)]
    assert waits[:3] == [1, 2, 4]
    assert waits[-1] == 60
    assert "after 1, 2, 4, … 60 seconds" in said("In trouble")


def test_words_in_quotes_are_what_the_placeholder_says():
    assert f'"{placeholder(Notice.NONE)}"' in said("Talk to it")
    assert "is not answering at the moment" in placeholder(Notice.RETRYING)
    assert '"…is not answering at the moment…"' in said("In trouble")
    assert "paused" in placeholder(Notice.PAUSED)
    assert '"…paused…"' in said("In trouble")

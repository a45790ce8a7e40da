import pytest

from bot import http
from bot.config import Settings
from bot.engine import patience
from bot.engine.policy import backoff, wait_in_doubt
from bot.engine.schedule import deadline
from bot.media.convert import OVERLAP_SECONDS, SPEAKERS_SECONDS, conversion_bytes, overlap_seconds
from bot.outgoing import waits
from bot.sizes import HEAD_BYTES, MEGABYTE
from bot.telegram import refusing
from bot.telegram.pacing import chat, line, shared, together, windows
from bot.telegram.writing import replies
from bot.text import layout
from handlers.media import MOST_BYTES_OF_UNKNOWN
from storage.postgres import engine
from storage.replicas import DEAD_AFTER
from storage.statements import admission, claims
from storage.transcript import LONGEST_TEXT
from tests.unit.project.checkout import said

MINUTE, HOUR, DAY = 60, 3600, 24 * 3600
UNKNOWN_MB = MOST_BYTES_OF_UNKNOWN // MEGABYTE
CONTAINERS, COSTS, GROUPS = "docs/containers.md", "docs/costs.md", "docs/groups.md"
GUARANTEES, MONITORING = "docs/guarantees.md", "docs/monitoring.md"
DEATHS, PACE = "When the process dies", "How work is shared"
SCALING, TROUBLE, USAGE = "docs/scaling.md", "docs/troubleshooting.md", "docs/usage.md"


@pytest.mark.parametrize(
    ("document", "title", "sentence"),
    [
        (GUARANTEES, "States", f"{deadline(0) / MINUTE:.0f} minutes and twice the length of the recording"),
        (GUARANTEES, "States", f"at most {patience.GIVE_UP_AFTER / MINUTE:.0f} minutes"),
        (GUARANTEES, "States", f"runs out after {patience.LEASE_TTL / MINUTE:.0f} minutes"),
        (TROUBLE, "What goes wrong", f"at most {patience.GIVE_UP_AFTER / MINUTE:.0f} minutes"),
        (
            TROUBLE,
            "What goes wrong",
            f"after {patience.PAUSE:.0f} seconds, then every 1 to {patience.LONGEST_PAUSE / 60:.0f} ",
        ),
        (TROUBLE, "What goes wrong", f"else after {waits.UNSAID:.0f} seconds"),
        (TROUBLE, "What goes wrong", f"{patience.MOST_GENERATIONS_LOST} times in all"),
        (TROUBLE, "What goes wrong", f"| {patience.FEW_ATTEMPTS} tries in all |"),
        (TROUBLE, "What goes wrong", f"after {patience.MOST_DEATHS} deaths while it was worked on alone"),
        (
            TROUBLE,
            "What goes wrong",
            f"{patience.SUSPECT_WAIT:.0f} and {2 * patience.SUSPECT_WAIT:.0f} seconds after a",
        ),
        (
            TROUBLE,
            "What goes wrong",
            "after {:.0f}, {:.0f}, {:.0f} and {:.0f} seconds; ".format(*map(wait_in_doubt, range(1, 5)))
            + f"{patience.MOST_CREATES_IN_DOUBT} in all, then an apology",
        ),
        (
            TROUBLE,
            "What goes wrong",
            f"after {patience.MOST_CREATES_IN_DOUBT} creates and {patience.DOUBT_FOR / MINUTE:.0f} minutes",
        ),
        (GUARANTEES, "What you can rely on", f"{patience.MOST_CREATES_IN_DOUBT} times at the most"),
        (GUARANTEES, "What you can rely on", f"or for {patience.DOUBT_FOR / MINUTE:.0f} minutes where"),
        (GUARANTEES, PACE, f"{line.EACH} messages a second go to all chats"),
        (
            GUARANTEES,
            PACE,
            f"gets {chat.PRIVATE[0]} of both a minute, and of new messages a group {chat.MESSAGES[0]}",
        ),
        (GUARANTEES, PACE, f"in line for up to {windows.LONGEST_WAIT:.0f} seconds"),
        (GUARANTEES, PACE, f"Three refused private chats within {together.SOON:.0f} seconds"),
        (GUARANTEES, PACE, f"share {together.MOST / 2:.0f} a second"),
        (GUARANTEES, PACE, f"{shared.EACH} messages and {shared.EACH} edits a second"),
        (GUARANTEES, PACE, f"each process writes {shared.ALONE} of each a second"),
        (TROUBLE, "What goes wrong", f"every {shared.AWAY_FOR:.0f} seconds; until then each process writes"),
        (GUARANTEES, DEATHS, f"or for {patience.ALONE_AFTER_START:.0f} seconds"),
        (GUARANTEES, DEATHS, f"for {patience.SUSPECT_WAIT:.0f} seconds at the next start"),
        (GUARANTEES, DEATHS, f"{patience.MOST_INTERRUPTIONS} times without getting on"),
        (TROUBLE, "What goes wrong", f"Process killed {patience.MOST_INTERRUPTIONS} times"),
        (GUARANTEES, "What you can rely on", f"Steps get {patience.STOP_GRACE:.0f} seconds"),
        (GUARANTEES, "What you can rely on", f"after {patience.JOBS_KEPT_FOR / DAY:.0f} days"),
        (COSTS, "What is stored", f"{patience.JOBS_KEPT_FOR / DAY:.0f} days after their end"),
        (MONITORING, "Health", f"ends {http.LONGEST_CONNECTION:.0f} seconds after"),
        (MONITORING, "Health", f"more than {http.MOST_CONNECTIONS} connections"),
        (GUARANTEES, "What you can rely on", f"queue of their chat, at most {replies.MOST_OF_A_CHAT}"),
        (TROUBLE, "What goes wrong", f"answers to the newest {replies.MOST_OF_A_CHAT} |"),
        (USAGE, "Long texts", f"up to {layout.MAX_PAGES} folded messages"),
        (USAGE, "Long texts", f"in up to {layout.MOST_PAGES} messages"),
        (GUARANTEES, "Where a chat refuses", f"in up to {layout.MOST_PAGES} pages"),
        (GUARANTEES, "Where a chat refuses", f"tried {patience.FEW_ATTEMPTS} times"),
        (GUARANTEES, "Where a chat refuses", f"{refusing.FRESH:.0f} seconds after the last time"),
        (
            GUARANTEES,
            "Where a chat refuses",
            "after {:.0f}, {:.0f} and {:.0f} seconds and then after {:.0f}, {:.0f} and {:.0f} minutes".format(
                *refusing.WAITS[:3], *(wait / MINUTE for wait in refusing.WAITS[3:])
            ),
        ),
        (
            GUARANTEES,
            "Where a chat refuses",
            "after {:.0f} seconds and {:.0f}, {:.0f} and {:.0f} minutes".format(
                refusing.WAITS_IN_DOUBT[0], *(wait / MINUTE for wait in refusing.WAITS_IN_DOUBT[1:])
            ),
        ),
        (USAGE, "Long texts", f"ends after {LONGEST_TEXT:,} characters"),
        (USAGE, "Limits", f"{Settings.max_file_mb} MB, because"),
        (USAGE, "Limits", f"and {Settings.max_audio_minutes} minutes"),
        (USAGE, "What is listened to", f"at their first {HEAD_BYTES // 1024} kB"),
        (SCALING, "Sizing", f"opens up to {engine.MOST_CONNECTIONS + engine.MOST_URGENT} to the database"),
        (SCALING, "Sizing", f"kept for {patience.JOBS_KEPT_FOR / DAY:.0f} days after their end"),
        (SCALING, "A replica that is cut off", f"silent for {DEAD_AFTER:.0f} seconds"),
        (SCALING, "pgbouncer", f"at least {engine.MOST_CONNECTIONS + engine.MOST_URGENT} for each replica"),
        (CONTAINERS, "Several replicas", f"up to {engine.MOST_CONNECTIONS + engine.MOST_URGENT} connections"),
        (GROUPS, "Documents", f"at the first {HEAD_BYTES // 1024} kB of documents of up to {UNKNOWN_MB} MB"),
        (MONITORING, "Health", f"at most {http.RECEIVED_WITHIN:.0f} seconds old"),
        (GUARANTEES, "How work is shared", f"its turn {claims.TURN_AFTER / MINUTE:.0f} minutes after the one before"),
        (GUARANTEES, "How work is shared", f"up to {1 / patience.SLOT_ADDED_EVERY:.0f} more a second"),
        (GUARANTEES, "How work is shared", f"For {patience.SLOTS_REFUSED_FOR / MINUTE:.0f} minutes they stay below"),
        (GUARANTEES, "How work is shared", f"Of the {patience.STEPS_AT_ONCE} steps"),
        (USAGE, "Limits", f"may have {Settings.max_open_jobs_per_chat} recordings"),
        (GUARANTEES, "How the provider is asked", f"comes {patience.FIRST_LOOK} seconds after"),
        (
            GUARANTEES,
            "How the provider is asked",
            f"between {patience.SHORTEST_LOOK} and {patience.LONGEST_LOOK:.0f} seconds",
        ),
        (GUARANTEES, "How the provider is asked", f"every {patience.MAINTENANCE_EVERY:.0f} seconds and at a stop"),
        (GUARANTEES, "How the provider is asked", f"Each {patience.SLOWED_FOR:.0f} seconds without a refusal"),
        (GUARANTEES, "How the provider is asked", f"more than {patience.YOUNG:.0f} seconds ago get at most half"),
    ],
)
def test_numbers_are_those_of_the_code(document, title, sentence):
    assert sentence in said(document, title)


def test_numbers_written_as_words_are_those_of_the_code():
    assert (patience.TRIES, patience.TRIES_FOR_AN_ANSWER) == (HOUR, DAY)
    shared = said(GUARANTEES, "How work is shared")
    assert (patience.SLOT_KEPT_UNSEEN, claims.TOLD_EVERY, patience.SLOT_LENT) == (MINUTE, MINUTE, 1)
    assert "during a minute" in shared
    assert "once a minute at the most" in shared
    assert "less than a second" in shared
    assert (patience.STEPS_PER_PLACE_LEFT, admission.ENOUGH_TO_KEEP_ONE) == (3, 3)
    assert "at most three times as many as there are places left" in shared
    assert "Of three or more, one is kept" in shared
    assert (patience.PAUSE_GIVE_UP_AFTER, patience.NOT_YET_KNOWN) == (DAY, MINUTE)
    states = said(GUARANTEES, "States")
    assert (
        "An hour of failing tries ends in an apology. So does a day of a pause that only the operator can end" in states
    )
    assert "an hour of failing tries ends in an apology" in states.partition("**SUBMITTED**")[2]
    assert "After a day of failing tries the job is FAILED" in states
    assert "| for an hour, then an apology |" in said(TROUBLE, "What goes wrong")
    assert "| Generation unknown after a minute |" in said(TROUBLE, "What goes wrong")
    assert Settings.split_minutes == HOUR / MINUTE
    long = said(USAGE, "Long recordings")
    assert "in parts of about an hour" in long
    assert patience.PARTS_AT_ONCE == OVERLAP_SECONDS == 4
    assert "up to four of them at a time" in long
    assert "the same four seconds" in long
    assert (SPEAKERS_SECONDS, overlap_seconds(8 * MINUTE, speakers=True)) == (24, 24)
    assert "the same 24 seconds around every cut" in long
    assert overlap_seconds(MINUTE, speakers=True) == MINUTE / 8
    assert "the same 24 seconds around every cut, or an eighth of `SPLIT_MINUTES`" in said(USAGE, "Speakers")
    assert SPEAKERS_SECONDS < (HOUR - 2 * 10 - SPEAKERS_SECONDS) / 100
    costs = said("docs/costs.md", "What costs money")
    assert "the same 24 seconds around each cut" in costs
    assert "with parts of an hour is less than a hundredth of the whole" in costs
    assert f"every {patience.PROGRESS_EVERY:.0f} seconds at the most" in long
    assert f"longer than {patience.QUEUE_TOLD_AFTER:.0f} seconds" in long
    assert http.RECEIVED_WITHIN == http.WRITTEN_WITHIN
    assert patience.MOST_SLOWINGS == 3
    assert patience.LATER_BY == 1.1
    assert patience.LENGTHS == (15, MINUTE, 5 * MINUTE, 30 * MINUTE)
    asked = said(GUARANTEES, "How the provider is asked")
    assert "recordings up to 15 seconds, 1, 5 and 30 minutes and longer ones" in asked
    assert "later by more than a tenth" in asked
    assert "after two more refusals an eighth" in asked


def test_tries_are_repeated_after_the_seconds_that_are_stated():
    waits = [backoff(attempts, lambda: 0.5) for attempts in range(8)]
    assert waits[:3] == [1, 2, 4]
    assert waits[-1] == 60
    assert "after 1, 2, 4, … 60 seconds" in said(TROUBLE, "What goes wrong")


def test_the_container_says_what_a_recording_takes_of_its_temporary_folder():
    of_a_minute = (conversion_bytes(10**7, 7_200, 3_600) - conversion_bytes(10**7, 3_660, 3_600)) / 59
    assert round(of_a_minute / 1e6) == 1
    assert round(1 + conversion_bytes(10**8, 3_600, 3_600) / 1e8, 1) == 3.5
    assert round(conversion_bytes(10**10, 3_600, 3_600) / 1e8) == 6
    assert "three and a half times its own size instead, up to its own size and 600 MB" in said(
        "docs/containers.md", "The image"
    )
    assert "its own size, and 1 MB for each minute" in said("docs/containers.md", "The image")

import re

from bot.outgoing.moving import LIMITS
from bot.telegram.downloading.downloads import MOST_BREAKS
from storage.apology import Notice
from tests.english import ENGLISH
from tests.unit.project.checkout import quoted, said, section, text

DOCUMENT = "docs/troubleshooting.md"


def test_most_troubles_have_an_event_to_look_for():
    named = {name for name in quoted(section(DOCUMENT, "What goes wrong")) if re.fullmatch(r"[a-z]+\.[a-z_]+", name)}
    assert len(named) > 10


def test_words_in_quotes_are_what_the_placeholder_says():
    assert f'"{ENGLISH.waiting.placeholder(Notice.NONE)}"' in text("docs/usage.md")
    trouble = said(DOCUMENT, "What goes wrong")
    assert "is not answering at the moment" in ENGLISH.waiting.placeholder(Notice.RETRYING)
    assert '"…is not answering at the moment…"' in trouble
    assert "takes longer than usual" in ENGLISH.waiting.placeholder(Notice.DELAYED)
    assert '"…takes longer than usual…"' in trouble
    assert "paused" in ENGLISH.waiting.placeholder(Notice.PAUSED)
    assert '"…paused…"' in trouble
    assert "does not hand this file over" in ENGLISH.waiting.placeholder(Notice.TELEGRAM)
    assert '"…does not hand this file over…"' in trouble
    assert "on the machine this bot runs on" in ENGLISH.waiting.placeholder(Notice.MACHINE)
    assert '"…on the machine this bot runs on…"' in trouble


def test_what_transfers_may_be_is_what_is_promised():
    said_so = said(DOCUMENT, "How slow a transfer may be")
    assert (LIMITS.still, LIMITS.floor, LIMITS.floor_over) == (60, 8000, 300)
    for promise in ("60 seconds without a byte", "8 kB/s over 5 minutes", "within 20 seconds", "within 2 minutes"):
        assert promise in said_so
    assert (LIMITS.answer, LIMITS.result) == (20, 120)
    assert f"up to {MOST_BREAKS} times" in said_so

import re

from bot.text.sentences import placeholder
from storage.apology import Notice
from tests.unit.project.checkout import quoted, said, section, text

DOCUMENT = "docs/troubleshooting.md"


def test_most_troubles_have_an_event_to_look_for():
    named = {name for name in quoted(section(DOCUMENT, "What goes wrong")) if re.fullmatch(r"[a-z]+\.[a-z_]+", name)}
    assert len(named) > 10


def test_words_in_quotes_are_what_the_placeholder_says():
    assert f'"{placeholder(Notice.NONE)}"' in text("docs/usage.md")
    trouble = said(DOCUMENT, "What goes wrong")
    assert "is not answering at the moment" in placeholder(Notice.RETRYING)
    assert '"…is not answering at the moment…"' in trouble
    assert "takes longer than usual" in placeholder(Notice.DELAYED)
    assert '"…takes longer than usual…"' in trouble
    assert "paused" in placeholder(Notice.PAUSED)
    assert '"…paused…"' in trouble

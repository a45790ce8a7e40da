"""Markdown as programs for notes read it."""

import json
import re
from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.documents.document import Ending, make
from bot.documents.known import Known
from storage.transcript import Transcript, Word

SENT = datetime(2026, 3, 5, 23, 30, tzinfo=timezone(timedelta(hours=-3)))


def known(transcript, **more):
    return Known(transcript, "nova-2-general", SENT, **more)


def parts(known):
    """Return the front matter by name, and the text after it."""
    written = make(Ending.MD, known).content.decode()
    opening, front, body = written.split("---\n", 2)
    assert opening == ""
    fields, name = {}, ""
    for line in front.splitlines():
        if line.startswith("  - "):
            fields[name].append(json.loads(line[4:]))
            continue
        name, _, value = line.partition(":")
        assert re.fullmatch("[a-z]+", name)
        assert name not in fields
        fields[name] = value.strip() if name == "date" else json.loads(value or "[]")
    return fields, body


def said(*turns):
    words, at = [], 0.0
    for speaker, text in turns:
        for word in text.split():
            words.append(Word(word, at, at + 0.5, speaker))
            at += 0.5
    return Transcript(" ".join(text for _, text in turns), "en", at, tuple(words))


def test_a_note_has_what_is_known_in_front_and_who_said_what_when():
    told = known(
        said(("0", "Good morning. " * 5), ("1", "Hello!")),
        sender="Ann",
        duration=3725.4,
        names={"0": "Bob"},
    )
    assert make(Ending.MD, told).content.decode() == (
        '---\ndate: 2026-03-06T02:30:00\nsender: "Ann"\nduration: "1:02:05"\n'
        'model: "nova-2-general"\nlanguage: "en"\nspeakers:\n  - "Bob"\n  - "Speaker 2"\n---\n\n'
        "0:00 **Bob:** Good morning. Good morning. Good morning. Good morning. Good morning.\n\n"
        "0:05 **Speaker 2:** Hello!\n"
    )


def test_what_nobody_knows_is_null_or_left_out():
    fields, body = parts(known(Transcript("One.\n\nTwo.")))
    assert fields == {"date": "2026-03-06T02:30:00", "duration": None, "model": "nova-2-general", "language": None}
    assert body == "\nOne.\n\nTwo.\n"


def test_a_language_that_was_asked_for_is_told_where_the_provider_does_not_tell_it():
    assert parts(known(Transcript("Nei."), asked_language="no"))[0]["language"] == "no"
    assert parts(known(Transcript("Nei.", "sv"), asked_language="no"))[0]["language"] == "sv"


@pytest.mark.parametrize(
    "hostile", ['x"\n---\nevil: 1', "---", "no", "1:02:07", "{a: [b", "\u2028- x", "a\\", "# y", "\ufeff'"]
)
def test_front_matter_cannot_be_broken(hostile):
    told = known(said((hostile, "Hi there."), ("1", "Ho.")), sender=hostile, names={hostile: hostile})
    fields, _ = parts(told)
    assert set(fields) == {"date", "sender", "duration", "model", "language", "speakers"}
    assert fields["sender"] == fields["speakers"][0] == " ".join(hostile.replace("\ufeff", "").split())


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("# no heading", "\\# no heading"),
        ("- no list\n+ no list\n12. no list", "\\- no list\n\\+ no list\n12\\. no list"),
        ("> no quote", "\\> no quote"),
        ("---", "\\---"),
        ("title\n===", "title\n\\==="),
        ("*a* _b_ `c` ~~d~~ $e$ [[f]]", "\\*a\\* \\_b\\_ \\`c\\` \\~\\~d\\~\\~ \\$e\\$ \\[\\[f\\]\\]"),
        ("snake_case and C# <b> a < b &lt; AT&T", "snake_case and C\\# \\<b> a < b \\&lt; AT&T"),
        ("    no code", "no code"),
        ("back\\slash", "back\\\\slash"),
        (
            "plain text, with (all) 'its' \"marks\": 3.5 + 4 = 7.5!",
            "plain text, with (all) 'its' \"marks\": 3.5 + 4 = 7.5!",
        ),
    ],
)
def test_a_text_is_shown_as_it_was_said(text, written):
    assert parts(known(Transcript(text)))[1] == f"\n{written}\n"


@given(st.text(), st.text())
def test_any_text_and_any_name_make_a_note(text, name):
    fields, _ = parts(known(said(("0", text), ("1", "Ho.")), sender=name, names={"0": name}))
    assert fields["model"] == "nova-2-general"


def test_a_long_talk_has_a_paragraph_for_each_turn_and_a_name_where_the_speaker_changes():
    told = known(said(("0", "Hello there, my friend, how are you today? " * 20), ("1", "I am fine.")))
    body = parts(told)[1]
    assert body.count("**Speaker 1:**") == body.count("**Speaker 2:**") == 1
    assert len(re.findall(r"^\d+:\d\d ", body, re.MULTILINE)) > 2

"""The files of a transcript: their names, the plain text, and JSON."""

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest

from bot.documents.document import Ending, make
from bot.documents.known import Known
from storage.transcript import Segment, Transcript, Word

SENT = datetime(2026, 3, 5, 23, 30, tzinfo=timezone(timedelta(hours=-3)))
FAMILY = "👨\u200d👩\u200d👧"
TALK = Transcript(
    "Hello, Ann.\n\nHello!",
    "en",
    2.0004,
    (Word("Hello,", 0.12000000000000001, 0.4, "7", 0.98), Word("Ann.", 0.5, 0.9, "7"), Word("Hello!", 1.2, 1.9, "A")),
)


def known(transcript=TALK, **more):
    return Known(transcript, "nova-2-general", SENT, **more)


def data(**more):
    return json.loads(make(Ending.JSON, known(**more)).content)


@pytest.mark.parametrize("ending", Ending)
def test_a_file_is_a_transcript(ending):
    assert make(ending, known()).name == f"transcript.{ending}"


def test_a_plain_text_is_the_text_alone_as_the_chat_shows_it():
    assert make(Ending.TXT, known(sender="Ann")).content == b"Hello, Ann.\n\nHello!"
    assert make(Ending.TXT, known(Transcript("a\0b\r\nc \x1b[0m"))).content == b"ab\nc [0m"


def test_json_tells_all_that_is_known():
    told = data(sender="Ann", names={"A": "Bob"})
    assert told == {
        "version": 1,
        "date": "2026-03-06T02:30:00Z",
        "sender": "Ann",
        "model": "nova-2-general",
        "language": "en",
        "duration": 2.0,
        "speakers": ["Speaker 1", "Bob"],
        "text": "Hello, Ann.\n\nHello!",
        "words": [
            {"text": "Hello,", "start": 0.12, "end": 0.4, "speaker": "Speaker 1", "confidence": 0.98},
            {"text": "Ann.", "start": 0.5, "end": 0.9, "speaker": "Speaker 1", "confidence": None},
            {"text": "Hello!", "start": 1.2, "end": 1.9, "speaker": "Bob", "confidence": None},
        ],
        "segments": [],
    }


def test_json_has_nobody_where_nobody_is_told_apart_and_no_duration_where_none_is_known():
    told = data(transcript=Transcript("so", words=(Word("so", 0, 1),)))
    assert told["words"] == [{"text": "so", "start": 0, "end": 1, "speaker": None, "confidence": None}]
    assert told["speakers"] == []
    assert (told["duration"], told["language"], told["sender"]) == (None, None, None)


def test_the_duration_that_was_measured_is_believed():
    assert data(duration=2.5)["duration"] == 2.5


def test_speakers_of_segments_are_counted_from_the_first_to_speak():
    segments = (Segment("Ho.", 5, 6, "0"), Segment("Hi.", 1, 2, "1"))
    told = data(transcript=Transcript("Ho. Hi.", segments=segments, words=(Word("Hm", 3, 4, "2"),)))
    assert told["speakers"] == ["Speaker 1", "Speaker 2", "Speaker 3"]
    assert told["segments"] == [
        {"text": "Ho.", "start": 5, "end": 6, "speaker": "Speaker 3"},
        {"text": "Hi.", "start": 1, "end": 2, "speaker": "Speaker 1"},
    ]


def test_speakers_without_a_name_are_called_what_the_chat_calls_them():
    assert data(nameless="Говорящий {n}")["speakers"] == ["Говорящий 1", "Говорящий 2"]
    assert data(names={"7": " \n", "A": "\u202eBob\n Ray"})["speakers"] == ["Speaker 1", "Bob Ray"]


def test_two_speakers_of_one_name_are_one():
    assert data(names={"7": "Ann", "A": "Ann"})["speakers"] == ["Ann"]


def test_what_no_file_can_hold_is_replaced():
    told = data(transcript=Transcript("a\ud800", words=(Word("a\ud800", 0, 1),)), sender="\udfff")
    assert (told["text"], told["words"][0]["text"], told["sender"]) == ("a\ufffd", "a?", "\ufffd")


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("  Ann\nLee\x1b[0m\u2028 ", "Ann Lee[0m"),
        ("Ann\u202eeeL\u2066", "AnneeL"),
        ("x" * 300, "x" * 128),
        (FAMILY * 40, FAMILY * 25),
        (" \u202e\n", None),
        ("", None),
    ],
)
def test_a_sender_is_told_on_one_short_line(name, shown):
    assert data(sender=name)["sender"] == shown


def test_a_date_is_told_in_utc():
    assert data()["date"] == SENT.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

"""What docs/exports.md says is what the files have."""

import json
import re
from datetime import UTC, datetime

import pytest

from bot.documents import cuts, timing
from bot.documents.alphabets import CHINESE, JAPANESE, KOREAN, LATIN
from bot.documents.document import Ending, make
from bot.documents.known import Known
from storage.transcript import Segment, Transcript, Word
from tests.unit.documents.test_golden import RECORDINGS, known
from tests.unit.project.checkout import blocks, quoted, said, section, table, text

DOCUMENT = "docs/exports.md"
SCHEMA = json.loads(blocks(section(DOCUMENT, "JSON"))[0])
TYPES = {"string": str, "number": (int, float), "array": list, "object": dict, "null": type(None)}


def complaints(value, schema, at="it"):
    """Yield what is wrong with a value by as much of JSON Schema as the document uses."""
    assert set(schema) <= {
        *("$schema", "title", "description", "format", "type", "required", "properties", "items", "const"),
        *("minimum", "maximum"),
    }
    kinds = schema.get("type", [])
    kinds = [kinds] if isinstance(kinds, str) else kinds
    if isinstance(value, bool) or (kinds and not isinstance(value, tuple(TYPES[kind] for kind in kinds))):
        yield f"{at} is {value!r}"
    if "const" in schema and value != schema["const"]:
        yield f"{at} is {value!r}"
    if isinstance(value, int | float) and not schema.get("minimum", 0) <= value <= schema.get("maximum", value):
        yield f"{at} is {value!r}"
    if isinstance(value, dict):
        if not list(value) == list(schema["properties"]) == schema["required"]:
            yield f"{at} has {list(value)}"
        for name, inner in value.items():
            yield from complaints(inner, schema["properties"].get(name, {}), name)
    if isinstance(value, list):
        for inner in value:
            yield from complaints(inner, schema["items"], f"one of {at}")


FULL = Transcript("Hi.", "en", 2.0, (Word("Hi.", 0, 1, "0", 0.9),), 0.5, (Segment("Ho.", 1, 2, "1"),))


@pytest.mark.parametrize("recording", [*RECORDINGS, None])
def test_json_keeps_to_its_schema(recording):
    of = known(recording) if recording else Known(FULL, "nova-2-general", datetime.now(UTC))
    assert list(complaints(json.loads(make(Ending.JSON, of).content), SCHEMA)) == []


def test_a_schema_that_is_not_kept_is_noticed():
    told = json.loads(make(Ending.JSON, known("english")).content)
    told["words"][3]["confidence"] = 1.5
    told["words"][4] = {"text": 5}
    told["duration"] = "long"
    assert len(list(complaints(told | {"version": 2}, SCHEMA))) == 5


def test_every_form_stands_in_the_table():
    assert {quoted(row[0])[0] for row in table(DOCUMENT, "Files")} == {f".{each}" for each in Ending}


def test_the_rules_have_the_numbers_of_the_code():
    rules = said(DOCUMENT, "Subtitles")
    for number in (
        f"2 lines of {LATIN.line} characters: {CHINESE.line} in Chinese and Korean, {JAPANESE.line} in Japanese",
        f"{timing.LONGEST // 1000} seconds at most",
        f"{LATIN.speed} characters a second",
    ):
        assert number in rules
    assert KOREAN.line == CHINESE.line
    assert (timing.SHORTEST, timing.CLOSED, timing.LATE, cuts.PAUSE) == (834, 500, 1_000, 1.0)


def test_the_example_of_a_note_is_one():
    words = [Word(each, n * 1.0, n + 1.0, "0") for n, each in enumerate(["Good", "morning,", "everybody."])]
    transcript = Transcript("Good morning, everybody. Hello!", "en", words=(*words, Word("Hello!", 4, 5, "1")))
    told = Known(
        transcript,
        "nova-2-general",
        datetime(2026, 3, 5, 23, 30, tzinfo=UTC),
        "Anna Kovács",
        duration=3725,
        names={"0": "Anna"},
    )
    assert make(Ending.MD, told).content.decode() == blocks(section(DOCUMENT, "Markdown"))[0]


def test_the_document_is_listed_with_the_others():
    assert re.search(r"\[[^\]]+\]\(exports\.md\)", text("docs/README.md"))

"""The catalogue of models."""

import pytest

from bot.speech.catalogue import MODELS, Family, find, suggest
from tests.english import ENGLISH


def names(text):
    return [model.name for model in suggest(text)]


def test_there_are_fifteen_models_ten_of_them_nova():
    assert len(MODELS) == 15
    assert sum(model.family is Family.NOVA for model in MODELS) == 10


def test_every_name_and_every_wire_id_is_unique():
    assert len({model.name for model in MODELS}) == 15
    assert {model.wire for model in MODELS} == {f"#g1_{model.name}" for model in MODELS}


def test_every_model_has_one_line_about_it_and_takes_its_file_as_audio():
    abouts = [ENGLISH.models.about(model.name) for model in MODELS]
    assert all(about.endswith(".") and "\n" not in about for about in abouts)
    assert {model.field for model in MODELS} == {"audio"}


def test_only_the_english_only_models_cannot_detect_a_language():
    assert {m.language_count for m in MODELS if not m.detects_language} == {1}
    assert len([m for m in MODELS if not m.detects_language]) == 9


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
def test_a_model_is_found_by_its_name_and_by_its_wire_id_in_any_case(model):
    assert find(model.name) is model
    assert find(f"  {model.wire.upper()} \n") is model


@pytest.mark.parametrize("text", ["", "nova", "nova-2", "meeting", "whisper large", "#g1_", "nova-2-meetings"])
def test_finding_is_exact(text):
    assert find(text) is None


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("meeting", "nova-2-meeting"),
        ("nova2-meeting", "nova-2-meeting"),
        ("#G1_nova-2-metting", "nova-2-meeting"),
        ("general", "nova-2-general"),
        ("nova-3-general", "nova-2-general"),
        ("whisper", "whisper-large"),
        ("wisper-large", "whisper-large"),
        ("Whisper Tiny", "whisper-tiny"),
        ("phone call", "nova-2-phonecall"),
        ("drive-thru", "nova-2-drivethru"),
        ("nova", "nova-2-general"),
    ],
)
def test_a_near_miss_suggests_what_was_meant_first(typed, meant):
    assert names(typed)[0] == meant


@pytest.mark.parametrize("typed", ["", "   ", "#", "hello", "gpt-4o", "помогите", "x" * 10_000])
def test_nothing_near_suggests_nothing(typed):
    assert names(typed) == []


def test_there_are_at_most_three_suggestions():
    assert names("whisper") == ["whisper-large", "whisper-medium", "whisper-small"]

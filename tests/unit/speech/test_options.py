"""The text fields of a create."""

import pytest

from bot.speech.aimlapi.options import form_fields, json_fields
from bot.speech.catalogue import MODELS, find
from storage.options import Options


def language_fields(name, language):
    fields = form_fields(find(name), Options(language))
    return {key: value for key, value in fields.items() if "language" in key}


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
@pytest.mark.parametrize("language", ["auto", "", "en", "xx", "de-AT", "multi"])
def test_every_create_names_its_model_and_exactly_one_way_to_know_the_language(model, language):
    fields = form_fields(model, Options(language))
    assert fields["model"] == model.wire
    assert ("language" in fields) != ("detect_language" in fields)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
def test_readable_text_is_always_asked_for_and_every_boolean_is_the_text_true(model):
    fields = form_fields(model, Options())
    assert fields["smart_format"] == fields["punctuate"] == "true"
    assert "false" not in fields.values()


@pytest.mark.parametrize(
    ("model", "asked", "sent"),
    [
        ("nova-2-general", "auto", {"detect_language": "true"}),
        ("nova-2-general", " AUTO ", {"detect_language": "true"}),
        ("nova-2-general", "", {"detect_language": "true"}),
        ("nova-2-general", "de", {"language": "de"}),
        ("nova-2-general", "DE", {"language": "de"}),
        ("nova-2-general", "de-AT", {"language": "de"}),
        ("nova-2-general", "pt-br", {"language": "pt-BR"}),
        ("nova-2-general", "en_gb", {"language": "en-GB"}),
        ("nova-2-general", "multi", {"language": "multi"}),
        ("nova-2-general", "zh-Hant-HK", {"language": "zh-TW"}),
        ("nova-2-general", "zh-hans", {"language": "zh"}),
        ("nova-2-general", "nb", {"language": "no"}),
        ("nova-2-general", "nb-NO", {"language": "no"}),
        ("nova-2-general", "sw", {"detect_language": "true"}),
        ("nova-2-meeting", "auto", {"language": "en"}),
        ("nova-2-meeting", "de", {"language": "en"}),
        ("nova-2-meeting", "en-US", {"language": "en-US"}),
        ("nova-2-meeting", "en-us", {"language": "en-US"}),
        ("nova-2-meeting", "en-GB", {"language": "en"}),
        ("whisper-large", "auto", {"detect_language": "true"}),
        ("whisper-large", "sw", {"language": "sw"}),
        ("whisper-large", "en-US", {"language": "en"}),
        ("whisper-large", "fil", {"language": "tl"}),
        ("whisper-large", "yue", {"detect_language": "true"}),
        ("whisper-large", "nn", {"language": "nn"}),
        ("whisper-large", "tlh", {"detect_language": "true"}),
    ],
)
def test_the_language_is_sent_as_the_model_knows_it(model, asked, sent):
    assert language_fields(model, asked) == sent


def test_in_json_truths_are_no_texts():
    fields = json_fields(find("nova-2-general"), Options())
    assert fields == {"model": "#g1_nova-2-general", "detect_language": True, "smart_format": True, "punctuate": True}


EVERYTHING = Options(
    "en",
    speakers=True,
    smart_format=False,
    fillers=True,
    profanity_filter=True,
    numerals=True,
    vocabulary=("Zoë", "Ada"),
)


def test_every_option_has_its_field_and_words_are_sent_in_their_order_with_commas():
    assert json_fields(find("nova-2-general"), EVERYTHING) == {
        "model": "#g1_nova-2-general",
        "language": "en",
        "punctuate": True,
        "diarize": True,
        "filler_words": True,
        "profanity_filter": True,
        "numerals": True,
        "keywords": "Ada,Zoë",
    }


def test_whisper_is_sent_neither_words_nor_the_filter_that_it_does_not_take():
    assert json_fields(find("whisper-large"), EVERYTHING) == {
        "model": "#g1_whisper-large",
        "language": "en",
        "punctuate": True,
        "diarize": True,
        "filler_words": True,
        "numerals": True,
    }


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
def test_a_form_has_the_fields_of_the_object_with_true_as_a_text(model):
    fields = json_fields(model, EVERYTHING)
    assert form_fields(model, EVERYTHING) == {
        name: "true" if value is True else value for name, value in fields.items()
    }


def test_in_json_a_language_is_a_text():
    assert json_fields(find("whisper-large"), Options("de"))["language"] == "de"

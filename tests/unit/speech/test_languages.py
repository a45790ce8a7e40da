"""How people call the languages that models know."""

import pytest

from bot.speech.catalogue import MODELS, NOVA_GENERAL_LANGUAGES, WHISPER_LANGUAGES, find
from bot.speech.languages import LANGUAGES, find_language, offered, spoken


def test_every_language_of_the_catalogue_has_a_name_and_no_other_one_has():
    assert set(LANGUAGES) == NOVA_GENERAL_LANGUAGES | WHISPER_LANGUAGES
    assert all(language.english and language.own for language in LANGUAGES.values())


def test_every_language_is_found_by_its_tag_and_its_english_name():
    for tag, language in LANGUAGES.items():
        assert find_language(tag) == tag
        assert find_language(language.english) == tag


@pytest.mark.parametrize(
    ("typed", "tag"),
    [
        ("German", "de"),
        (" german ", "de"),
        ("DEUTSCH", "de"),
        ("Francais", "fr"),
        ("français", "fr"),
        ("中文", "zh"),
        ("Русский", "ru"),
        ("العربية", "ar"),
        ("Portuguese Brazil", "pt-BR"),
        ("Portuguese (Brazil)", "pt-BR"),
        ("pt_br", "pt-BR"),
        ("PT-BR", "pt-BR"),
        ("de-AT", "de"),
        ("zh-Hant", "zh-TW"),
        ("zh-hant-HK", "zh-TW"),
        ("nb", "no"),
        ("Farsi", "fa"),
        ("English", "en"),
        ("Occitan", "oc"),
    ],
)
def test_languages_are_found_as_people_write_them(typed, tag):
    assert find_language(typed) == tag


@pytest.mark.parametrize("typed", ["", " ", "-", "Klingon", "tlh", "auto", "d", "<b>", "٣", "\x00", "x" * 5000, "-de"])
def test_other_words_are_no_languages(typed):
    assert find_language(typed) is None


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
def test_a_model_offers_each_of_its_languages_once(model):
    assert sorted(offered(model)) == sorted(model.languages)


def test_the_most_popular_languages_come_first():
    assert offered(find("whisper-large"))[:4] == ("en", "es", "pt", "de")


def test_a_model_is_asked_for_by_its_own_tag():
    assert spoken(find("whisper-large"), "en-US") == "en"
    assert spoken(find("nova-2-meeting"), "de") is None

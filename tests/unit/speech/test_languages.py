"""How people call the languages that models know."""

import pytest

from bot.speech.catalogue import MODELS, NOVA_GENERAL_LANGUAGES, WHISPER_LANGUAGES, find
from bot.speech.languages import LANGUAGES, fallback_of, find_language, likely, misses, nearest, offered, spoken


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


@pytest.mark.parametrize(
    ("tag", "missed"),
    [
        ("de", None),
        ("de-AT", None),
        ("fa", "fa"),
        ("fa-IR", "fa"),
        ("iw", "he"),
        ("fil", "tl"),
        ("xx", None),
        (None, None),
    ],
)
def test_a_model_misses_only_languages_that_somebody_knows(tag, missed):
    assert misses(find("nova-2-general"), tag) == missed


@pytest.mark.parametrize(
    "tag", ["fa", "fa-IR", "fa_IR", "FA", "iw", "fil", "kk", "yue-x", "de", "zh-hant-HK", "xx", "", None]
)
def test_a_fallback_is_for_what_the_default_model_does_not_know_and_it_does(tag):
    default, model = find("nova-2-general"), find("whisper-medium")
    fallback = fallback_of(default, model)
    known = tag is not None and spoken(default, tag) is None and spoken(model, tag) is not None
    assert fallback.knows(tag) is known


def test_there_is_no_fallback_that_knows_nothing_more():
    assert fallback_of(find("whisper-large"), find("nova-2-meeting")) is None
    assert fallback_of(find("whisper-large"), find("whisper-large")) is None
    assert fallback_of(find("whisper-large"), None) is None


def test_the_nearest_model_is_of_the_same_family_or_else_preferred():
    preferred = [find("whisper-tiny")]
    assert nearest(find("nova-2-meeting"), "de", preferred) == find("nova-2-general")
    assert nearest(find("nova-2-meeting"), "fa", preferred) == find("whisper-tiny")
    assert nearest(find("whisper-tiny"), "multi", preferred) == find("nova-2-general")


def test_likely_languages_are_the_given_ones_then_those_like_the_heard_one_then_popular_ones():
    assert likely(["pt-BR", None, "xx", "pt-BR"], "ru", 5) == ("pt-BR", "uk", "be", "bg", "en")
    assert "ru" not in likely(["ru"], "ru", 100)
    assert likely([], None, 3) == ("en", "es", "pt")

"""The catalogues: complete, and as careful with what is filled in as the English sentences."""

import io
import re
from collections import defaultdict
from gettext import GNUTranslations
from string import Formatter

import pytest
from babel.messages.mofile import write_mo

from bot.text.catalogues import catalogue
from bot.text.languages import LANGUAGES, fitting
from tests.translating import TRANSLATIONS, messages, place, stored, untranslated, updated

COMMAND = re.compile(r"(?<![\w/:.])/[a-z]+")
NUMBERS = range(201)

in_each_language = pytest.mark.parametrize("language", TRANSLATIONS)


def fields(text):
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def forms(language):
    """Each translation with what it translates; of a plural, each of its forms."""
    plural = catalogue(language).plural
    for message in messages(language):
        if not message.pluralizable:
            yield message.id, message.string, set()
            continue
        for index, form in enumerate(message.string):
            numbers = [n for n in NUMBERS if plural(n) == index]
            yield message.id[1], form, {"n"} if len(numbers) == 1 else set()


def test_there_is_a_catalogue_for_each_language_but_english():
    assert sorted(path.parts[-3] for path in place("de").parents[2].glob("*/LC_MESSAGES/*.po")) == TRANSLATIONS
    assert set(TRANSLATIONS) == LANGUAGES.keys() - {"en"}


@in_each_language
def test_every_sentence_is_translated_into_all_plural_forms(language):
    assert untranslated(language) == []
    assert place(language).read_text("utf-8") == updated(language)


@in_each_language
def test_no_translation_waits_for_somebody_to_look_at_it(language):
    assert [message.id for message in messages(language) if message.fuzzy] == []


@in_each_language
def test_every_placeholder_is_there_and_no_other(language):
    """The number may be left out where a form is for one number alone, as `a minute` tells as much."""
    wrong = [
        (sentence, form)
        for sentence, form, may_miss in forms(language)
        if form and not fields(sentence) - may_miss <= fields(form) <= fields(sentence)
    ]
    assert wrong == []


@in_each_language
def test_commands_links_and_paragraphs_stay_as_they_are(language):
    def kept(text):
        return sorted(COMMAND.findall(text)), text.count("\n"), sorted(re.findall(r"@\w+|https?://", text))

    assert [(sentence, form) for sentence, form, _ in forms(language) if form and kept(form) != kept(sentence)] == []


@in_each_language
def test_no_sentence_is_left_in_english(language):
    found = [form for sentence, form, _ in forms(language) if form == sentence and len(form) > 15]
    assert [form for form in found if re.search(r"[a-z]", re.sub(r"{\w+}", "", form))] == []


@in_each_language
def test_no_two_sentences_are_the_same_in_a_translation(language):
    """The stories that are told in other languages know a sentence again by its translation."""
    meant = defaultdict(set)
    for sentence, form, _ in forms(language):
        meant[form].add(sentence)
    assert [(form, sentences) for form, sentences in meant.items() if form and len(sentences) > 1] == []


@in_each_language
def test_our_reader_finds_what_babel_compiles(language):
    compiled = io.BytesIO()
    write_mo(compiled, stored(language))
    compiled.seek(0)
    by_babel, ours = GNUTranslations(compiled), catalogue(language)
    lacking = untranslated(language)
    for message in messages(language):
        if message.id in lacking:
            continue
        if message.pluralizable:
            assert [ours.ngettext(*message.id, n) for n in NUMBERS] == [
                by_babel.ngettext(*message.id, n) for n in NUMBERS
            ]
        else:
            assert ours.gettext(message.id) == by_babel.gettext(message.id)


@pytest.mark.parametrize(
    ("tag", "language"),
    [
        ("de", "de"),
        ("de-AT", "de"),
        ("DE", "de"),
        ("pt", "pt_BR"),
        ("pt-br", "pt_BR"),
        ("pt_PT", "pt_BR"),
        ("es-419", "es"),
        ("uk", "uk"),
        ("ar-EG", "ar"),
        ("en-GB", "en"),
        ("zh-hans", None),
        ("fa", None),
        ("deu", None),
        ("", None),
        (None, None),
        ("../../de", None),
    ],
)
def test_a_tag_finds_the_language_of_its_first_part(tag, language):
    assert fitting(tag) == language

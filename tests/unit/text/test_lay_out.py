"""The shape in which a transcript is delivered."""

from time import thread_time

import pytest

from bot.text.layout import CAPTION_LIMIT, MAX_PAGES, MESSAGE_LIMIT, Document, Page, in_so_many, lay_out, utf16_length

SENTENCE = "The quick brown fox jumps over the lazy dog. "


def test_a_short_transcript_is_one_plain_message_exactly_as_spoken():
    assert lay_out("a < b *c* _d_ 😀") == (Page("a < b *c* _d_ 😀", collapsed=False),)


@pytest.mark.parametrize("text", ["a" * MESSAGE_LIMIT, "😀" * (MESSAGE_LIMIT // 2)])
def test_a_full_message_is_still_plain(text):
    assert lay_out(text) == (Page(text, collapsed=False),)


def test_one_unit_more_makes_collapsed_quotes():
    pages = lay_out("😀" * (MESSAGE_LIMIT // 2) + "a")
    assert pages == (Page("😀" * (MESSAGE_LIMIT // 2), collapsed=True), Page("a", collapsed=True))


def test_three_quotes_are_the_most_there_can_be():
    pages = lay_out("a" * MESSAGE_LIMIT * MAX_PAGES)
    assert pages == (Page("a" * MESSAGE_LIMIT, collapsed=True),) * MAX_PAGES


def test_a_long_transcript_is_cut_after_sentences():
    pages = lay_out(SENTENCE * 200)
    assert isinstance(pages, tuple)
    assert [page.text.endswith("dog.") for page in pages] == [True, True, True]
    assert " ".join(page.text for page in pages) == (SENTENCE * 200).strip()


def test_what_needs_a_fourth_quote_is_a_document_with_the_full_text():
    text = "é" * (MESSAGE_LIMIT * MAX_PAGES + 1)
    document = lay_out(text)
    assert isinstance(document, Document)
    assert document.file_name == "transcript.txt"
    assert document.content.decode("utf-8") == text


def test_the_caption_is_the_beginning_up_to_the_end_of_a_sentence():
    document = lay_out(SENTENCE * 400)
    assert isinstance(document, Document)
    assert document.caption.endswith("lazy dog. …")
    assert SENTENCE.startswith(document.caption[:20])
    assert CAPTION_LIMIT - len(SENTENCE) < utf16_length(document.caption) <= CAPTION_LIMIT


@pytest.mark.parametrize("text", ["", " \n ", "\x00", "\u200b", "\ufeff\u200d", "\u2800\u3164", "\u200d" * 10_000])
def test_what_cannot_be_seen_makes_no_page(text):
    assert lay_out(text) == ()


def test_a_stretch_of_invisible_characters_makes_no_page_of_its_own():
    pages = lay_out("\u200b" * 10_000 + "hello")
    assert isinstance(pages, tuple)
    assert len(pages) == 1
    assert pages[0].text.endswith("hello")


@pytest.mark.parametrize("unit", [SENTENCE, "你好", "🇫🇷", "....", "a\n", '."'], ids=ascii)
def test_a_megabyte_is_laid_out_well_below_a_second(unit):
    text = unit * (1_000_000 // len(unit))
    began = thread_time()
    lay_out(text)
    assert thread_time() - began < 0.5


@pytest.mark.parametrize("text", [SENTENCE * 180, "é" * 5000, "a b", SENTENCE * 20])
@pytest.mark.parametrize("count", [2, 3])
def test_a_text_may_have_more_pages_than_it_needs(text, count):
    pages = in_so_many(text, count)
    assert len(pages) == (2 if text == "a b" else count)
    assert "".join(page.text.replace(" ", "") for page in pages) == text.replace(" ", "")

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text.invented import is_invented
from bot.text.inventions import OPENINGS, PHRASES


@pytest.mark.parametrize("language", PHRASES)
def test_every_phrase_is_known_in_capitals_and_with_other_marks(language):
    for phrase in PHRASES[language]:
        for said in (phrase, phrase.upper(), f" «{phrase}!» ", phrase.replace(" ", ", ") + "…"):
            assert is_invented(said, is_faint=True), said
            assert not is_invented(said, is_faint=False), said


@pytest.mark.parametrize("opening", OPENINGS)
def test_credits_are_known_by_their_beginning(opening):
    assert is_invented(f"{opening} Somebody, 2021", is_faint=True)
    assert not is_invented(f"I read {opening}", is_faint=True)


@pytest.mark.parametrize(
    "text",
    [
        "Thank you. Bye!",
        "Продолжение следует... Спасибо за просмотр!",
        "谢谢观看。请订阅我的频道。",
        "[BLANK_AUDIO]",
        "...",
        "♪♪♪",
    ],
)
def test_several_of_them_in_a_row_and_marks_alone_are_known(text):
    assert is_invented(text, is_faint=True)


@pytest.mark.parametrize("text", ["Thank you for the apples", "Bye, Anna.", "Thanks for watching. Call me.", "Да"])
def test_what_has_other_words_is_not(text):
    assert not is_invented(text, is_faint=True)


@pytest.mark.parametrize(
    ("phrase", "times"),
    [
        ("Thank you for watching. ", 4),
        ("thank you, ", 6),
        ("Thank you! thank you ", 5),
        ("you ", 25),
        ("We went to the market and then we went home again. ", 3),
        ("a long sentence with many words that goes on and on until the end of it all, " * 3, 3),
        ("ご視聴ありがとうございました。", 4),
        ("谢谢观看", 6),
        ("ขอบคุณที่รับชม", 4),
        ("शुक्रिया दोस्तों ", 6),
        ("شكرا للمشاهدة ", 6),
        ("Спасибо за просмотр! ", 5),
    ],
)
def test_a_phrase_over_and_over_is_marked_also_where_it_is_cut_at_the_end(phrase, times):
    assert is_invented(phrase * times, is_faint=False)
    assert is_invented(phrase * times + phrase[: len(phrase) // 2], is_faint=False)
    assert is_invented("Yes, and then: " + phrase * 2 * times, is_faint=False)


@pytest.mark.parametrize(
    "text",
    [
        "no no no no",
        "No, no, no, no, no, no, no, no!",
        "no-no-no-no",
        "ha " * 20,
        "hahahahahahaha",
        "哈哈哈哈哈哈哈哈",
        "好的好的好的好的",
        "はいはいはいはいはいはい",
        "I love you, I love you, I love you",
        "Come on, come on, come on, come on!",
        "We went home. We went home.",
        "One. Two. Three.",
        "",
        "…",
    ],
)
def test_what_people_say_again_and_again_is_not(text):
    assert not is_invented(text, is_faint=False)


@given(st.lists(st.text(min_size=1, max_size=8), unique=True, min_size=1, max_size=60))
def test_no_text_is_too_strange_to_be_looked_at(words):
    is_invented(" ".join(words), is_faint=True)


@given(st.lists(st.integers(0, 10**6), unique=True, min_size=1, max_size=200))
def test_what_never_comes_again_is_not_marked(numbers):
    assert not is_invented(" ".join(f"w{number}" for number in numbers), is_faint=False)

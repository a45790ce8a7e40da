"""Whatever was said, and however its words differ from its text: nothing is lost, and nothing is made up."""

from itertools import accumulate

from hypothesis import given
from hypothesis import strategies as st

from bot.text.script import script
from bot.text.turns import order_of_speakers, paragraphs
from storage.transcript import Segment, Transcript, Word

# A word as it is said, and as the text has it.
SAME = [
    (each, each) for each in ("a", "no", "Hello,", "world.", "fox", "jumps!", "¿Qué?", "İstanbul", "हिन्दी।", "مرحبا،")
]
OTHERWISE = [
    ("twenty five", "25"),
    ("percent", "%"),
    ("doctor", "Dr."),
    ("hello", "«Hello»"),
    ("five", "(5)"),
    ("um", ""),
    ("", "—"),
    ("wow", "🇫🇷"),
]
WIDE = [(each, each) for each in ("今日", "は", "いい", "天気", "です。", "「はい", "行こう」", "25")]
pauses = st.sampled_from([0.0, 0.1, 0.5, 1.0, 2.5, 6.0])
speakers = st.sampled_from([None, "0", "1", "A"])


@st.composite
def recordings(draw, pairs=tuple(SAME + OTHERWISE), gaps=(" ", " ", " ", "\n", "\n\n", "  ")):
    """A transcript, of which some words are said otherwise than its text has them."""
    said = draw(st.lists(st.tuples(st.sampled_from(pairs), pauses, speakers), max_size=30))
    times = draw(st.sampled_from([1, 1, 1, 1, 8]))
    said = said * times
    starts = accumulate((pause + 0.4 for _, pause, _ in said), initial=0.0)
    rows = [(word, start, speaker) for ((word, _), _, speaker), start in zip(said, starts, strict=False)]
    words = tuple(Word(word, start, start + 0.3, speaker) for word, start, speaker in rows if word)
    text = "".join(shown + draw(st.sampled_from(gaps)) for (_, shown), _, _ in said[:40])
    text += "".join(shown + gaps[0] for (_, shown), _, _ in said[40:])
    return Transcript(text.strip(), None, None, words)


anything = st.one_of(
    recordings(),
    recordings(pairs=tuple(WIDE), gaps=("", "", "\n")),
    st.builds(
        Transcript,
        st.text(max_size=200),
        words=st.lists(st.builds(Word, st.text(max_size=9), pauses, pauses, speakers), max_size=30).map(tuple),
        segments=st.lists(st.builds(Segment, st.text(max_size=30), pauses, pauses, speakers), max_size=5).map(tuple),
    ),
)


def letters(text: str) -> str:
    return "".join(text.split())


@given(anything)
def test_paragraphs_are_the_text_in_its_order(transcript):
    cut = paragraphs(transcript, by_speaker=False)
    if cut:
        assert letters("".join(each.text for each in cut)) == letters(transcript.text)
        assert all(each.text == each.text.strip() != "" for each in cut)


@given(anything)
def test_turns_are_pieces_of_the_text_and_together_all_of_it(transcript):
    cut = paragraphs(transcript, by_speaker=True)
    if cut:
        assert sorted(letters("".join(each.text for each in cut))) == sorted(letters(transcript.text))
        assert all(each.text in transcript.text for each in cut)


@given(anything)
def test_every_time_and_every_speaker_is_one_of_the_words(transcript):
    spoken = [*transcript.words, *transcript.segments]
    for each in paragraphs(transcript, by_speaker=True):
        assert each.start in {word.start for word in spoken}
        assert each.speaker in {None, *(word.speaker for word in spoken)}


@given(anything, st.booleans())
def test_laying_out_again_makes_the_same(transcript, by_speaker):
    assert paragraphs(transcript, by_speaker=by_speaker) == paragraphs(transcript, by_speaker=by_speaker)


@given(recordings(pairs=tuple(SAME)))
def test_words_that_are_those_of_the_text_are_found_and_keep_their_times(transcript):
    cut = paragraphs(transcript, by_speaker=True)
    assert bool(cut) == bool(letters(transcript.text))
    assert [each.start for each in cut] == sorted(each.start for each in cut)
    spoken = {"": 0.0} | {word.start: word.text for word in transcript.words}
    assert all(letters(each.text).startswith(letters(spoken[each.start])) for each in cut)


@given(recordings(pairs=tuple(SAME)))
def test_no_paragraph_has_words_of_two_speakers(transcript):
    known = transcript.words and all(word.speaker is not None for word in transcript.words)
    if not known or len(order_of_speakers(transcript)) == 1:
        return
    words = list(transcript.words)
    for each in paragraphs(transcript, by_speaker=True):
        said = ""
        while letters(each.text) != letters(said):
            word = words.pop(0)
            assert word.speaker == each.speaker
            said += word.text


@given(anything)
def test_without_times_and_names_what_is_shown_is_the_text(transcript):
    cut = paragraphs(transcript, by_speaker=False)
    if cut:
        assert letters(script(cut, times=False, duration=None, names={})) == letters(transcript.text)

"""The Transcript as a value that can be stored."""

import json

from hypothesis import given
from hypothesis import strategies as st

from bot.speech.transcript import Transcript, Word

seconds = st.floats(min_value=0, max_value=1e6)
words = st.builds(Word, st.text(), seconds, seconds, st.none() | st.text())
transcripts = st.builds(Transcript, st.text(), st.none() | st.text(), st.none() | seconds, st.lists(words).map(tuple))


@given(transcripts)
def test_a_transcript_survives_being_stored(transcript):
    assert Transcript.from_json(transcript.to_json()) == transcript


def test_a_stored_transcript_keeps_every_alphabet_readable_and_its_words_short():
    stored = Transcript("Привет", "ru", 1.0, (Word("Привет", 0.0, 0.5),)).to_json()
    assert "Привет" in stored
    assert json.loads(stored)["words"] == [["Привет", 0.0, 0.5, None]]

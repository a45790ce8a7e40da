import pytest

pytest.importorskip("pocketsphinx")

from bot.playground.engines.sphinx_program import CONTEXT_SECONDS, LONGEST_STRETCH, RATE, find_speech, with_context

CONTEXT = round(CONTEXT_SECONDS * RATE)


def test_a_stretch_of_speech_gets_some_of_what_is_around_it():
    assert with_context(iter([(2 * RATE, 3 * RATE)]), 9 * RATE) == [(2 * RATE - CONTEXT, 3 * RATE + CONTEXT)]


def test_around_a_stretch_there_is_nothing_before_the_beginning_and_after_the_end():
    assert with_context(iter([(10, RATE - 10)]), RATE) == [(0, RATE)]


def test_stretches_that_would_share_what_is_around_them_become_one():
    second, third = 2 * RATE + CONTEXT, 5 * RATE
    found = with_context(iter([(RATE, 2 * RATE), (second, 3 * RATE), (third, 6 * RATE)]), 9 * RATE)
    assert found == [(RATE - CONTEXT, 3 * RATE + CONTEXT), (third - CONTEXT, 6 * RATE + CONTEXT)]


def test_who_never_pauses_is_heard_in_pieces_without_a_gap():
    samples = 2 * LONGEST_STRETCH + RATE
    found = with_context(iter([(0, samples)]), samples)
    assert found == [(0, LONGEST_STRETCH), (LONGEST_STRETCH, 2 * LONGEST_STRETCH), (2 * LONGEST_STRETCH, samples)]


@pytest.mark.parametrize("samples", [0, 1, 479, 480, 481, RATE])
def test_in_silence_of_any_length_nobody_speaks(samples):
    assert list(find_speech(bytes(2 * samples))) == []

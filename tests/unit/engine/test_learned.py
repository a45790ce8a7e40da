"""What is learned of models, and what it spares."""

import pytest

from bot.engine.learned import Learned
from bot.engine.looks import Looks
from bot.engine.patience import GIVE_UP_AFTER, LENGTHS
from bot.speech.catalogue import MODELS
from storage.words import LINK
from tests.clock import Clock
from tests.unit.workbench import job

MODEL, OTHER = "nova-2-general", "whisper-large"
NOTE = job(audio_seconds=10.0)


def seen(looks, clock, looked_at, takes):
    """Look at one generation until it is finished: when that is seen, and after how many looks."""
    elapsed, made = 0.0, 0
    while elapsed < takes or not made:
        wait = looks.next_look(looked_at, elapsed)
        clock.pass_(wait)
        elapsed, made = elapsed + wait, made + 1
    looks.learn(looked_at, clock() - elapsed, clock())
    return elapsed, made


def taught(takes, learned_from=NOTE, times=1):
    clock = Clock()
    looks = Looks(1000, clock)
    for _ in range(times):
        seen(looks, clock, learned_from, takes)
    return looks, clock


def test_one_slow_generation_spares_looks_at_the_next_ones():
    _, before = seen(Looks(1000, clock := Clock()), clock, NOTE, 60.0)
    _, after = seen(*taught(60.0), NOTE, 60.0)
    assert after < 0.75 * before


@pytest.mark.parametrize("takes", [0.2, 0.5, 1.0, 3.0, 10.0, 59.0, 61.0, 300.0])
@pytest.mark.parametrize("learned", [0.0, 5.0, 60.0, 3000.0])
def test_a_generation_that_is_quicker_or_slower_than_all_before_is_seen_at_most_a_tenth_later(takes, learned):
    usually, _ = seen(Looks(1000, clock := Clock()), clock, NOTE, takes)
    shown, _ = seen(*taught(learned, times=5), NOTE, takes)
    assert shown <= 1.1 * usually + 0.001 * 2


def test_one_quick_generation_is_enough_to_look_early_again():
    looks, clock = taught(60.0, times=20)
    seen(looks, clock, NOTE, 1.0)
    assert looks.learned.soonest(MODEL, 10.0) < 1.0


def test_slower_generations_are_believed_slowly():
    learned = Learned()
    learned.learn(MODEL, 10.0, 1.0)
    learned.learn(MODEL, 10.0, 33.0)
    assert learned.soonest(MODEL, 10.0) == 2.0


def test_other_models_and_other_lengths_are_not_affected():
    learned = Learned()
    learned.learn(MODEL, 10.0, 5.0)
    assert learned.soonest("#g1_nova-2-general", 14.0) == 5.0
    assert learned.soonest(MODEL, 16.0) == 0.0
    assert learned.soonest(OTHER, 10.0) == 0.0


def test_links_neither_teach_nor_use_what_was_learned():
    link = job(kind=LINK, audio_seconds=10.0)
    looks, _ = taught(60.0, link)
    assert looks.learned.unsaved() == {}
    looks, clock = taught(60.0)
    assert seen(looks, clock, link, 60.0) == seen(Looks(1000, other := Clock()), other, link, 60.0)


def test_no_more_is_remembered_than_models_and_classes_of_lengths():
    learned = Learned()
    for model in [*(model.wire for model in MODELS), *(model.name for model in MODELS), "retired", ""]:
        for seconds in (0.0, 1.0, 20.0, 100.0, 1000.0, 4000.0, 1e9):
            learned.learn(model, seconds, 2.0)
    assert len(learned.unsaved()) == len(MODELS) * (len(LENGTHS) + 1)


@pytest.mark.parametrize(
    ("kind", "seconds"),
    [
        ((MODEL, 0), float("nan")),
        ((MODEL, 0), float("inf")),
        ((MODEL, 0), -1.0),
        ((MODEL, 0), GIVE_UP_AFTER + 1),
        ((MODEL, 0), "60"),
        ((MODEL, 0), None),
        (("retired", 0), 60.0),
        ((MODEL, -1), 60.0),
        ((MODEL, len(LENGTHS) + 1), 60.0),
    ],
)
def test_what_cannot_have_been_learned_is_not_taken(kind, seconds):
    learned = Learned()
    learned.load({kind: seconds, (OTHER, 0): 7})
    assert learned.soonest(OTHER, 1.0) == 7.0
    assert all(learned.soonest(MODEL, length) == 0.0 for length in (1.0, 20.0, 100.0, 1000.0, 4000.0))


def test_what_was_learned_by_a_clock_that_jumped_is_kept_within_bounds():
    learned = Learned()
    learned.learn(MODEL, 10.0, 1e12)
    (kind,) = learned.unsaved()
    again = Learned()
    again.load(learned.unsaved())
    assert again.soonest(MODEL, 10.0) == GIVE_UP_AFTER
    assert kind == (MODEL, 0)


def test_only_what_has_changed_since_is_to_be_saved_again():
    learned = Learned()
    learned.learn(MODEL, 10.0, 5.0)
    learned.learn(OTHER, 10.0, 5.0)
    stored = learned.unsaved()
    learned.learn(OTHER, 10.0, 4.0)
    learned.saved(stored)
    assert learned.unsaved() == {(OTHER, 0): 4.0}
    learned.saved(learned.unsaved())
    assert learned.unsaved() == {}

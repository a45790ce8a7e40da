import math
import struct

import pytest

from bot.media.silence import quietest_place

RATE = 8_000


def tone(seconds: float, loudness: int = 8_000) -> bytes:
    samples = (int(loudness * math.sin(at / 3)) for at in range(int(seconds * RATE)))
    return b"".join(struct.pack("<h", sample) for sample in samples)


def silence(seconds: float) -> bytes:
    return bytes(2 * int(seconds * RATE))


@pytest.mark.parametrize(
    ("samples", "place"),
    [
        (tone(1) + silence(0.6) + tone(0.4), 1.3),
        (tone(0.5) + silence(0.4) + tone(0.5) + silence(0.8) + tone(0.5), 1.8),
        (tone(0.2) + silence(0.5) + tone(0.4) + silence(0.5) + tone(0.8), 1.35),
        (silence(2), 1.0),
    ],
    ids=["the only one", "the longest", "of equals the most central", "nothing but silence"],
)
def test_the_cut_goes_through_a_silence(samples, place):
    assert quietest_place(samples, RATE).at == pytest.approx(place, abs=0.03)


def test_where_nobody_pauses_the_quietest_moment_is_taken():
    samples = tone(0.6) + tone(0.4, loudness=5_000) + tone(0.6)
    assert quietest_place(samples, RATE).at == pytest.approx(0.8, abs=0.06)


@pytest.mark.parametrize("samples", [b"", tone(0.1)])
def test_too_little_sound_has_no_place_to_cut(samples):
    assert quietest_place(samples, RATE) is None

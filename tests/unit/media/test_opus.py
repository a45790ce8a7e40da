import io
import random
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.media.opus import Sound, begins_twice, sound_in
from bot.sizes import MEGABYTE
from tests.crafted import (
    BEGINS,
    ENDS,
    GOES_ON,
    PACKET,
    PACKET_SAMPLES,
    SECOND,
    UNKNOWN,
    filled,
    opus_head,
    opus_tags,
    page,
    recording,
)

AUDIO = Path(__file__).parents[2] / "audio"
VOICE = (AUDIO / "voice.ogg").read_bytes()
A_SECOND = page(*[PACKET] * 50)


def measured(data: bytes) -> float | None:
    sound = sound_in(io.BytesIO(data))
    return sound and sound.seconds


@pytest.mark.parametrize(
    ("name", "seconds"),
    [
        ("voice.ogg", 3.84),
        ("voice_short.ogg", 0.6),
        ("silence.ogg", 1.0),
        ("talk.ogg", 12.26),
        ("truncated.ogg", 0.99),
        ("chained.ogg", 4.44),
        ("jumping.ogg", 7.69),
    ],
)
def test_a_voice_note_is_as_long_as_its_packets(name, seconds):
    assert measured((AUDIO / name).read_bytes()) == pytest.approx(seconds, abs=0.03)


@pytest.mark.parametrize("name", ["speech_vorbis.ogg", "speech.mp3", "random.bin", "empty.ogg"])
def test_what_is_not_opus_is_not_counted(name):
    assert measured((AUDIO / name).read_bytes()) is None


@pytest.mark.parametrize("granule", [UNKNOWN, 0, 10, 3 * 3600 * SECOND, 2**62])
def test_the_positions_on_the_pages_are_not_believed(granule):
    data = recording(A_SECOND, page(*[PACKET] * 50, granule=granule), page(*[PACKET] * 50, granule=granule + SECOND))
    assert measured(data) == pytest.approx(3.0, abs=0.12)


def test_the_samples_a_decoder_drops_at_the_start_do_not_count():
    assert measured(recording(A_SECOND, A_SECOND, pre_skip=SECOND // 2)) == pytest.approx(1.5)


@pytest.mark.parametrize(
    ("granule", "dropped"), [(2 * SECOND - 700, 700), (2 * SECOND, 0), (2 * SECOND + 1, 0), (SECOND - 1, 0), (0, 0)]
)
def test_the_last_page_takes_back_a_part_of_its_last_packet_at_most(granule, dropped):
    data = recording(page(*[PACKET] * 50, granule=SECOND), page(*[PACKET] * 50, granule=granule, flags=ENDS))
    assert measured(data) == pytest.approx(2 - dropped / SECOND)


@pytest.mark.parametrize(
    ("packet", "samples"),
    [
        (b"\x00", 480),
        (b"\x18", 2880),
        (b"\x60", 480),
        (b"\x78", 960),
        (b"\x80", 120),
        (b"\xf8", 960),
        (b"\x09", 1920),  # two frames of one size
        (b"\x0a", 1920),  # two frames of two sizes
        (b"\x0b\x03", 2880),  # as many frames as the next byte says
        (b"\x1b\x02", 5760),
        (b"\x1b\x3f", 5760),  # more than any decoder takes
        (b"\x0b", 0),  # as many as the next byte says, but it is missing
        (b"", 0),
    ],
)
def test_a_packet_is_as_long_as_its_first_two_bytes_say(packet, samples):
    data = recording(page(PACKET, packet, PACKET))
    assert measured(data) == pytest.approx((2 * PACKET_SAMPLES + samples) / SECOND)


def test_a_packet_that_goes_on_on_the_next_page_counts_once():
    begun = page(b"\x08" + bytes(254), lacing=b"\xff")
    rest = page(b"\xf8" * 20, PACKET, flags=GOES_ON)
    assert measured(recording(begun, rest)) == pytest.approx(2 * PACKET_SAMPLES / SECOND)


def test_a_page_on_which_no_packet_begins_has_no_length():
    assert measured(recording(A_SECOND, page(bytes(255), lacing=b"\xff", flags=GOES_ON))) == pytest.approx(1.0)


def test_bytes_between_pages_are_passed_over():
    data = recording(A_SECOND, b"rubbish", b"OggS\0", A_SECOND) + b"OggS"
    assert measured(data) == pytest.approx(2.0)


def test_a_page_is_found_wherever_a_block_of_the_file_ends():
    data = recording(A_SECOND)
    for missing in range(40):
        padded = data + bytes(MEGABYTE - len(data) - missing) + A_SECOND
        assert measured(padded) == pytest.approx(2.0)


def test_true_pages_inside_a_false_one_count():
    inside = A_SECOND * 3
    false = bytearray(page(inside + bytes(255 * 60 - len(inside)), lacing=b"\xff" * 60))
    false[22:26] = b"oops"
    what_the_false_one_has = 0.12
    assert measured(recording(A_SECOND, bytes(false))) == pytest.approx(4.0, abs=what_the_false_one_has + 0.01)


def test_several_streams_count_together():
    other = opus_head(serial=8) + opus_tags(8) + page(*[PACKET] * 50, serial=8)
    assert measured(recording(A_SECOND) + other) == pytest.approx(2.0)


def test_a_stream_of_something_else_is_not_counted():
    assert measured(recording(A_SECOND) + page(b"\x01vorbis", flags=BEGINS, serial=8)) is None


def test_headers_without_sound_have_no_length():
    assert measured(recording()) is None


@pytest.mark.parametrize(
    "hostile",
    [
        filled(page(*[b"\x08"] * 255), 20_000_000),
        filled(page(*[b"\x0b\x01"] * 127), 20_000_000),
        filled(page(*[b""] * 255), 20_000_000),
        filled(page(), 20_000_000),
        recording(A_SECOND) + b"OggS" * 5_000_000,
        recording(A_SECOND) + b"OggS\0" * 4_000_000,
    ],
    ids=["packets of one byte", "packets of two bytes", "empty packets", "empty pages", "no pages", "false pages"],
)
def test_what_would_take_long_to_count_is_left_to_ffmpeg(hostile):
    began = time.thread_time()
    assert measured(hostile) is None
    assert time.thread_time() - began < 20  # it takes 0.7, and ten times that where lines are counted


def test_four_hours_of_a_usual_recording_are_counted():
    assert measured(filled(A_SECOND, 4 * 3600 * len(A_SECOND))) == pytest.approx(4 * 3600, abs=1)


def test_the_counting_ends_when_nobody_waits_for_it():
    assert sound_in(io.BytesIO(VOICE), stopped=lambda: True) is None


@pytest.mark.parametrize(("name", "twice"), [("speech_vorbis.ogg", False), ("voice.ogg", False), ("chained.ogg", True)])
def test_a_second_stream_is_noticed(name, twice):
    assert begins_twice(io.BytesIO((AUDIO / name).read_bytes())) is twice


def test_a_second_stream_is_noticed_wherever_a_block_of_the_file_ends():
    for missing in range(8):
        data = opus_head() + bytes(MEGABYTE - len(opus_head()) - missing) + opus_head()
        assert begins_twice(io.BytesIO(data))


@settings(max_examples=60)
@given(st.integers(0, len(VOICE)), st.integers(0, len(VOICE) - 1), st.binary(max_size=8))
def test_no_cut_and_no_damage_is_more_than_a_recording_of_another_length(cut, at, damage):
    damaged = VOICE[:at] + damage + VOICE[at + len(damage) :]
    seconds = measured(damaged[:cut])
    assert seconds is None or 0 < seconds < 6


def listened(*packets: bytes, seconds: float = 10.0) -> Sound:
    pages = [page(*packets)] * int(seconds * 50 / len(packets))
    sound = sound_in(io.BytesIO(recording(*pages)))
    assert sound is not None
    return sound


@pytest.mark.parametrize("name", ["voice.ogg", "voice_short.ogg", "talk.ogg", "truncated.ogg", "quiet.ogg"])
def test_speech_is_heard_without_a_decoder(name):
    sound = sound_in(io.BytesIO((AUDIO / name).read_bytes()))
    assert sound is not None
    assert sound.is_heard
    assert not sound.is_silent


@pytest.mark.parametrize("name", ["silence.ogg", "silent_dtx.ogg", "silent_stereo.ogg"])
def test_packets_of_silence_are_the_same_again_and_again(name):
    sound = sound_in(io.BytesIO((AUDIO / name).read_bytes()))
    assert sound is not None
    assert sound.is_silent
    assert not sound.is_heard


def test_two_channels_may_be_opposite_so_nothing_is_heard_for_certain():
    sound = sound_in(io.BytesIO((AUDIO / "opposed.ogg").read_bytes()))
    assert sound is not None
    assert sound.is_stereo
    assert not sound.is_heard


def packets(sizes, first=b"\x08\x07"):
    return [first + random.Random(number).randbytes(size) for number, size in enumerate(sizes)]


def test_noise_in_which_the_encoder_found_no_voice_is_not_heard_for_certain():
    noise, voiced = packets([60] * 50), b"\x08\xa3" + bytes(60)
    assert not listened(*noise).is_heard
    assert not listened(*noise).is_silent
    assert not listened(*noise[:46], *[voiced] * 4).is_heard
    assert listened(*noise[:36], *[voiced] * 14).is_heard


def test_where_the_encoder_does_not_tell_the_sizes_and_the_variety_decide():
    assert listened(*packets([100, 180, 300, 140, 60] * 10, b"\xf8\x07")).is_heard
    assert not listened(*packets([100, 120, 110, 90, 115] * 10, b"\xf8\x07")).is_heard
    assert not listened(*packets([60] * 50, b"\xf8\x07")).is_heard
    assert not listened(*[b"\xf8\x07" + bytes(size) for size in (100, 180, 300, 140, 60)] * 10).is_heard


def test_uneven_packets_of_which_most_tell_of_no_voice_are_not_heard_for_certain():
    assert not listened(*packets([100, 180, 300] * 5, b"\xf8\x07"), *packets([60] * 35)).is_heard


def test_a_voice_that_comes_late_is_heard():
    silence, voiced = packets([60] * 50), packets([60] * 50, b"\x08\xa3")
    pages = [page(*silence)] * 30 + [page(*voiced)] * 10
    assert sound_in(io.BytesIO(recording(*pages))).is_heard


def test_a_word_is_heard_in_silence():
    word = [b"\x08" + random.Random(number).randbytes(60) for number in range(15)]
    assert not listened(*[PACKET] * 100, *word, *[PACKET] * 85).is_silent


def test_silence_is_not_listened_to_without_end():
    sound = listened(b"\x08" + bytes(800), seconds=120)
    assert not sound.is_heard
    assert not sound.is_silent

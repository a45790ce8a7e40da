import struct
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.media.opus import duration, duration_from_packets

AUDIO = Path(__file__).parents[2] / "audio"
VOICE = (AUDIO / "voice.ogg").read_bytes()
SECOND = 48_000
BEGINS, ENDS, UNKNOWN = 2, 4, 2**64 - 1
PACKET = b"\x08" + bytes(60)  # SILK, 20 ms


def page(*packets: bytes, granule: int = 0, flags: int = 0, serial: int = 7, version: int = 0) -> bytes:
    lacing = b"".join(b"\xff" * (len(packet) // 255) + bytes([len(packet) % 255]) for packet in packets)
    header = struct.pack("<4sBBQIIIB", b"OggS", version, flags, granule, serial, 0, 0, len(lacing))
    return header + lacing + b"".join(packets)


def opus_head(pre_skip: int = 0, serial: int = 7) -> bytes:
    head = b"OpusHead\x01\x01" + struct.pack("<HIhB", pre_skip, 48_000, 0, 0)
    return page(head, flags=BEGINS, serial=serial)


TAGS = page(b"OpusTags" + bytes(300))


def recording(*pages: bytes, pre_skip: int = 0) -> bytes:
    return opus_head(pre_skip) + TAGS + b"".join(pages)


def measured(data: bytes) -> float | None:
    return duration(data[:65_536], data[-131_072:], len(data))


@pytest.mark.parametrize(
    ("name", "seconds"),
    [("voice.ogg", 3.84), ("voice_short.ogg", 0.6), ("silence.ogg", 1.0), ("talk.ogg", 12.26), ("truncated.ogg", 0.99)],
)
def test_a_voice_note_is_measured_to_its_last_whole_page(name, seconds):
    assert measured((AUDIO / name).read_bytes()) == pytest.approx(seconds, abs=0.01)


@pytest.mark.parametrize("name", ["speech_vorbis.ogg", "speech.mp3", "random.bin", "chained.ogg", "empty.ogg"])
def test_what_is_not_one_opus_stream_has_no_known_length(name):
    assert measured((AUDIO / name).read_bytes()) is None


def test_the_samples_a_decoder_drops_at_the_start_do_not_count():
    data = recording(page(PACKET, granule=960), page(PACKET, granule=2 * SECOND), pre_skip=SECOND // 2)
    assert measured(data) == pytest.approx(1.5)


def test_a_recording_cut_out_of_a_running_stream_counts_from_its_first_sample():
    late = 3600 * SECOND
    data = recording(page(PACKET, granule=late + 960), page(PACKET, granule=late + 5 * SECOND))
    assert measured(data) == pytest.approx(5.0)


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
        (b"\x0b", 0),  # as above, but that byte is missing
        (b"", 0),
    ],
)
def test_the_first_page_begins_as_long_before_its_end_as_its_packets_last(packet, samples):
    data = recording(page(packet, granule=9 * SECOND), page(PACKET, granule=10 * SECOND))
    assert measured(data) == pytest.approx(1 + samples / SECOND)


def test_a_page_on_which_no_packet_ends_says_nothing_of_the_length():
    data = recording(page(PACKET, granule=960), page(granule=UNKNOWN), page(PACKET, granule=SECOND))
    assert measured(data + page(granule=UNKNOWN)) == pytest.approx(1.0)


def test_a_packet_may_go_on_on_the_next_page():
    begun = struct.pack("<4sBBQIIIB", b"OggS", 0, 0, UNKNOWN, 7, 0, 0, 1) + b"\xff" + bytes(255)
    assert measured(recording(begun, page(PACKET, granule=SECOND))) == pytest.approx(0.02)


def test_bytes_between_pages_and_pages_that_only_look_like_one_are_passed_over():
    lookalike = page(PACKET, granule=500 * SECOND, version=1)
    data = recording(page(PACKET, granule=960), b"rubbish", lookalike, page(PACKET, granule=SECOND), b"OggS\0")
    assert measured(data) == pytest.approx(1.0)


@pytest.mark.parametrize(
    "more",
    [
        page(PACKET, granule=SECOND, serial=8),
        opus_head() + TAGS + page(PACKET, granule=SECOND),
    ],
)
def test_a_second_stream_in_the_file_leaves_the_length_open(more):
    assert measured(recording(page(PACKET, granule=960)) + more) is None


def test_a_second_stream_is_noticed_at_the_end_of_a_large_file():
    first, last = page(PACKET, granule=960), page(PACKET, granule=SECOND, serial=8)
    assert duration(recording(first), last, 300_000) is None


def test_headers_without_sound_have_no_known_length():
    assert measured(recording()) is None


@pytest.mark.parametrize("granule", [960 + 2**60, 961])
def test_a_length_the_size_does_not_bear_out_is_not_believed(granule):
    head = recording(page(PACKET, granule=960))
    assert duration(head, page(PACKET, granule=granule, flags=ENDS), 20_000_000) is None


@settings(max_examples=60)
@given(st.integers(0, len(VOICE)), st.integers(0, len(VOICE) - 1), st.binary(max_size=8))
def test_no_cut_and_no_damage_is_more_than_a_recording_of_unknown_length(cut, at, damage):
    damaged = VOICE[:at] + damage + VOICE[at + len(damage) :]
    seconds = measured(damaged[:cut])
    assert seconds is None or seconds > 0


def test_packets_are_counted_whatever_the_pages_say():
    hour = [page(*[PACKET] * 50, granule=number * 10) for number in range(1, 3601)]
    data = recording(*hour)
    assert measured(data) == pytest.approx(0.75, abs=0.1) or measured(data) is None
    assert duration_from_packets(data) == pytest.approx(3600)


def test_an_honest_voice_note_counts_as_its_pages_say():
    assert duration_from_packets(VOICE) == pytest.approx(duration(VOICE, VOICE, len(VOICE)), abs=0.1)

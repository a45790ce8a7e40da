"""Long recordings are listened to in places, and as a whole where these are not as usual."""

import resource
from itertools import pairwise
from pathlib import Path

import pytest

from bot.media.ffmpeg import source
from bot.media.prepare import Limits, prepare
from bot.media.probe import probe
from bot.speech.aimlapi.formats import UPLOAD_FORMATS
from tests.long import encoded, joined, repeated

AUDIO = Path(__file__).parents[2] / "audio"
MP4, MP3 = ("-f", "mp4"), ("-f", "mp3")
AAC = ("-c:a", "aac", "-ar", "16000", "-b:a", "32k", *MP4)
STEREO = ("-af", "asplit[a][b];[b]adelay=20[c];[a][c]amerge,pan=stereo|c0=c0|c1=c1")
HOUR = 3600.0


@pytest.fixture
def written(tmp_path):
    def write(data: bytes) -> Path:
        path = tmp_path / "received"
        path.write_bytes(data)
        return path

    return write


def cpu_seconds() -> float:
    """What all processes have had that this one started, and that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


async def test_an_hour_takes_a_fraction_of_what_its_decoding_takes(written, bench):
    hour = written(repeated(AUDIO / "speech.m4a", HOUR, *MP4))
    began = cpu_seconds()
    limits = Limits(max_seconds=2 * HOUR, split_seconds=HOUR / 3, most_work=1e12)
    uploads = await prepare(hour, bench, kind="audio", limits=limits, formats=UPLOAD_FORMATS)
    prepared = cpu_seconds()
    await bench.run(*source(hour, "mp4"), "-f", "null", "-", cpu_seconds=100)
    decoded = cpu_seconds()
    assert [upload.file_name for upload in uploads] == ["audio.m4a"] * 4
    assert prepared - began < 0.7 * (decoded - prepared)


@pytest.mark.parametrize(
    ("sample", "output"),
    [
        ("speech.m4a", MP4),
        ("speech.m4a", ("-f", "matroska")),
        ("speech.mp3", MP3),
        ("speech.webm", ("-f", "webm")),
        ("speech.flv", ("-f", "flv")),
    ],
)
async def test_what_is_as_usual_in_places_is_not_decoded_as_a_whole(sample, output, written, bench):
    found = await probe(written(repeated(AUDIO / sample, 330, *output)), bench)
    assert (found.mix.is_usual, found.is_silent, found.is_all) == (True, False, True)
    assert found.copy is not None
    assert found.copy.seconds == found.duration == pytest.approx(330, abs=10)
    assert found.work == pytest.approx(
        found.duration * {"speech.m4a": 16_000, "speech.webm": 48_000}.get(sample, 22_050)
    )


async def test_pauses_that_come_again_and_again_hide_no_speech(written, bench):
    said = encoded(AUDIO / "voice.ogg", "-af", "apad=whole_dur=20", "-t", "20", *AAC)
    found = await probe(written(joined(*[said] * 20, demuxer="mp4")), bench)
    assert found.copy is not None


@pytest.mark.parametrize("sample", ["silent.m4a", "quiet.m4a", "opposed.m4a", "centre.m4a"])
async def test_what_is_not_as_usual_in_places_is_decoded_as_a_whole(sample, written, bench):
    found = await probe(written(repeated(AUDIO / sample, 330, *MP4)), bench)
    assert found.copy is None
    short = await probe(AUDIO / sample, bench)
    assert (found.is_silent, found.mix.is_usual) == (short.is_silent, short.mix.is_usual)
    assert found.duration == pytest.approx(330, abs=20)


async def test_two_channels_that_lose_nothing_are_listened_to_in_places(written, bench):
    found = await probe(written(encoded(AUDIO / "talk.ogg", *STEREO, *AAC)), bench)
    assert found.copy is None
    found = await probe(written(joined(*[encoded(AUDIO / "talk.ogg", *STEREO, *AAC)] * 27, demuxer="mp4")), bench)
    assert found.copy is not None
    assert found.mix.is_usual


async def test_sound_that_does_not_decode_is_not_counted(written, bench):
    honest = repeated(AUDIO / "speech.m4a", 660, *MP4)
    begin = honest.index(b"mdat") + 4
    end = begin + int.from_bytes(honest[begin - 8 : begin - 4]) - 8
    middle = (begin + end) // 2
    found = await probe(written(honest[:middle] + bytes(end - middle) + honest[end:]), bench)
    assert found.copy is None
    assert found.duration < 500


async def test_a_short_recording_that_claims_to_be_long_is_decoded_as_a_whole(written, bench):
    honest = (AUDIO / "speech.m4a").read_bytes().replace(b"edts", b"free")
    at = honest.index(b"stts") + 16
    found = await probe(written(honest[:at] + (3_000_000).to_bytes(4, "big") + honest[at + 4 :]), bench)
    assert found.copy is None
    assert found.duration == pytest.approx(3.84, abs=0.1)


@pytest.mark.parametrize("output", [MP4, MP3])
async def test_a_part_in_which_nothing_can_be_heard_is_left_out_of_copies_too(output, written, bench):
    stereo = ("-c:a", "aac" if output == MP4 else "libmp3lame", "-ac", "1", "-ar", "16000", "-b:a", "32k")
    said, nothing = (
        encoded(AUDIO / "talk.ogg", "-af", filters, "-t", "12", *stereo, *output) for filters in ("anull", "volume=0")
    )
    recordings = [said] * 15 + [nothing] * 20 + [said] * 15
    whole = joined(*recordings, demuxer=output[1])
    limits = Limits(max_seconds=HOUR, split_seconds=90, most_work=1e12)
    uploads = await prepare(written(whole), bench, kind="audio", limits=limits, formats=UPLOAD_FORMATS)
    assert {upload.file_name for upload in uploads} == {"audio.m4a" if output == MP4 else "audio.mp3"}
    gaps = [after.start - (before.start + before.duration) for before, after in pairwise(uploads)]
    assert max(gaps) > 60

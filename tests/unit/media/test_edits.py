import struct
from pathlib import Path

import pytest

from bot.media import edits
from bot.media.ffmpeg import source

AUDIO = Path(__file__).parents[2] / "audio"
WHOLE = ["speech.m4a", "speech.mov", "quiet.m4a", "opposed_5.1.m4a", "video_note.mp4"]


@pytest.fixture
def of_any_length(monkeypatch):
    """Every recording counts as a long one."""
    monkeypatch.setattr(edits, "LONG_INDEX", 1)


def edited(tmp_path, change):
    """Return a copy of a recording in whose list of edits something is changed."""
    data = bytearray((AUDIO / "speech.m4a").read_bytes())
    at = data.index(b"elst") + 4
    change(data, at)
    path = tmp_path / "edited.m4a"
    path.write_bytes(data)
    return path


def field(offset, value):
    return lambda data, at: struct.pack_into(">I", data, at + offset, value)


@pytest.mark.parametrize("name", WHOLE)
async def test_without_edits_the_same_is_heard_in_recordings_from_which_nothing_is_left_out(name, bench, monkeypatch):
    async def heard():
        ran = await bench.run(*source(AUDIO / name, "mp4"), "-map", "0:a:0", "-f", "framemd5", "pipe:1")
        return [line.split(",")[-1] for line in ran.stdout.splitlines() if not line.startswith("#")]

    usual = await heard()
    monkeypatch.setattr(edits, "LONG_INDEX", 1)
    assert edits.are_needless(AUDIO / name, "mp4")
    assert "-advanced_editlist" in source(AUDIO / name, "mp4")
    assert await heard() == usual
    assert usual


@pytest.mark.parametrize(
    "change",
    [field(4, 0), field(4, 2), field(8, 1000), field(12, 44_100), field(12, 0xFFFFFFFF), field(16, 0x8000)],
    ids=["no edit", "two edits", "a cut end", "a cut beginning", "a pause before it", "half as fast"],
)
@pytest.mark.usefixtures("of_any_length")
def test_edits_that_leave_something_out_are_looked_at(tmp_path, change):
    assert edits.are_needless(edited(tmp_path, lambda *_: None), "mp4")
    assert not edits.are_needless(edited(tmp_path, change), "mp4")


def test_a_short_recording_is_left_to_ffmpeg():
    assert not edits.are_needless(AUDIO / "speech.m4a", "mp4")
    assert "-advanced_editlist" not in source(AUDIO / "speech.m4a", "mp4")


@pytest.mark.usefixtures("of_any_length")
def test_a_recording_of_another_kind_is_left_to_ffmpeg():
    assert not edits.are_needless(AUDIO / "speech.m4a", None)
    assert not edits.are_needless(AUDIO / "voice.ogg", "ogg")


@pytest.mark.usefixtures("of_any_length")
def test_what_cannot_be_read_is_left_to_ffmpeg(tmp_path):
    assert not edits.are_needless(tmp_path / "gone.m4a", "mp4")
    data = (AUDIO / "speech.m4a").read_bytes()
    path = tmp_path / "broken.m4a"
    for length in [*range(0, len(data), 97), data.index(b"elst") + 9]:
        path.write_bytes(data[:length])
        edits.are_needless(path, "mp4")
    path.write_bytes(struct.pack(">I4s", 0, b"moov"))
    assert not edits.are_needless(path, "mp4")
    path.write_bytes(struct.pack(">I4s", 8, b"free") * 5000 + data)
    assert not edits.are_needless(path, "mp4")

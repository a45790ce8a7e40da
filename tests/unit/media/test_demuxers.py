"""What may read a file whose first bytes tell nothing."""

import re

from bot.media.demuxers import TRUSTED, whitelist

READS_OTHER_FILES = {"hls", "dash", "concat", "concatf", "sdp", "rtsp", "rtp", "imf", "image2", "image2pipe", "lavfi"}
READS_ANY_BYTES = {"rawvideo", "s16le", "s8", "u8", "mulaw", "alaw", "f32le", "g722", "data", "tty", "bin", "adp"}
NEVER = READS_OTHER_FILES | READS_ANY_BYTES | {"gif", "tedcaptions", "srt", "webvtt", "mpjpeg", "libgme", "libopenmpt"}


async def test_each_is_there_and_none_reads_other_files_or_any_bytes(bench):
    listed = (await bench.run("-demuxers")).stdout
    there = {name for names in re.findall(r"^ D\S* +(\S+) ", listed, re.MULTILINE) for name in names.split(",")}
    assert set(TRUSTED) <= there
    assert len(set(TRUSTED)) == len(TRUSTED)
    assert not NEVER & set(TRUSTED)
    assert not [name for name in TRUSTED if name.endswith("_pipe")]


def test_one_that_is_named_is_the_only_one():
    assert whitelist("ogg") == "ogg"
    assert "matroska" in whitelist(None).split(",")

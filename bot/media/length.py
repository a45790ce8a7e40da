"""The length of the sound in a file, counted while it is decoded and measured. No time that stands in it counts."""

import re
from pathlib import Path

from bot.media import edits
from bot.media.demuxers import whitelist
from bot.media.levels import meters
from bot.media.streams import Sound, parse

MOSTLY_BROKEN = 69  # the exit code of ffmpeg when it could not decode two thirds of the packets
_COUNTED_AT_ONCE = 131_072  # samples; ffmpeg writes a line for so many, and holds as many in memory
_LAST_LINE = re.compile(r"^0, +-?\d+, +(\d+), +(\d+), .*\s*\Z", re.MULTILINE)
_TOTAL = re.compile(r"^total_size=(\d+)$", re.MULTILINE)
_RATE = 8_000  # samples a second, of one byte each, that everything is made into to be counted


def steady_count(
    path: Path, demuxer: str | None, most_samples: int, *, track: int = 0, channels: int = 1
) -> tuple[str, ...]:
    """Return arguments that decode a stream of sound, but no more samples than that, and measure its channels.

    All is done in one filter, which takes a third of the time that ffmpeg takes to hand frames around. It fails
    for a stream whose format changes. As with `bot.media.ffmpeg.source`, no other file and no other demuxer is used.
    """
    lean = ":advanced_editlist=0" if edits.are_needless(path, demuxer) else ""
    allowed = _quoted(f"format_whitelist={whitelist(demuxer)}:protocol_whitelist=file{lean}")
    named = f":f={demuxer}" if demuxer else ""
    source = f"amovie=filename={_quoted(f'file:{path}')}{named}:format_opts={allowed}:s={_quoted(f'a:{track}')}"
    measuring = f"atrim=end_sample={most_samples},asetpts=N/SR/TB,{meters(channels, 'all')}"
    counting = f"[all]asetnsamples=n={_COUNTED_AT_ONCE}:p=0[out0]"
    graph = f"{source}:dec_threads=1,{measuring};{counting}"
    return ("-xerror", "-f", "lavfi", "-i", graph, "-f", "framecrc", "pipe:1")


def parse_steady_count(output: str) -> tuple[Sound, int] | None:
    """Return what was decoded, and how many samples of each channel; None if nothing was."""
    sounds, last = parse(output).sounds, _LAST_LINE.search(output)
    if not sounds or last is None:
        return None
    return sounds[0], int(last[1]) + int(last[2])


def any_count(most_seconds: float, *, track: int = 0) -> tuple[str, ...]:
    """Return arguments that decode a stream of sound behind `source`, whatever it changes to, as two channels.

    The bytes of the output are counted, as its times begin again at each change.
    """
    return (
        *("-filter_complex", f"[0:a:{track}]aformat=channel_layouts=stereo,{meters(2, 'all')}", "-map", "[all]"),
        *("-ac", "1", "-ar", str(_RATE), "-c:a", "pcm_u8"),
        *("-fs", str(int(most_seconds * _RATE)), "-f", "u8", "-progress", "pipe:1", "file:/dev/null"),
    )


def parse_any_count(output: str) -> float:
    """Return the seconds that were decoded."""
    totals = _TOTAL.findall(output)
    return int(totals[-1]) / _RATE if totals else 0.0


def _quoted(value: str) -> str:
    """Return the value of a filter's option with what means something in options and in graphs made to mean nothing."""
    for special in (r"\':", r"\'[],;"):
        value = "".join(f"\\{character}" if character in special else character for character in value)
    return value

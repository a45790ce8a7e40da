"""Conversion of any recording to mono Ogg/Opus, in one piece or cut in pauses of the speech."""

import asyncio
import math
from pathlib import Path

from bot.media.ffmpeg import run, source
from bot.media.silence import quietest_place
from bot.media.sniff import Container

_MAX_SEARCH_SECONDS = 10.0  # before and after a wanted cut: nearly every speaker pauses within that time
_WINDOW_RATE = 16_000  # samples a second; pauses in speech need no finer ones
_FIRST_AUDIO_STREAM = (
    *("-map", "0:a:0", "-vn", "-sn", "-dn", "-ac", "1"),
    # Times samples by their number, not by the timestamps in the file. So wrong timestamps add no silence,
    # drop no speech and cannot evade the -t of the output.
    *("-af", "asetpts=N/SR/TB"),
)
_OPUS_ENCODER = (
    *("-ar", "16000", "-c:a", "libopus", "-b:a", "32k"),
    *("-compression_level", "5"),  # three times as fast as the default 10, for a tenth more bytes
    # Without metadata the same sound gives the same bytes, and nothing private is uploaded with it.
    *("-map_metadata", "-1", "-map_chapters", "-1", "-fflags", "+bitexact", "-flags", "+bitexact"),
)


def wanted_cuts(duration: float, split_seconds: float) -> tuple[float, ...]:
    """Return the moments, in seconds, that cut a recording into equal parts.

    The parts are so short that moving the cuts to silences makes none longer than `split_seconds`.
    """
    if duration <= split_seconds:
        return ()
    parts = math.ceil(duration / (split_seconds - 2 * _search_seconds(split_seconds)))
    return tuple(duration * part / parts for part in range(1, parts))


async def quiet_cuts(
    path: Path,
    container: Container,
    *,
    duration: float,
    split_seconds: float,
    folder: Path,
    timeout: float,  # noqa: ASYNC109 - limits each run of ffmpeg, of which there is one a cut
) -> tuple[float, ...]:
    """Move each of the wanted cuts to a silence near it, and return the moments in seconds.

    Only the sound around the cuts is decoded. A cut around which nothing can be decoded stays where it was wanted.
    """
    cuts = []
    reach = _search_seconds(split_seconds)
    for wanted in wanted_cuts(duration, split_seconds):
        window = folder / "window.pcm"
        await run(
            *("-ss", f"{wanted - reach:.3f}", "-t", f"{2 * reach:.3f}"),
            *source(path, container),
            *(*_FIRST_AUDIO_STREAM, "-ar", str(_WINDOW_RATE), "-t", f"{2 * reach:.3f}"),
            *("-f", "s16le", f"file:{window}"),
            timeout=timeout,
        )
        place = await asyncio.to_thread(_quietest_place_in, window)
        cuts.append(wanted if place is None else wanted - reach + place)
    return tuple(cuts)


async def encode(
    path: Path,
    container: Container,
    *,
    cuts: tuple[float, ...],
    max_seconds: float,
    folder: Path,
    timeout: float,  # noqa: ASYNC109 - limits the run of ffmpeg
) -> tuple[Path, ...]:
    """Write the parts between the cuts into `folder`, and return their paths in order.

    All parts together last at most `max_seconds`. What cannot be decoded is left out: the file of a part may
    hold no sound, or be missing. Raises TemporaryError for a failure of this machine.
    """
    parts = tuple(folder / f"part-{number:03}.ogg" for number in range(len(cuts) + 1))
    await asyncio.to_thread(_remove_leftovers, parts)
    ran = await run(
        *source(path, container),
        *(*_FIRST_AUDIO_STREAM, *_OPUS_ENCODER, "-t", f"{max_seconds:.3f}"),
        *(_segment_arguments(folder, cuts) if cuts else ("-f", "ogg", f"file:{parts[0]}")),
        timeout=timeout,
    )
    ran.raise_machine_failure()
    return parts


def _segment_arguments(folder: Path, cuts: tuple[float, ...]) -> tuple[str, ...]:
    """Return the arguments that begin a new file at each cut of one encoding, so that no sound is lost."""
    times = ",".join(f"{cut:.3f}" for cut in cuts)
    pattern = f"file:{str(folder).replace('%', '%%')}/part-%03d.ogg"  # a single % would begin a placeholder
    return ("-f", "segment", "-segment_format", "ogg", "-segment_times", times, "-reset_timestamps", "1", pattern)


def _search_seconds(split_seconds: float) -> float:
    # Less far for short parts, so that neighbouring cuts keep their order.
    return min(_MAX_SEARCH_SECONDS, split_seconds / 8)


def _quietest_place_in(window: Path) -> float | None:
    """Find the quietest place in this file of samples and remove the file; None for too little sound or no file."""
    try:
        samples = window.read_bytes()
    except FileNotFoundError:
        return None
    window.unlink()
    return quietest_place(samples, _WINDOW_RATE)


def _remove_leftovers(parts: tuple[Path, ...]) -> None:
    """Remove the parts that an interrupted attempt left, which would be taken for parts of this one."""
    for part in parts:
        part.unlink(missing_ok=True)

"""Turns any recording into mono Ogg/Opus, in one piece or cut where nobody speaks."""

import asyncio
import math
from pathlib import Path

from bot.media.ffmpeg import run, source
from bot.media.silence import quietest_place
from bot.media.sniff import Container

_REACH = 10.0  # seconds before and after a wanted cut in which a silence is looked for
_WINDOW_RATE = 16_000
_FIRST_SOUND = (
    *("-map", "0:a:0", "-vn", "-sn", "-dn", "-ac", "1"),
    # Samples are timed by counting them: a wrong clock in the file adds no silence, costs no word, and
    # cannot get past the -t of the output.
    *("-af", "asetpts=N/SR/TB"),
)
_ENCODE = (
    *("-ar", "16000", "-c:a", "libopus", "-b:a", "32k"),
    *("-compression_level", "5"),  # three times as fast as the default 10, for a tenth more bytes
    # The same recording gives the same bytes, and takes nothing along but its sound.
    *("-map_metadata", "-1", "-map_chapters", "-1", "-fflags", "+bitexact", "-flags", "+bitexact"),
)


def wanted_cuts(duration: float, split_seconds: float) -> tuple[float, ...]:
    """Where to cut into equal parts, short enough that moving a cut makes none longer than `split_seconds`."""
    if duration <= split_seconds:
        return ()
    parts = math.ceil(duration / (split_seconds - 2 * _reach(split_seconds)))
    return tuple(duration * part / parts for part in range(1, parts))


async def quiet_cuts(
    path: Path,
    container: Container,
    *,
    duration: float,
    split_seconds: float,
    folder: Path,
    timeout: float,  # noqa: ASYNC109 - handed on to the end of ffmpeg, for every cut anew
) -> tuple[float, ...]:
    """The wanted cuts, each moved to a silence near it; only the sound near it is decoded."""
    cuts = []
    reach = _reach(split_seconds)
    for wanted in wanted_cuts(duration, split_seconds):
        window = folder / "window.pcm"
        await run(
            *("-ss", f"{wanted - reach:.3f}", "-t", f"{2 * reach:.3f}"),
            *source(path, container),
            *(*_FIRST_SOUND, "-ar", str(_WINDOW_RATE), "-t", f"{2 * reach:.3f}"),
            *("-f", "s16le", f"file:{window}"),
            timeout=timeout,
        )
        place = await asyncio.to_thread(_listen, window)
        cuts.append(wanted if place is None else wanted - reach + place)
    return tuple(cuts)


async def encode(
    path: Path,
    container: Container,
    *,
    cuts: tuple[float, ...],
    max_seconds: float,
    folder: Path,
    timeout: float,  # noqa: ASYNC109 - handed on to the end of ffmpeg
) -> tuple[Path, ...]:
    """Write the parts between the cuts into `folder`, at most `max_seconds` in all, and name them in order.

    What cannot be decoded is left out: a part may have no sound, or not be there at all.
    """
    parts = tuple(folder / f"part-{number:03}.ogg" for number in range(len(cuts) + 1))
    await asyncio.to_thread(_remove, parts)
    ran = await run(
        *source(path, container),
        *(*_FIRST_SOUND, *_ENCODE, "-t", f"{max_seconds:.3f}"),
        *(_segments(folder, cuts) if cuts else ("-f", "ogg", f"file:{parts[0]}")),
        timeout=timeout,
    )
    ran.raise_if_ours()
    return parts


def _segments(folder: Path, cuts: tuple[float, ...]) -> tuple[str, ...]:
    """One pass over the recording that goes on to the next file at each cut, so no word is lost between two."""
    times = ",".join(f"{cut:.3f}" for cut in cuts)
    pattern = f"file:{str(folder).replace('%', '%%')}/part-%03d.ogg"
    return ("-f", "segment", "-segment_format", "ogg", "-segment_times", times, "-reset_timestamps", "1", pattern)


def _reach(split_seconds: float) -> float:
    """Small parts are searched less far, so that neighbouring cuts keep their order."""
    return min(_REACH, split_seconds / 8)


def _listen(window: Path) -> float | None:
    """The quietest place in the window, which is there only if anything in it could be decoded."""
    try:
        samples = window.read_bytes()
    except FileNotFoundError:
        return None
    window.unlink()
    return quietest_place(samples, _WINDOW_RATE)


def _remove(leftovers: tuple[Path, ...]) -> None:
    """An attempt that died may have left parts, which would pass for those of this one."""
    for leftover in leftovers:
        leftover.unlink(missing_ok=True)

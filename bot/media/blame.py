"""The blame for a recording that cannot be read: that of the file, or of ffmpeg.

A failure is held against the file only if the ffmpeg that failed reads a file of our own just then. The operator's
ffmpeg may read that and still lack a decoder. So what it cannot read is tried again with the one that comes along.
"""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import TypeVar

from bot.errors import PermanentError, TemporaryError
from bot.log import get_logger
from bot.media.ffmpeg import Bench, HarmfulError, StarvedError, SureError
from storage.apology import Reason

_R = TypeVar("_R")

log = get_logger(__name__)

_UNREADABLE = frozenset({Reason.NOT_AUDIO, Reason.NO_SOUND, Reason.MACHINE})
_BY_FFMPEG_OR_FILE = _UNREADABLE | {Reason.TOO_DEMANDING}


async def rightly_blamed(work: Callable[[Bench], Awaitable[_R]], bench: Bench) -> _R:
    """Return what `work` returns, which reads a recording on the bench, with another ffmpeg if that is needed.

    Raises as `work` does, but TemporaryError instead of any blame if ffmpeg does not work.
    """
    ffmpeg = bench.ffmpeg
    used = ffmpeg.chosen
    try:
        return await work(bench)
    except (SureError, StarvedError):
        raise
    except (PermanentError, TemporaryError) as failure:
        is_chosen = ffmpeg.chosen is not None or isinstance(failure, PermanentError)
        if failure.reason not in _BY_FFMPEG_OR_FILE or not is_chosen:
            raise
        other = await ffmpeg.doubt(used)
        if other is None or isinstance(failure, HarmfulError) or failure.reason not in _UNREADABLE:
            raise
    result = await work(replace(bench, ffmpeg=other))
    if ffmpeg.chosen != other.chosen:
        log.warning("ffmpeg.replaced", path=ffmpeg.chosen, by=other.chosen, error="it cannot read what the other can")
        ffmpeg.give_way(other)
    return result

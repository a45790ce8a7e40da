"""What people waited for, and what the bot used meanwhile."""

import math
import statistics
import time
from collections.abc import Iterable, Sequence

from bot.playground.speech.recognition import Recognition
from tests.bench.stage import SETTLE_SECONDS, Sent, Stage

Row = dict[str, float]  # figures by their names


class Meter:
    """Counts from its making on."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._calls = len(stage.telegram.calls)
        self._fetches = len(stage.speech.fetches)
        self._cpu = stage.life.cpu_seconds()
        self._own_cpu = time.process_time()
        self._began = time.time()

    def read(self, sent: Sequence[Sent]) -> Row:
        """Return all figures of recordings that were sent meanwhile, and of nothing else."""
        return _counts(sent) | self._waits(sent) | self._costs(len(sent))

    def _waits(self, sent: Sequence[Sent]) -> Row:
        ready = self._ready()
        seen = [(one, one.visible_at) for one in sent if one.visible_at is not None]
        if not seen:
            return {}
        return {
            "all_s": max(at for _, at in seen) - min(one.at for one in sent),
            **_spread("acknowledged", (one.acknowledged_at - one.at for one in sent if one.acknowledged_at)),
            **_spread("visible", (at - one.at for one, at in seen)),
            **_spread("added", (at - one.at - one.speech_seconds for one, at in seen)),
            **_spread("late", (at - ready[one.text] for one, at in seen if one.text in ready)),
        }

    def _ready(self) -> dict[str, float]:
        """Return when the provider had each text."""
        made = self._stage.speech.generations.values()
        return {one.outcome.text: one.ready_at for one in made if isinstance(one.outcome, Recognition)}

    def _costs(self, sent: int) -> Row:
        calls = self._stage.telegram.calls[self._calls :]
        writes = [call for call in calls if call.method.startswith(("send", "edit")) and call.status != 429]
        fetches = [fetch.at for fetch in self._stage.speech.fetches[self._fetches :]]
        return {
            "refused_429": sum(call.status == 429 for call in calls),
            "gets_per_job": len(fetches) / sent,
            "most_gets_a_second": _most_within_a_second(fetches),
            "writes_per_voice": len(writes) / sent,
            "cpu_ms_per_voice": 1000 * (self._stage.life.cpu_seconds() - self._cpu) / sent,
            "peak_rss_mb": self._stage.life.peak_rss_mb(),
            "fakes_busy": (time.process_time() - self._own_cpu) / (time.time() - self._began - SETTLE_SECONDS),
        }


def _counts(sent: Sequence[Sent]) -> Row:
    return {
        "voices": len(sent),
        "lost": sum(one.visible_at is None for one in sent),
        "doubled": sum(len(one.chat.bot_messages) > 1 for one in sent),
    }


def _spread(name: str, seconds: Iterable[float]) -> Row:
    """Return the median and the 95th percentile; for one voice both are its time, and one figure is enough."""
    ordered = sorted(seconds)
    if len(ordered) < 2:
        return {f"{name}_s": one for one in ordered}
    return {f"{name}_p50_s": statistics.median(ordered), f"{name}_p95_s": percentile(ordered)}


def percentile(ordered: Sequence[float]) -> float:
    """Return the 95th percentile."""
    return ordered[math.ceil(0.95 * len(ordered)) - 1]


def _most_within_a_second(moments: Sequence[float]) -> int:
    most = first = 0
    for last, moment in enumerate(moments):
        while moments[first] <= moment - 1:
            first += 1
        most = max(most, last - first + 1)
    return most

"""What was learned of models: how long their generations take at the soonest, by the length of recordings."""

import math
from bisect import bisect_left
from collections.abc import Mapping
from typing import TypeGuard

from bot.engine import patience
from bot.speech.catalogue import find

Kind = tuple[str, int]  # the name of a model, and the place of a length in patience.LENGTHS


def _kind_of(model: str, audio_seconds: float) -> Kind | None:
    """Return what generations that take about as long have in common; None for a model that is not in the catalogue."""
    known = find(model)
    return None if known is None else (known.name, bisect_left(patience.LENGTHS, audio_seconds))


class Learned:
    """Remembers one number for each model and class of lengths: the seconds within which hardly anything is finished.

    A quicker generation changes it at once, and slower ones raise it by little each. `load` takes what was stored, and
    `unsaved` returns what is to be.
    """

    def __init__(self) -> None:
        self._soonest: dict[Kind, float] = {}
        self._unsaved: dict[Kind, float] = {}

    def learn(self, model: str, audio_seconds: float, took: float) -> None:
        """Learn that a generation took so many seconds."""
        kind = _kind_of(model, audio_seconds)
        if kind is None:
            return
        known = self._soonest.get(kind, took)
        share = patience.LEARNED_SHARE if took > known else 1.0
        self._soonest[kind] = self._unsaved[kind] = min(known + share * (took - known), patience.GIVE_UP_AFTER)

    def soonest(self, model: str, audio_seconds: float) -> float:
        """Return the seconds within which hardly any generation is finished; 0 where nothing is known."""
        kind = _kind_of(model, audio_seconds)
        return 0.0 if kind is None else self._soonest.get(kind, 0.0)

    def load(self, stored: Mapping[Kind, object]) -> None:
        """Take what was stored, but nothing that cannot have been learned."""
        for (model, length), seconds in stored.items():
            known = find(model)
            if known is not None and length in range(len(patience.LENGTHS) + 1) and _can_be_learned(seconds):
                self._soonest[known.name, length] = float(seconds)

    def unsaved(self) -> Mapping[Kind, float]:
        """Return what has changed since it was last saved."""
        return dict(self._unsaved)

    def saved(self, stored: Mapping[Kind, float]) -> None:
        """Know what was stored; it may have changed meanwhile."""
        for kind, seconds in stored.items():
            if self._unsaved.get(kind) == seconds:
                del self._unsaved[kind]


def _can_be_learned(seconds: object) -> TypeGuard[float]:
    return isinstance(seconds, float | int) and math.isfinite(seconds) and 0 <= seconds <= patience.GIVE_UP_AFTER

"""Trouble with a name, to be switched on and off by a button."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any

from bot.playground.notifier import Notifier
from bot.playground.speech import FakeSpeech
from bot.playground.telegram import FakeTelegram
from bot.playground.telegram.methods import METHODS

RETRY_AFTER = 5
SLOWER_SECONDS = 12.0
DOWN = 503


@dataclass
class Trouble:
    """`cause` begins it when entered and ends it when left; with `seconds` it also ends by itself."""

    cause: Callable[[], AbstractContextManager[None]]
    seconds: float | None = None
    on: bool = False
    ends_at: float | None = None
    undo: ExitStack = field(default_factory=ExitStack)


class Troubles:
    """Those of Telegram, and those of the provider where it is played. `clock` gives wall seconds."""

    def __init__(
        self,
        telegram: FakeTelegram,
        speech: FakeSpeech | None,
        notifier: Notifier,
        clock: Callable[[], float],
        flood_control_seconds: float,
    ) -> None:
        self._notifier = notifier
        self._clock = clock
        self._by_name = {"telegram-429": Trouble(lambda: _flood_control(telegram), flood_control_seconds)}
        if speech is not None:
            self._by_name |= {
                "provider-down": Trouble(lambda: _down(speech)),
                "no-credits": Trouble(lambda: _no_credits(speech)),
                "slow": Trouble(lambda: _slow(speech)),
            }

    def switch(self, name: str, *, on: bool) -> None:
        """A LookupError if there is no such trouble; to switch on twice begins the time anew and nothing else."""
        trouble = self._by_name[name]
        self._end(trouble)
        if on:
            self._begin(trouble)
        self._notifier.notify()

    def _begin(self, trouble: Trouble) -> None:
        trouble.undo.enter_context(trouble.cause())
        trouble.on = True
        if trouble.seconds is not None:
            trouble.ends_at = self._clock() + trouble.seconds
            timer = asyncio.get_running_loop().call_later(trouble.seconds, self._time_is_up, trouble)
            trouble.undo.callback(timer.cancel)

    def _time_is_up(self, trouble: Trouble) -> None:
        self._end(trouble)
        self._notifier.notify()

    def _end(self, trouble: Trouble) -> None:
        trouble.undo.close()
        trouble.on, trouble.ends_at = False, None

    def close(self) -> None:
        for trouble in self._by_name.values():
            self._end(trouble)

    def as_json(self) -> list[dict[str, Any]]:
        """The Troubles of the documentation."""
        return [{"name": name, "on": trouble.on, "ends_at": trouble.ends_at} for name, trouble in self._by_name.items()]


@contextmanager
def _flood_control(telegram: FakeTelegram) -> Iterator[None]:
    writes = [method.name for method in METHODS.values() if method.paced]
    faults = [telegram.fault(name, 429, retry_after=RETRY_AFTER, times=None) for name in writes]
    yield
    for fault in faults:
        fault.clear()


@contextmanager
def _down(speech: FakeSpeech) -> Iterator[None]:
    fault = speech.fault("*", status=DOWN, times=None)
    yield
    speech.clear_faults(fault)


@contextmanager
def _no_credits(speech: FakeSpeech) -> Iterator[None]:
    speech.out_of_credits = True
    yield
    speech.out_of_credits = False


@contextmanager
def _slow(speech: FakeSpeech) -> Iterator[None]:
    speech.extra_latency += SLOWER_SECONDS
    yield
    speech.extra_latency -= SLOWER_SECONDS

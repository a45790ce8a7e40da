"""Faults with a name, which the page switches on and off."""

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
class FaultSwitch:
    """One named fault. `cause` is entered to begin it and left to end it; with `seconds` it also ends by itself."""

    cause: Callable[[], AbstractContextManager[None]]
    seconds: float | None = None
    on: bool = False
    ends_at: float | None = None
    undo: ExitStack = field(default_factory=ExitStack)


class FaultSwitches:
    """The named faults of Telegram, and those of the provider if it is a fake. `clock` gives wall seconds."""

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
        self._by_name = {"telegram-429": FaultSwitch(lambda: _flood_control(telegram), flood_control_seconds)}
        if speech is not None:
            self._by_name |= {
                "provider-down": FaultSwitch(lambda: _down(speech)),
                "no-credits": FaultSwitch(lambda: _no_credits(speech)),
                "slow": FaultSwitch(lambda: _slow(speech)),
            }

    def switch(self, name: str, *, on: bool) -> None:
        """Switch a fault on or off; switching it on again starts its time anew.

        Raises LookupError for an unknown name.
        """
        switch = self._by_name[name]
        self._end(switch)
        if on:
            self._begin(switch)
        self._notifier.notify()

    def _begin(self, switch: FaultSwitch) -> None:
        switch.undo.enter_context(switch.cause())
        switch.on = True
        if switch.seconds is not None:
            switch.ends_at = self._clock() + switch.seconds
            timer = asyncio.get_running_loop().call_later(switch.seconds, self._time_is_up, switch)
            switch.undo.callback(timer.cancel)

    def _time_is_up(self, switch: FaultSwitch) -> None:
        self._end(switch)
        self._notifier.notify()

    def _end(self, switch: FaultSwitch) -> None:
        switch.undo.close()
        switch.on, switch.ends_at = False, None

    def close(self) -> None:
        for switch in self._by_name.values():
            self._end(switch)

    def as_json(self) -> list[dict[str, Any]]:
        """Return the faults as docs/playground.md describes them."""
        return [{"name": name, "on": switch.on, "ends_at": switch.ends_at} for name, switch in self._by_name.items()]


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

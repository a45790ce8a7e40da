"""A playground: Telegram, the provider, the faults, and the bot's process if there is one."""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from bot.playground.notifier import Notifier
from bot.playground.samples import SAMPLES
from bot.playground.sim.fault_switches import FaultSwitches
from bot.playground.sim.provider import Provider
from bot.playground.speech.faults import Fault as SpeechFault
from bot.playground.telegram import FakeTelegram
from bot.playground.telegram.faults import Fault as TelegramFault

JSON = dict[str, Any]


class Process(Protocol):
    """The bot's process, if the playground runs the bot."""

    def as_json(self) -> JSON:
        """Return the process as docs/playground.md describes it."""
        ...

    @property
    def lines(self) -> Sequence[JSON]:
        """The latest lines of its log, numbered from 1 upwards, oldest first."""
        ...

    def kill(self) -> bool:
        """Kill the process with SIGKILL; return False if it is not alive at the moment."""
        ...


@dataclass
class Playground:
    """Everything that belongs to one playground.

    `notifier` is shared by both servers and the process. `clock` gives wall seconds. `secrets` are removed from
    everything that is shown. `run` is different for each playground, also at the same address.
    """

    telegram: FakeTelegram
    provider: Provider
    notifier: Notifier
    clock: Callable[[], float]
    secrets: Sequence[str] = ()
    process: Process | None = None
    closing: bool = False
    run: str = field(default_factory=lambda: uuid.uuid4().hex)
    flood_control_seconds: float = 10.0
    middle_seconds: float = 20.0  # to wait for the middle of a job in which to kill the bot
    telegram_faults: list[TelegramFault] = field(default_factory=list)
    speech_faults: list[SpeechFault] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.fault_switches = FaultSwitches(
            self.telegram, self.provider.server, self.notifier, self.clock, self.flood_control_seconds
        )

    @property
    def samples(self) -> list[JSON]:
        return [
            {"name": one.name, "title": one.title, "url": f"/samples/{one.file}", "seconds": one.seconds}
            for one in SAMPLES
        ]

    def close(self) -> None:
        """End every fault and every stream of events."""
        self.closing = True
        self.fault_switches.close()
        self.notifier.notify()

"""All that is played at one time: Telegram, the provider, what goes wrong, and perhaps the bot's own process."""

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
    """The bot, where the playground runs it."""

    def as_json(self) -> JSON:
        """The Process of the documentation."""
        ...

    @property
    def lines(self) -> Sequence[JSON]:
        """What it logged lately, numbered from 1 upwards, oldest first."""
        ...

    def kill(self) -> bool:
        """SIGKILL; False if there is nothing to kill at the moment."""
        ...


@dataclass
class Playground:
    """`notifier` is shared by both servers and the process. `clock` gives wall seconds.

    `secrets` are cut out of everything that is shown. `run` tells one playground from the next at the same address.
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

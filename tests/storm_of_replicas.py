"""`make storm REPLICAS=3`: several replicas over one PostgreSQL, killed, stopped, paused and cut off again and again.

People send and press as in `tests.storm`. The clocks of the replicas differ by minutes. After the last fault everything
must come to its end soon.
"""

import asyncio
import itertools
import random
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from bot.playground.speech import FakeSpeech
from bot.playground.telegram import FakeTelegram
from tests import postgres
from tests.crash.fleet import Fleet, Replica, fleet
from tests.crash.scene import Scene, Server
from tests.storm import INSTANTS, MOST_OPEN, PATIENCE_SECONDS, Figures, Storm
from tests.wire import Moment
from tests.world import KEY
from tests.zygote import Zygote

BETWEEN_FAULTS = (0.1, 1.5)  # seconds
PAUSED_FOR = 20.0
INSTANT_WITHIN = 1.5  # seconds; else nobody dies
TOLD_EVERY = 10  # kills
SETTLED_WITHIN = 30.0
MOMENTS: tuple[Moment, ...] = ("before", "after")
_DOUBTS = "SELECT coalesce(sum(creates_in_doubt), 0), coalesce(sum(generations_lost), 0) FROM jobs"


@dataclass
class ManyFigures(Figures):
    """What came of a storm over several replicas."""

    breakdowns: int = 0  # of the database
    cuts: int = 0
    pauses: int = 0
    stops: int = 0
    doubts: int = 0  # creates that may have been paid for, as the bot counts them
    generations_lost: int = 0
    looks: int = 0  # at what must hold all the time
    wrongs: list[str] = field(default_factory=list)
    seconds_to_settle: float = 0.0

    @property
    def is_good(self) -> bool:
        well = not (self.lost or self.doubled or self.frozen or self.apologised or self.wrongs)
        return well and self.paid_again <= self.doubts and self.seconds_to_settle <= SETTLED_WITHIN


class Gale:
    """Faults at random, over a fleet in which somebody is always left to work."""

    def __init__(self, fleet: Fleet, storm: Storm) -> None:
        self.fleet = fleet
        self.storm = storm
        self.chance = storm.chance
        self.found = ManyFigures()
        self._away: dict[Replica, asyncio.Task[None]] = {}  # who is paused, or about to die or to begin

    async def rage(self, kills: int) -> ManyFigures:
        """Go on until so many lives were killed."""
        told = 0
        async with self.fleet.watched():
            while self.found.kills < kills:
                while self.storm.open_jobs() < MOST_OPEN:
                    self.storm.send_something()
                await asyncio.sleep(self.chance.uniform(*BETWEEN_FAULTS))
                self.storm.people_act()
                await self._one_fault()
                if self.found.kills // TOLD_EVERY > told:
                    told = self.found.kills // TOLD_EVERY
                    print(f"{self.found.kills} kills, {len(self.storm.sent)} jobs", flush=True)
            await asyncio.gather(*self._away.values())
            await self._settle()
        return self._figures()

    async def _one_fault(self) -> None:
        fault = self.chance.choices(list(FAULTS), [weight for weight, _ in FAULTS.values()])[0]
        await FAULTS[fault][1](self)

    async def _somebody(self) -> Replica:
        """Choose one that is at work; wait for one where there is none."""
        while not (here := [each for each in self.fleet.replicas if each not in self._away]):
            await asyncio.wait(self._away.values(), return_when=asyncio.FIRST_COMPLETED)
        return self.chance.choice(here)

    async def _befall(self, act: Callable[[Replica], Awaitable[None]]) -> asyncio.Task[None]:
        """Begin to let something befall somebody, who is away until it has."""
        victim = await self._somebody()

        async def befall() -> None:
            await act(victim)
            del self._away[victim]

        self._away[victim] = task = asyncio.create_task(befall())
        return task

    async def kill(self) -> None:
        self.found.kills += 1
        await (await self._befall(self.fleet.kill))

    async def kill_at_an_instant(self) -> None:
        await (await self._befall(self._kill_at_an_instant))

    async def _kill_at_an_instant(self, victim: Replica) -> None:
        """Kill one as a request comes, its own or another one's, which is lost if it has not been answered."""
        name, operation, moment = self.chance.choice(INSTANTS)
        server: Server = getattr(self.fleet.scene, name)
        dying, died = asyncio.Event(), asyncio.Event()
        left: Iterator[int] = itertools.count(self.chance.randint(0, 2), -1)

        async def die() -> None:
            if next(left) == 0:
                dying.set()
                await victim.life.kill()
                died.set()
                if moment == "before":
                    server.fault(operation, drop=True)

        server.watch(operation, die, moment, times=3)
        with suppress(TimeoutError):
            async with asyncio.timeout(INSTANT_WITHIN):
                await dying.wait()
        left = itertools.repeat(-1)
        if dying.is_set():
            await died.wait()
            self.found.kills += 1
            await self.fleet.replace(victim)

    async def break_down(self) -> None:
        self.found.breakdowns += 1
        await self.fleet.break_down()

    async def cut(self) -> None:
        moment = self.chance.choice(MOMENTS)
        plan = self.chance.choice((self.fleet.wire.cut_at, self.fleet.wire.cut_at_commit))
        for _ in range(3):
            plan(self.chance.randint(1, 40), moment)

    async def pause(self) -> None:
        self.found.pauses += 1

        async def stand_still(paused: Replica) -> None:
            paused.life.stand_still()
            await asyncio.sleep(PAUSED_FOR)
            paused.life.go_on()

        await self._befall(stand_still)

    async def stop(self) -> None:
        self.found.stops += 1

        async def leave(stopped: Replica) -> None:
            await stopped.life.stop()
            await self.fleet.replace(stopped)

        await (await self._befall(leave))

    async def _settle(self) -> None:
        began = time.monotonic()
        async with asyncio.timeout(PATIENCE_SECONDS):
            while self.storm.open_jobs() > 0:
                await asyncio.sleep(0.3)
        self.found.seconds_to_settle = round(time.monotonic() - began, 1)
        for each in self.fleet.replicas:
            await each.life.stop()

    def _figures(self) -> ManyFigures:
        self.storm.count(self.found)
        ((self.found.doubts, self.found.generations_lost),) = self.fleet.scene.rows(_DOUBTS)
        self.found.cuts, self.found.looks = self.fleet.wire.cuts, self.fleet.looks
        self.found.wrongs = [*self.fleet.wrongs, *self.fleet.scene.telegram.violations]
        self.found.wrongs += self.fleet.scene.speech.violations
        return self.found


FAULTS: dict[str, tuple[int, Callable[[Gale], Awaitable[None]]]] = {
    "kill": (8, Gale.kill),
    "kill at an instant": (8, Gale.kill_at_an_instant),
    "break down": (1, Gale.break_down),
    "cut": (4, Gale.cut),
    "pause": (1, Gale.pause),
    "stop": (2, Gale.stop),
}


async def storm(replicas: int, kills: int, seed: int, folder: Path) -> ManyFigures:
    """Kill replicas so many times, and return what came of it."""
    server = await asyncio.to_thread(postgres.OwnServer, folder / "data")
    with Zygote("tests.ahead", "bot.commands.operator") as zygote:
        async with FakeTelegram() as telegram, FakeSpeech(key=KEY) as speech:
            speech.latency = 0.3
            url = await asyncio.to_thread(postgres.database, server.url, "storm")
            scene = Scene(folder, telegram, speech, zygote.start, url)
            scene.environment |= {"SPLIT_MINUTES": "1"}
            raging = Storm(scene, random.Random(seed))
            speech.recognise = raging.recognise
            try:
                async with fleet(scene, server) as found:
                    await asyncio.gather(*(found.add() for _ in range(replicas)))
                    return await Gale(found, raging).rage(kills)
            finally:
                await asyncio.to_thread(server.stop)

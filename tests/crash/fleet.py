"""Several lives at once on one PostgreSQL of their own, what befalls them and it, and what must hold all the time."""

import asyncio
import re
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import asyncpg

from bot.playground.notifier import Notifier
from tests import postgres
from tests.ahead import AHEAD
from tests.crash.scene import WEBHOOK, Scene
from tests.patience import QUIET_SECONDS, Seen, patience
from tests.process import CHECKOUT, Command, Starter
from tests.wire import Wire

LOOK_EVERY = 0.1  # seconds between two looks at what must hold
SLOTS = 4
MOST_STARTS = 60  # of lives that end at once: about a minute, while a database is away for some seconds
CLOCKS = (-600.0, 0.0, 600.0)  # seconds by which the clocks of the replicas are ahead, in turns
_UNANSWERED = "SELECT count(*) FROM jobs WHERE next_at IS NOT NULL"
_TAKEN = "SELECT slot, count(*) FROM jobs WHERE slot IS NOT NULL GROUP BY slot"
_DOUBTS = "SELECT coalesce(sum(creates_in_doubt), 0) FROM jobs"


class Replica:
    """One place of the fleet, in which one life follows another; updates are brought to `address`, if to any."""

    def __init__(self, life: Command, address: str) -> None:
        self.life = life
        self.address = address


class Fleet:
    """The replicas of a scene, whose way to the database is a wire. A new life takes the place of a killed one."""

    def __init__(self, scene: Scene, server: postgres.OwnServer, wire: Wire, *, hooked: bool = True) -> None:
        self.scene = scene
        self.server = server
        self.wire = wire
        self.hooked = hooked
        self.replicas: list[Replica] = []
        self.looks = 0
        self.wrongs: list[str] = []
        self._starts = 0
        self.notifier = Notifier()

    async def add(self, starter: Starter | None = None, **changes: str) -> Replica:
        """Start one more."""
        self.replicas.append(await self._begin(starter, **changes))
        return self.replicas[-1]

    async def _begin(self, starter: Starter | None = None, **changes: str) -> Replica:
        """Begin a life, and again if it ends at once, as it does while the database is away."""
        ways = {"HTTP_PORT": "0"} | ({"WEBHOOK_URL": WEBHOOK} if self.hooked else {})
        for _ in range(MOST_STARTS):
            ways[AHEAD] = str(CLOCKS[self._starts % len(CLOCKS)])
            self._starts += 1
            life = await self._started(starter or self.scene.starter, ways | changes)
            if await _says_or_ends(life, "webhook.serving" if self.hooked else "leases.released"):
                return self._known(life)
        raise AssertionError(life.output)

    async def _started(self, starter: Starter, changes: dict[str, str]) -> Command:
        usual, self.scene.starter = self.scene.starter, starter
        try:
            return await self.scene.start(**changes)
        finally:
            self.scene.starter = usual

    def _known(self, life: Command) -> Replica:
        if not self.hooked:
            return Replica(life, "")
        (port,) = re.findall(r"webhook\.serving\s.*port=(\d+)", life.output)
        self.scene.telegram.upstreams.append(f"http://127.0.0.1:{port}")
        return Replica(life, self.scene.telegram.upstreams[-1])

    async def replace(self, replica: Replica) -> None:
        """Put a new life where one has ended."""
        self._forget(replica)
        found = await self._begin()
        replica.life, replica.address = found.life, found.address

    async def kill(self, replica: Replica) -> None:
        await replica.life.kill()
        await self.replace(replica)

    async def stop(self, replica: Replica) -> int:
        """Let it leave as on a SIGTERM, and nobody take its place; return its exit code."""
        code = await replica.life.stop()
        self._forget(replica)
        self.replicas.remove(replica)
        return code

    def _forget(self, replica: Replica) -> None:
        if replica.address:
            self.scene.telegram.upstreams.remove(replica.address)
        replica.address = ""

    def leader(self) -> Replica:
        """Return the one that leads by what the database knows."""
        ((name,),) = self.scene.rows("SELECT name FROM leader")
        return next(each for each in self.replicas if name_of(each.life) == name)

    async def break_down(self) -> None:
        """Let the database break down and start again."""
        await asyncio.to_thread(self.server.break_down)

    @asynccontextmanager
    async def watched(self) -> AsyncIterator[None]:
        """Look all the time at what must hold, and fail at the end of the block if it did not."""
        watching = asyncio.create_task(self._watch())
        try:
            yield
        finally:
            watching.cancel()
            await asyncio.gather(watching, return_exceptions=True)
        assert self.wrongs == []
        assert self.looks > 0

    async def _watch(self) -> None:
        while True:
            with suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
                async with postgres.connected(self.scene.postgres_url) as connection:
                    while True:
                        await self._look(connection)
                        await asyncio.sleep(LOOK_EVERY)
            await asyncio.sleep(LOOK_EVERY)

    async def _look(self, connection: asyncpg.Connection) -> None:
        taken = await connection.fetch(_TAKEN)
        self.looks += 1
        self.wrongs += [f"{slot}: {count} slots" for slot, count in taken if count > SLOTS]
        twice = [voice for voice in self.scene.voices if self.scene.answers(voice) > 1]
        self.wrongs += [f"answered twice: {voice.text}" for voice in twice]
        self.notifier.notify()

    async def until(self, predicate: Callable[[], Seen]) -> Seen:
        """Wait until something is true, which is looked at after each look at what must hold."""
        looked = self.notifier
        async with patience(3 * QUIET_SECONDS, describe=self.describe):
            return await looked.wait_for(predicate)

    async def settled(self) -> None:
        """Wait until no job is without its end."""
        asked = len(self.scene.voices)
        ended = "SELECT count(*) FROM jobs WHERE next_at IS NULL"
        await self.until(lambda: self.scene.rows(ended) >= [(asked,)])

    def require_all_well(self) -> None:
        """Nothing was lost, nothing is shown twice, nothing was paid for without need."""
        scene = self.scene
        assert scene.rows(_UNANSWERED) == [(0,)]
        assert {voice.text: scene.answers(voice) for voice in scene.voices} == {voice.text: 1 for voice in scene.voices}
        ((doubts,),) = scene.rows(_DOUBTS)
        distinct = len({upload.data for upload in scene.speech.uploads})
        assert len(scene.speech.uploads) <= distinct + doubts, f"{doubts} doubts"
        peak = max(scene.speech.peak.values())
        assert peak <= SLOTS + doubts, f"{peak} generations at once"
        assert scene.telegram.violations == scene.speech.violations == []

    def describe(self) -> str:
        told = [f"--- {name_of(each.life)}\n{each.life.output[-6000:]}" for each in self.replicas]
        return "\n".join([str(self.scene.rows("SELECT id, state, lease_token FROM jobs")), *told])


async def _says_or_ends(life: Command, words: str) -> bool:
    """Tell whether a life says something before it ends."""
    ended = asyncio.create_task(life.ended())
    ready = asyncio.create_task(life.says(words))
    try:
        async with patience(4 * QUIET_SECONDS, describe=life.describe):
            await asyncio.wait({ended, ready}, return_when=asyncio.FIRST_COMPLETED)
        return ready.done() and ready.exception() is None
    finally:
        for task in (ended, ready):
            task.cancel()
        await asyncio.gather(ended, ready, return_exceptions=True)


def name_of(life: Command) -> str:
    """Return the name of a replica in its latest life."""
    names = re.findall(r"replica\.entered .*replica=(\S+)", life.output)
    return str(names[-1]) if names else ""


def with_another_column(folder: Path) -> Path:
    """Copy the program, with one more migration that programs of this schema work with; return where it is."""
    for room in ("bot", "handlers", "storage"):
        shutil.copytree(CHECKOUT / room, folder / room, ignore=shutil.ignore_patterns("__pycache__"))
    migrations = folder / "storage" / "postgres" / "migrations"
    newest = max(int(file.name[:4]) for file in migrations.glob("*.sql"))
    script = f"-- Works with programs of schema {newest} or later.\nALTER TABLE jobs ADD COLUMN colour TEXT;\n"
    (migrations / f"{newest + 1:04}_colour.sql").write_text(script)
    return folder


@asynccontextmanager
async def fleet(scene: Scene, server: postgres.OwnServer, *, hooked: bool = True) -> AsyncIterator[Fleet]:
    """No replica yet, on a database that was just made at `scene.postgres_url`."""
    name = scene.postgres_url.partition("?")[0].rpartition("/")[2]
    async with Wire(server.socket).carrying() as wire:
        url = f"postgresql://postgres@127.0.0.1:{wire.port}/{name}?sslmode=disable"
        scene.environment |= {
            "DATABASE_URL": url,
            "NOVA_CONCURRENCY": str(SLOTS),
            "NOVA_CONCURRENCY_MOST": "1",
        }
        found = Fleet(scene, server, wire, hooked=hooked)
        try:
            yield found
        finally:
            for life in scene.lives:
                with suppress(ProcessLookupError):
                    life.go_on()
                await life.kill()

"""`make soak`: the real process under thousands of good and hostile jobs; prints what it holds on to. Not a test.

Memory, descriptors, threads and files for passing use are looked at all the time. They must be no more at the end than
they were after the first quarter.
"""

import asyncio
import contextlib
import json
import random
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path

import psutil

from bot.playground.speech import FakeSpeech
from bot.playground.telegram import Chat, FakeTelegram
from tests.crash.scene import Scene
from tests.process import executed
from tests.world import KEY, audio, other_voice

AT_ONCE = 24  # jobs under way
PEOPLE = 50  # each chat has several jobs, but none so many that they wait for its pace for long
LOOK_SECONDS = 0.25
QUIET_SECONDS = 60.0  # without any job that ends
BEGINNINGS = b"OggS" * 100_000  # of pages, none of which is one
LARGE = json.dumps({"status": "completed", "result": {"text": "word " * 1_200_000}})
INVISIBLE = json.dumps({"status": "completed", "result": {"text": "\u200d" * 1_000_000}}, ensure_ascii=False)
MOST_MORE = {"megabytes": 24, "descriptors": 8, "threads": 2, "files": 2}


@dataclass(frozen=True)
class Look:
    """What the process has at a moment."""

    jobs: int
    megabytes: float
    descriptors: int
    threads: int
    files: int


@dataclass
class Figures:
    """What came of a soak: medians of the second quarter of the jobs and of the last one, and the most."""

    jobs: int
    seconds: float
    answered: int
    early: dict[str, float] = field(default_factory=dict)
    late: dict[str, float] = field(default_factory=dict)
    most: dict[str, float] = field(default_factory=dict)
    kinds: dict[str, int] = field(default_factory=dict)

    @property
    def is_flat(self) -> bool:
        return self.answered == self.jobs and all(
            self.late[what] - self.early[what] <= more for what, more in MOST_MORE.items()
        )


class Soak:
    """People who send good recordings and bad ones, and servers that are out of order now and then."""

    def __init__(self, scene: Scene, chance: random.Random) -> None:
        self.scene = scene
        self.chance = chance
        people = [scene.telegram.user(f"User {number}") for number in range(PEOPLE)]
        self.chats: list[Chat] = [scene.telegram.private(person) for person in people]
        self.kinds: Counter[str] = Counter()
        self.looks: list[Look] = []

    def send(self) -> None:
        kind = self.chance.choices(list(KINDS), [weight for weight, _ in KINDS.values()])[0]
        self.kinds[kind] += 1
        data = KINDS[kind][1](self)
        chat = self.chats[self.kinds.total() % PEOPLE]
        chat.send_voice(next(iter(chat.people.values())), data + f"number {self.kinds.total()}".encode())

    def voice(self) -> bytes:
        return other_voice()

    def converted(self) -> bytes:
        return audio("speech.mp3")

    def garbage(self) -> bytes:
        return self.chance.randbytes(20_000)

    def cut_off(self) -> bytes:
        return audio("speech.mp3")[: self.chance.randrange(10, 3_000)]

    def beginnings(self) -> bytes:
        return audio() + BEGINNINGS

    def large_answer(self) -> bytes:
        self.scene.speech.fault("fetch", status=200, body=LARGE)
        return other_voice()

    def invisible_answer(self) -> bytes:
        self.scene.speech.fault("fetch", status=200, body=INVISIBLE)
        return other_voice()

    def failing_create(self) -> bytes:
        self.scene.speech.fault("create", status=500)
        return other_voice()

    def lost_answer(self) -> bytes:
        self.scene.speech.fault("fetch", drop=True)
        return other_voice()

    def failing_edit(self) -> bytes:
        self.scene.telegram.fault("editMessageText", drop=True)
        return other_voice()

    async def all(self, jobs: int) -> Figures:
        """Send so many, a few at a time, and look at the process until all are answered."""
        process = self.scene.life.tree()[0]
        started, answered, changed_at = time.monotonic(), 0, time.monotonic()
        while answered < jobs and time.monotonic() - changed_at < QUIET_SECONDS:
            while self.kinds.total() < min(jobs, answered + AT_ONCE):
                self.send()
            await asyncio.sleep(LOOK_SECONDS)
            before, answered = answered, self._answered()
            changed_at = changed_at if before == answered else time.monotonic()
            self.looks.append(self._look(answered, process))
        figures = Figures(jobs, round(time.monotonic() - started, 1), answered, kinds=dict(self.kinds))
        quarter = jobs / 4
        for what in MOST_MORE:
            figures.early[what] = self._median(what, lambda look: quarter <= look.jobs < 2 * quarter)
            figures.late[what] = self._median(what, lambda look: look.jobs >= 3 * quarter)
            figures.most[what] = max(getattr(look, what) for look in self.looks)
        return figures

    def _answered(self) -> int:
        with contextlib.suppress(Exception):
            return len(self.scene.rows("SELECT 1 FROM jobs WHERE next_at IS NULL"))
        return 0

    def _look(self, jobs: int, process: psutil.Process) -> Look:
        megabytes = process.memory_info().rss / 1024 / 1024
        return Look(jobs, megabytes, process.num_fds(), process.num_threads(), len(self.scene.files_left()))

    def _median(self, what: str, chosen: Callable[[Look], bool]) -> float:
        measured = [float(getattr(look, what)) for look in self.looks if chosen(look)]
        return round(statistics.median(measured or [0.0]), 1)


KINDS: dict[str, tuple[int, Callable[[Soak], bytes]]] = {
    "voice": (50, Soak.voice),
    "converted": (6, Soak.converted),
    "garbage": (10, Soak.garbage),
    "cut off": (10, Soak.cut_off),
    "beginnings of pages": (2, Soak.beginnings),
    "large answer": (2, Soak.large_answer),
    "invisible answer": (2, Soak.invisible_answer),
    "failing create": (6, Soak.failing_create),
    "lost answer": (6, Soak.lost_answer),
    "failing edit": (6, Soak.failing_edit),
}


async def soak(jobs: int, seed: int, folder: Path) -> Figures:
    """One process, and so many jobs."""
    async with FakeTelegram() as telegram, FakeSpeech(key=KEY) as speech:
        speech.latency = 0.2
        scene = Scene(folder, telegram, speech, executed)
        life = await scene.start(LOG_LEVEL="WARNING")
        try:
            return await Soak(scene, random.Random(seed)).all(jobs)
        finally:
            await life.end()


async def main(jobs: int = 2_000, seed: int = 1) -> int:
    with tempfile.TemporaryDirectory() as folder:
        figures = await soak(jobs, seed, Path(folder))
    print(json.dumps(asdict(figures), indent=2))
    return 0 if figures.is_flat else 1


if __name__ == "__main__":
    sys.exit(asyncio.run(main(*map(int, sys.argv[1:]))))

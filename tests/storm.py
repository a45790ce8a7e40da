"""`make storm`: the real process, killed again and again over all kinds of jobs; prints what came of it. Not a test.

Kills come at random and at named instants. Every recording is sent to a chat of its own, and a chat has one message to
answer, so what was lost or doubled can be seen there. The last life is not killed, and must bring all to an end.
"""

import argparse
import asyncio
import contextlib
import hashlib
import itertools
import json
import random
import struct
import sys
import tempfile
import wave
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any

from bot.playground.speech import FakeSpeech
from bot.playground.speech.recognition import Recognition, spoken
from bot.playground.telegram import Chat, FakeTelegram
from bot.text.layout import Document, lay_out
from tests.crash.scene import Moment, Scene, Server
from tests.english import ENGLISH
from tests.process import Command
from tests.world import KEY, audio, other_voice
from tests.zygote import Zygote

PATIENCE_SECONDS = 900.0  # for the last life
LONGEST_LIFE = 1.2  # seconds of a life that no named instant ends
MOST_OPEN = 12  # jobs under way, so that the storm is over all of them and not behind them
LIVED_AFTER_THE_LAST = 2.0
INSTANTS: tuple[tuple[str, str, Moment], ...] = (
    ("telegram", "getUpdates", "after"),
    ("telegram", "sendMessage", "before"),
    ("telegram", "sendMessage", "after"),
    ("telegram", "getFile", "before"),
    ("telegram", "file", "before"),
    ("telegram", "file", "after"),
    ("telegram", "editMessageText", "before"),
    ("telegram", "editMessageText", "after"),
    ("telegram", "editMessageMedia", "after"),
    ("speech", "create", "before"),
    ("speech", "create", "after"),
    ("speech", "fetch", "before"),
    ("speech", "fetch", "after"),
)


@dataclass
class Figures:
    """What came of a storm."""

    kills: int = 0
    jobs: int = 0
    lost: int = 0  # nothing can be read
    doubled: int = 0  # more than one answer can be read
    frozen: int = 0  # a message that a job points to promises words to come, or a job has not ended
    apologised: int = 0
    cancelled: int = 0
    orphans: int = 0  # sent right before a death that kept their id from being stored; their button removes them
    creates: int = 0
    paid_again: int = 0  # creates of the same bytes beyond the first

    @property
    def is_good(self) -> bool:
        return not (self.lost or self.doubled or self.frozen or self.apologised) and self.paid_again <= self.kills


@dataclass
class Sent:
    """A recording that somebody sent, and where it is to be answered."""

    chat: Chat
    kind: str
    cancels: bool = False
    moves: bool = False


@dataclass
class Storm:
    """People who send, press and move while the bot dies."""

    scene: Scene
    chance: random.Random
    sent: list[Sent] = field(default_factory=list)
    pages: dict[str, int] = field(default_factory=dict)  # words of a long transcript, by the digest of the recording

    async def recognise(self, data: bytes, _model: str, _options: Mapping[str, str]) -> Recognition:
        """Hear words that occur in no other recording."""
        digest = hashlib.sha256(data).hexdigest()[:12]
        return spoken(" ".join(f"{digest}-{number}" for number in range(self.pages.get(digest, 3))))

    def send_something(self) -> None:
        kind = self.chance.choices(list(KINDS), [weight for weight, _ in KINDS.values()])[0]
        KINDS[kind][1](self)

    def _send(self, kind: str, data: bytes, name: str = "") -> None:
        chat = self._chat()
        person = next(iter(chat.people.values()))
        if name:
            chat.send_audio(person, data, file_name=name)
        else:
            chat.send_voice(person, data)
        self.sent.append(Sent(chat, kind))

    def _chat(self) -> Chat:
        return self.scene.telegram.private(self.scene.telegram.user(f"User {len(self.sent) + 1}"))

    def voice(self) -> None:
        self._send("voice", other_voice())

    def long(self) -> None:
        data = other_voice()
        self.pages[hashlib.sha256(data).hexdigest()[:12]] = self.chance.choice([400, 1200])
        self._send("long", data)

    def converted(self) -> None:
        self._send("converted", _sound(2, len(self.sent)), "sound.au")

    def split(self) -> None:
        self._send("split", _sound(70, len(self.sent)), "talk.au")

    def duplicate(self) -> None:
        chat, other = self._chat(), self._chat()
        message = chat.send_voice(next(iter(chat.people.values())), other_voice())
        other.forward(next(iter(other.people.values())), message)
        self.sent += [Sent(chat, "duplicate"), Sent(other, "duplicate")]

    def cancelled(self) -> None:
        self.voice()
        self.sent[-1].kind, self.sent[-1].cancels = "cancelled", True

    def moved(self) -> None:
        user = self.scene.telegram.user(f"User {len(self.sent) + 1}")
        group = self.scene.telegram.group(f"Group {len(self.sent) + 1}", [user], bot_admin=True)
        group.send_voice(user, other_voice())
        self.sent.append(Sent(group, "moved", moves=True))

    def people_act(self) -> None:
        """Press cancel buttons that can be seen, and turn groups that have no answer yet into supergroups.

        In one that has an answer, a death may have kept it from being recorded, and it comes again where the group is
        now: nobody can look at the old one any more.
        """
        for one in self.sent:
            if one.cancels and self.chance.random() < 0.5:
                self._press(one)
            elif one.moves and self.chance.random() < 0.3 and not self._shown(one.chat):
                one.chat, one.moves = one.chat.upgrade(), False

    def _press(self, one: Sent) -> None:
        for message in one.chat.bot_messages:
            if ENGLISH.cancelling.button() in one.chat.button_texts(message):
                one.chat.press(next(iter(one.chat.people.values())), message, ENGLISH.cancelling.button())
                one.cancels = False
                return

    def open_jobs(self) -> int:
        """Return how many recordings have no answer yet, as far as the database knows them."""
        try:
            ended = len(self.scene.rows("SELECT 1 FROM jobs WHERE next_at IS NULL"))
        except Exception:  # noqa: BLE001 - before the first life there is no database
            ended = 0
        return len(self.sent) - ended

    async def one_life(self) -> None:
        """Start the bot, and kill it at a named instant, or at a random one."""
        while self.open_jobs() < MOST_OPEN:
            self.send_something()
        life = await self.scene.start()
        if self.chance.random() < 0.6:
            self._kill_at_an_instant(life)
        with contextlib.suppress(AssertionError):
            await life.says("leases.released")
        acting = asyncio.get_running_loop().call_later(0.15, self.people_act)
        await life.live_for(self.chance.uniform(0.05, LONGEST_LIFE))
        acting.cancel()

    def _kill_at_an_instant(self, life: Command) -> None:
        """Let this life, and no other, end at one of the named instants."""
        name, operation, moment = self.chance.choice(INSTANTS)
        server: Server = getattr(self.scene, name)
        left = itertools.count(self.chance.randint(0, 3), -1)

        async def die() -> None:
            if self.scene.life is life and next(left) == 0:
                await life.kill()
                if moment == "before":
                    server.fault(operation, drop=True)

        server.watch(operation, die, moment, times=None)

    async def last_life(self) -> None:
        """Let one life bring everything to its end."""
        life = await self.scene.start()
        async with asyncio.timeout(PATIENCE_SECONDS):
            while self.open_jobs() > 0:
                await asyncio.sleep(0.3)
        await asyncio.sleep(LIVED_AFTER_THE_LAST)
        await life.stop()

    def figures(self, kills: int) -> Figures:
        found = Figures(kills=kills)
        self.count(found)
        return found

    def count(self, found: Figures) -> None:
        """Count what can be seen in the chats, and what was paid."""
        found.jobs, found.creates = len(self.sent), len(self.scene.speech.uploads)
        paid = Counter(hashlib.sha256(upload.data).digest() for upload in self.scene.speech.uploads)
        found.paid_again = sum(count - 1 for count in paid.values())
        found.apologised = len(
            self.scene.rows("SELECT 1 FROM jobs WHERE apology IS NOT NULL AND apology NOT LIKE '%cancelled%'")
        )
        found.cancelled = len(self.scene.rows("SELECT 1 FROM jobs WHERE state = 'cancelled'"))
        found.frozen = len(self.scene.rows("SELECT 1 FROM jobs WHERE next_at IS NOT NULL"))
        for one in self.sent:
            self._count(one, found)

    def _count(self, one: Sent, found: Figures) -> None:
        promising = [
            each for each in one.chat.bot_messages if ENGLISH.cancelling.button() in one.chat.button_texts(each)
        ]
        known = self._known(one.chat)
        found.orphans += len([each for each in promising if each["message_id"] not in known])
        found.frozen += len([each for each in promising if each["message_id"] in known])
        answers = self._answers(self._shown(one.chat))
        found.lost += answers == 0
        found.doubled += answers > 1
        if answers != 1:
            print(one.kind, answers, "answers", [each.get("text", "")[:60] for each in one.chat.bot_messages])

    def _shown(self, chat: Chat) -> list[dict[str, Any]]:
        """Return the messages of the bot that do not promise something to come."""
        there = [each for each in chat.bot_messages if not chat.rang(each)]
        return [each for each in there if not each.get("text", "").endswith("…")]

    def _known(self, chat: Chat) -> set[int]:
        """Return the messages of this chat that rows of the database point to."""
        sql = (
            "SELECT chat_id, placeholder_id FROM jobs"
            " UNION SELECT chat_id, pages.message_id FROM pages JOIN jobs ON jobs.id = job_id"
        )
        return {message for chat_id, message in self.scene.rows(sql) if chat_id == chat.id}

    def _answers(self, shown: list[dict[str, Any]]) -> int:
        """Return how many whole answers are shown; the pages of a long one count together."""
        texts = [str(message["text"]) for message in shown if "text" in message]
        documents = len([message for message in shown if "document" in message])
        digests = Counter(text.partition("-")[0] for text in texts if "-" in text[:14])
        pages = sum(_whole(digest, count, self.pages.get(digest, 3)) for digest, count in digests.items())
        others = len([text for text in texts if "-" not in text[:14]])
        return documents + pages + others


def _whole(digest: str, messages: int, words: int) -> int:
    """Return how often a transcript of so many words is shown in full by that number of messages."""
    answer = lay_out(" ".join(f"{digest}-{number}" for number in range(words)))
    return messages if isinstance(answer, Document) else messages // len(answer)


def _sound(seconds: float, number: int) -> bytes:
    """Make an AU file, which the provider does not read: the samples' speech, in no other file at these moments."""
    with wave.open(BytesIO(audio("speech.wav"))) as speech:
        rate, samples = speech.getframerate(), speech.readframes(speech.getnframes())
    wanted = int(seconds * rate) * 2
    sound = (bytes(2 * 37 * (number + 1)) + samples * (wanted // len(samples) + 1))[:wanted]
    big_endian = struct.pack(f">{wanted // 2}h", *struct.unpack(f"<{wanted // 2}h", sound))
    return struct.pack(">4sIIIII", b".snd", 24, len(big_endian), 3, rate, 1) + big_endian


KINDS: dict[str, tuple[int, Callable[[Storm], None]]] = {
    "voice": (8, Storm.voice),
    "long": (3, Storm.long),
    "converted": (3, Storm.converted),
    "split": (1, Storm.split),
    "duplicate": (3, Storm.duplicate),
    "cancelled": (3, Storm.cancelled),
    "moved": (3, Storm.moved),
}


async def storm(kills: int, seed: int, folder: Path) -> Figures:
    """Kill the bot so many times, and return what came of it."""
    with Zygote("bot.commands.operator") as zygote:
        async with FakeTelegram() as telegram, FakeSpeech(key=KEY) as speech:
            speech.latency = 0.3
            scene = Scene(folder, telegram, speech, zygote.start)
            scene.environment |= {"SPLIT_MINUTES": "1"}
            raging = Storm(scene, random.Random(seed))
            speech.recognise = raging.recognise
            try:
                for number in range(kills):
                    await raging.one_life()
                    if number % 25 == 24:
                        print(f"{number + 1} kills, {len(raging.sent)} jobs, {raging.open_jobs()} open", flush=True)
                await raging.last_life()
                return raging.figures(kills)
            finally:
                for life in scene.lives:
                    await life.kill()


async def _storm_asked_for(asked: argparse.Namespace, folder: Path) -> Figures:
    if asked.replicas == 1:
        return await storm(asked.kills, asked.seed, folder)
    from tests import storm_of_replicas  # noqa: PLC0415 - it needs the driver of PostgreSQL, and this module

    return await storm_of_replicas.storm(asked.replicas, asked.kills, asked.seed, folder)


def main() -> int:
    """Rage as the arguments say; exit code 1 if it hurt."""
    parser = argparse.ArgumentParser(prog="python -m tests.storm")
    parser.add_argument("--replicas", type=int, default=1, help="on one PostgreSQL; 1: one process on SQLite")
    parser.add_argument("kills", type=int)
    parser.add_argument("seed", type=int)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        figures = asyncio.run(_storm_asked_for(asked, Path(folder)))
    print(json.dumps(asdict(figures)))
    print("nobody was hurt" if figures.is_good else "SOMEBODY WAS HURT")
    return 0 if figures.is_good else 1


if __name__ == "__main__":
    sys.exit(main())

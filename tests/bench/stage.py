"""The stage of a measurement: both fake servers, one bot, and people who send it recordings."""

import asyncio
import tempfile
import time
from collections import deque
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from bot.playground.notifier import Notifier
from bot.playground.speech import FakeSpeech
from bot.playground.telegram import Chat, FakeTelegram
from tests.bench.life import LOG, Life, living
from tests.bench.versions import Version
from tests.patience import until
from tests.world import KEY, other_voice

GIVE_UP_SECONDS = 180
START_SECONDS = 60
SETTLE_SECONDS = 1.0  # after a start, and after the last answer: what the bot does beside the answers


@dataclass(frozen=True, slots=True)
class Recording:
    """What somebody sends. `kind` is "voice" or "audio", `length` the seconds that Telegram tells."""

    data: bytes
    kind: str = "voice"
    length: int = 3


@dataclass(frozen=True, slots=True)
class Sent:
    """A recording that was sent by somebody who sends nothing else, and what can be seen of its answer."""

    chat: Chat
    text: str
    speech_seconds: float
    at: float

    @property
    def acknowledged_at(self) -> float | None:
        """When the bot first showed anything."""
        return self.chat.history[0].at if self.chat.history else None

    @property
    def visible_at(self) -> float | None:
        """When the text was first to be read; of a recording in parts it is that of each."""
        return next((seen.at for seen in self.chat.history if seen.text and self.text in seen.text), None)


class Stage:
    """One bot between both servers. Every recording has a sender, words and a speech time of its own.

    One that the bot has converted is taken for the latest one.
    """

    def __init__(self, folder: Path, telegram: FakeTelegram, speech: FakeSpeech) -> None:
        self.folder = folder
        self.telegram = telegram
        self.speech = speech
        self.database = f"sqlite:///{folder / 'verbatim.db'}"
        self.life: Life
        self._speech_seconds: dict[bytes, float] = {}
        self._latest = 0.0
        speech.latency = lambda _model, data: self._speech_seconds.get(data, self._latest)

    def settings(self) -> dict[str, str]:
        return {
            "TELEGRAM_BOT_TOKEN": self.telegram.state.token,
            "TELEGRAM_API_URL": self.telegram.url,
            "AIMLAPI_KEY": KEY,
            "AIMLAPI_URL": self.speech.url,
            "ACCESS": "open",
            "DATABASE_URL": self.database,
        }

    @property
    def notifier(self) -> Notifier:
        return self.telegram.notifier

    def describe(self) -> str:
        """Return what the bot has logged, for when it does nothing."""
        return (self.folder / LOG).read_text("utf-8")

    def send(self, speech_seconds: float, recording: Recording | None = None) -> Sent:
        recording = recording or Recording(other_voice())
        person = self.telegram.user("Somebody")
        chat, text = self.telegram.private(person), f"These are the words of person {person.id}."
        self._speech_seconds[recording.data] = self._latest = speech_seconds
        self.speech.hears(recording.data, text)
        self.speech.says(text)
        send = chat.send_voice if recording.kind == "voice" else chat.send_audio
        sent = Sent(chat, text, speech_seconds, time.time())
        send(person, recording.data, duration=recording.length)
        return sent

    async def send_all(self, speech_times: Iterable[float]) -> list[Sent]:
        """Send a voice note for each of these times, all of them at once, and wait until all are answered."""
        sent = [self.send(seconds) for seconds in speech_times]
        await self.answered(sent)
        return sent

    async def answered(self, sent: Iterable[Sent]) -> None:
        """Wait until all of these are answered, or for so long that the others must be lost."""
        waiting = deque(sent)

        def all_visible() -> bool:
            while waiting and waiting[0].visible_at is not None:
                waiting.popleft()
            return not waiting

        with suppress(TimeoutError):
            async with asyncio.timeout(GIVE_UP_SECONDS):
                await self.notifier.wait_for(all_visible)
        await asyncio.sleep(SETTLE_SECONDS)

    async def receiving(self) -> None:
        """Wait until the bot asks for updates, and until it has done what it does at a start."""
        await until(self, lambda: self.telegram.calls_of("getUpdates"), START_SECONDS)
        await asyncio.sleep(SETTLE_SECONDS)


@asynccontextmanager
async def staged(version: Version, *, local: bool = False, **settings: str) -> AsyncIterator[Stage]:
    """Start both servers, and on a fresh database a bot that waits for updates; `local` is a local Bot API server."""
    with tempfile.TemporaryDirectory() as folder:
        files = Path(folder, "files") if local else None
        settings |= {"TELEGRAM_LOCAL_FILES": str(files)} if local else {}
        async with FakeTelegram(local_folder=files) as telegram, FakeSpeech(key=KEY) as speech:
            stage = Stage(Path(folder), telegram, speech)
            async with living(version, stage.folder, stage.settings() | settings) as stage.life:
                await stage.receiving()
                yield stage

"""The bot, its two fakes and a hand on the clock: everything a story needs, over real HTTP and a real file."""

import asyncio
import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from bot.app import App, build
from bot.config import Settings, read_settings
from bot.playground.speech import FakeSpeech
from bot.playground.telegram import FakeTelegram
from bot.telegram.application import introduce, take_webhook_back
from storage.words import Job
from tests.clock import Clock
from tests.interpreter import INTERFACE, ForeignTelegram
from tests.migrated import migrated

AUDIO = Path(__file__).parent / "audio"
KEY = "test-key-0123456789"
MOST_TURNS = 3000
# The stories do not tell of a model that lacks the language of everybody's Telegram.
LANGUAGE = "en" if INTERFACE == "ar" else "auto"
ASKED_LANGUAGE = {"detect_language": "true"} if LANGUAGE == "auto" else {"language": LANGUAGE}


def audio(name: str = "voice.ogg") -> bytes:
    return (AUDIO / name).read_bytes()


_numbers = itertools.count(1)


def other_voice() -> bytes:
    """A voice note of its own: the same sound, but bytes that nobody has sent before.

    Ogg readers skip what is no page, so a few bytes behind the last page change the file and not the sound.
    """
    return audio() + f"another {next(_numbers)}".encode()


class World:
    """One bot with people around it. Crash it by leaving `running()` and enter again: the file stays."""

    def __init__(self, folder: Path, **settings: Any) -> None:
        self.clock = Clock()
        self.telegram = (ForeignTelegram if INTERFACE else FakeTelegram)(clock=self.clock)
        self.speech = FakeSpeech(key=KEY, clock=self.clock)
        self.database = folder / "verbatim.db"
        self.changed = settings
        self.app: App

    def settings(self) -> Settings:
        given = {
            "telegram_bot_token": self.telegram.state.token,
            "aimlapi_key": KEY,
            "telegram_api_url": self.telegram.url,
            "aimlapi_url": self.speech.url,
            "database_url": f"sqlite:///{self.database}",
            "access": "open",
            "default_language": LANGUAGE,
        }
        return read_settings({name: str(value) for name, value in (given | self.changed).items()})

    @asynccontextmanager
    async def running(self, **settings: Any) -> AsyncIterator["World"]:
        """The bot as one process lifetime; settings given here hold from now on."""
        self.changed |= settings
        if not self.database.exists():
            migrated(self.database)
        async with build(self.settings(), self.clock, random=lambda: 0.5) as self.app:
            await self.app.presence.begin(self.app.maintenance.set_clock)
            await introduce(self.app.telegram)
            await self.app.take_up()
            await take_webhook_back(self.app.telegram)
            await self.app.joining.resume()
            yield self
            await asyncio.gather(self.app.poller.stop(0), self.app.replies.stop(0))

    async def turn(self) -> int:
        """Everything that is to be done at this moment, once."""
        await asyncio.sleep(0)  # steps whose moment has come go on
        received = await self.app.receiver.turn(0)
        await self.app.replies.idle()
        await self.app.trouble.turn()
        return received + await self.app.poller.turn() + await self.app.errands.turn()

    async def settle(self, seconds: float = 48 * 3600) -> None:
        """Work, and let time pass to whatever is due next, until nothing is left or so many seconds are over."""
        until = self.clock.seconds + seconds
        for _ in range(MOST_TURNS):
            if await self.turn():
                continue
            next_at = await self._next_at()
            if next_at is None or next_at > until:
                self.clock.seconds = self.clock.seconds if next_at is None else until
                return
            self.clock.seconds = max(self.clock.seconds, next_at)
        raise AssertionError(f"never settled\n{self.telegram.describe()}")

    async def _next_at(self) -> float | None:
        """Return when something is due next: a job, or what a step waits for."""
        due_at = (await self.app.store.claim(self.clock(), self.clock(), 0)).next_at
        errand_at = (await self.app.store.claim_errands(self.clock(), self.clock(), 0)).next_at
        moments = (due_at, errand_at, self.clock.next_at)
        return min((moment for moment in moments if moment is not None), default=None)

    async def jobs(self) -> list[Job]:
        """Every job there is, oldest first."""
        found: list[Job] = []
        for number in range(1, 1000):
            job = await self.app.store.job(number)
            if job is None:
                return found
            found.append(job)
        raise AssertionError("too many jobs to look at")


def texts(chat: Any) -> list[str]:
    """What the bot's messages say now."""
    return [message.get("text") or message.get("caption") for message in chat.bot_messages]


def answers(chat: Any) -> list[str]:
    """What the bot's messages say now, but for those that ring because a text is late."""
    return [message.get("text") or message.get("caption") for message in chat.bot_messages if not chat.rang(message)]

"""A scene: two fake servers, people, and one life of the bot after the other on the same database."""

import asyncio
import itertools
import re
import signal
import sqlite3
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Literal, NamedTuple

from bot.playground.speech import FakeSpeech
from bot.playground.telegram import Chat, FakeTelegram
from bot.text.layout import Document, lay_out
from storage.apology import Notice
from tests.english import ENGLISH
from tests.patience import Seen, until
from tests.process import QUIET_SECONDS, Command, Starter
from tests.world import KEY, audio, other_voice, texts

Server = FakeTelegram | FakeSpeech
Moment = Literal["before", "after"]
FILE_NAME = "divorce papers.mp3"
PASSWORD = "open-sesame"
WEBHOOK = "https://bot.example.org/telegram"
THREE_PAGES = " ".join(f"confidential{number}" for number in range(600))
A_DOCUMENT = " ".join(f"confidential{number}" for number in range(1200))


class Voice(NamedTuple):
    """A recording, where it was sent, and what is said in it and nowhere else."""

    chat: Chat
    data: bytes
    text: str


class Scene:
    """Everything around the process. Nothing inside it is touched: it is met where its requests arrive."""

    def __init__(
        self, folder: Path, telegram: FakeTelegram, speech: FakeSpeech, starter: Starter, postgres_url: str = ""
    ) -> None:
        self.folder = folder
        self.database = folder / "verbatim.db"
        self.postgres_url = postgres_url
        self.telegram = telegram
        self.speech = speech
        self.starter = starter
        self.lives: list[Command] = []
        self.voices: list[Voice] = []
        self._held: Counter[Server] = Counter()
        self.temporary = folder / "temporary"
        self.temporary.mkdir()
        self.environment = {
            "TELEGRAM_BOT_TOKEN": telegram.state.token,
            "TELEGRAM_API_URL": telegram.url,
            "AIMLAPI_KEY": KEY,
            "AIMLAPI_URL": speech.url,
            "DATABASE_URL": postgres_url or f"sqlite:///{self.database}",
            "TMPDIR": str(self.temporary),
            "ACCESS": "open",
            "LOG_LEVEL": "DEBUG",
        }
        self.alice = telegram.user("Aloysia Quimby")
        self.chat = telegram.private(self.alice)

    @property
    def life(self) -> Command:
        """The latest one."""
        return self.lives[-1]

    async def start(self, command: str = "run", **changes: str) -> Command:
        """The next life; `changes` are to its environment, an empty one takes a variable away."""
        given = {name: value for name, value in (self.environment | changes).items() if value}
        self.lives.append(await Command.start([command], given, self.folder, self.starter))
        return self.life

    async def start_hooked(self, **changes: str) -> Command:
        """The next life, to which updates are brought; the proxy leads to it as soon as it listens."""
        life = await self.start(**{"WEBHOOK_URL": WEBHOOK, "HTTP_PORT": "0"} | changes)
        await life.says("webhook.serving")
        found = re.search(r"webhook\.serving\s.*port=(\d+)", life.output)
        assert found
        self.telegram.upstreams.append(f"http://127.0.0.1:{found[1]}")
        return life

    def voice(self, chat: Chat | None = None, text: str = "") -> Voice:
        """Somebody sends a voice note."""
        voice = self._recording(other_voice(), chat, text)
        voice.chat.send_voice(_somebody(voice.chat), voice.data)
        return voice

    def named_audio(self) -> Voice:
        """Somebody sends a file whose name is nobody's business."""
        voice = self._recording(audio("speech.mp3"), None, "")
        voice.chat.send_audio(_somebody(voice.chat), voice.data, file_name=FILE_NAME)
        return voice

    def link(self) -> Voice:
        """Somebody sends a link to a recording, with a password that is nobody's business."""
        voice = self._recording(other_voice(), None, "")
        url = f"https://example.com/{len(self.voices)}.ogg?password={PASSWORD}"
        self.speech.links[url] = voice.data
        voice.chat.say(_somebody(voice.chat), url)
        return voice

    def unnamed_document(self) -> Voice:
        """Somebody sends a recording as a document of which nobody says what it is."""
        voice = self._recording(other_voice(), None, "")
        voice.chat.send_document(_somebody(voice.chat), voice.data, file_name=None, mime_type=None)
        return voice

    def document(self, data: bytes, name: str, chat: Chat | None = None) -> None:
        """Somebody sends a file of which nobody knows what is said in it."""
        chat = chat or self.chat
        chat.send_document(_somebody(chat), data, file_name=name, mime_type="audio/mpeg")

    async def answer_to(self, data: bytes, name: str) -> str:
        """Send the first file of all, and wait for what the bot makes of it."""
        self.document(data, name)
        (answer,) = await self.until(lambda: answered(self.chat))
        return answer

    def upgrade(self, group: Chat) -> Chat:
        """The group becomes a supergroup, where its voices are to be answered."""
        supergroup = group.upgrade()
        self.voices = [voice._replace(chat=supergroup) if voice.chat is group else voice for voice in self.voices]
        return supergroup

    def _recording(self, data: bytes, chat: Chat | None, text: str) -> Voice:
        text = text or f"these are the confidential words number {len(self.voices) + 1}"
        self.speech.hears(data, text)
        self.voices.append(Voice(chat or self.chat, data, text))
        return self.voices[-1]

    def kill_at(self, server: Server, operation: str, moment: Moment, nth: int = 1) -> None:
        """The process dies at the `nth` such moment from now on; what it asked for "before" that is never done."""

        async def die() -> None:
            await self.life.kill()
            if moment == "before":
                server.fault(operation, drop=True)

        self.at_the_nth(server, operation, moment, nth, die)

    @contextmanager
    def taking_no(self, method: str) -> Iterator[None]:
        """Let Telegram take nothing by this method meanwhile, so that none of it is under way at a death."""
        too_many = self.telegram.fault(method, 429, retry_after=1, times=None)
        yield
        too_many.clear()

    def finish_everything(self) -> None:
        """Let the provider be done with what it has, and quick from now on."""
        self.speech.latency = 0.3
        for generation in self.speech.generations.values():
            generation.ready_at = time.time()

    def hold_at(self, server: Server, operation: str, until: asyncio.Event, nth: int = 1) -> asyncio.Event:
        """The `nth` such request waits and is then lost; the event returned is set when it has come."""
        come = asyncio.Event()

        async def hold() -> None:
            come.set()
            self._held[server] += 1
            await until.wait()
            self._held[server] -= 1
            server.fault(operation, drop=True)

        self.at_the_nth(server, operation, "before", nth, hold)
        return come

    @staticmethod
    def at_the_nth(
        server: Server, operation: str, moment: Moment, nth: int, callback: Callable[[], Awaitable[None]]
    ) -> None:
        """Call back at the `nth` such moment from now on; what was asked for waits meanwhile."""
        left = itertools.count(nth - 1, -1)

        async def arrived() -> None:
            if next(left) == 0:
                await callback()

        server.watch(operation, arrived, moment, times=nth)

    async def death(self) -> None:
        """Wait until it was killed where that had been arranged, and nothing is under way that it had asked for.

        Else the next death might come at a request that the dead process had sent.
        """
        assert await self.life.wait() == -signal.SIGKILL
        await until(self.telegram, lambda: _under_way(self.telegram) <= self._held[self.telegram])
        await until(self.speech, lambda: self.speech.under_way <= self._held[self.speech])

    async def live_until(self, server: Server, operation: str, moment: Moment, nth: int = 1) -> None:
        """One life from its start to its death at the `nth` such moment; see `kill_at`.

        What the life before it has asked for and is still served by then is none of its moments.
        """
        await self.start()
        self.kill_at(server, operation, moment, nth)
        await self.death()

    async def until_stored(self, number: int, where: str) -> None:
        """Wait until at least so many jobs are like that."""
        await self.life.says("leases.released")  # from here on there are tables
        await self.life.until(lambda: len(self.rows(f"SELECT id FROM jobs WHERE {where}")) >= number)

    async def see(self, chat: Chat, text: str) -> None:
        """Wait until a message of the bot says this."""
        await self.until(lambda: says(chat, text))

    async def until(self, predicate: Callable[[], Seen], telegram: FakeTelegram | None = None) -> Seen:
        """Wait until something is true, which is looked at after every call of the Bot API."""
        asked = telegram or self.telegram
        return await until(asked, predicate, QUIET_SECONDS)

    async def finish(self) -> None:
        """Every voice is answered exactly once, and the bot leaves with nothing more to say and nothing behind."""
        await self.until_stored(len(self.voices), "state = 'delivered'")
        assert await self.life.stop() == 0
        assert len(self.rows("SELECT id FROM jobs")) == len(self.voices)
        for voice in self.voices:
            assert self.answers(voice) == 1, self.telegram.describe()
        assert list(self.temporary.iterdir()) == []

    def answers(self, voice: Voice) -> float:
        """How often the words can be read; a fraction if only some of their pages can."""
        answer = lay_out(voice.text)
        if isinstance(answer, Document):
            return self._documents(voice.chat).count(answer.content)
        return sum(says(voice.chat, page.text) for page in answer) / len(answer)

    def _documents(self, chat: Chat) -> list[bytes]:
        documents = [message["document"] for message in chat.bot_messages if "document" in message]
        return [self.telegram.file_bytes(document["file_id"]) for document in documents]

    def uploads(self, voice: Voice) -> int:
        """How often this voice was paid for."""
        return sum(upload.data == voice.data for upload in self.speech.uploads)

    def orphans(self, chat: Chat) -> list[dict[str, Any]]:
        """Messages that promise words to come although no row of the database points to them."""
        rows = self.rows("SELECT placeholder_id FROM jobs UNION SELECT message_id FROM pages")
        known = {message_id for (message_id,) in rows}
        promising = [
            message for message in chat.bot_messages if ENGLISH.cancelling.button() in chat.button_texts(message)
        ]
        return [message for message in promising if message["message_id"] not in known]

    def files_left(self) -> list[str]:
        """Files for passing use that are there now."""
        return [file.name for file in self.temporary.rglob("*") if file.is_file()]

    def told_secrets(self) -> set[str]:
        """What nobody may read in a log, and can in one of ours."""
        names = {chat.name for chat in self.telegram.chats}
        secrets = {
            self.telegram.state.token,
            KEY,
            FILE_NAME,
            PASSWORD,
            *names,
            *(voice.text[:40] for voice in self.voices),
        }
        return {secret for secret in secrets for life in self.lives if secret in life.output}

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """What the database says; a reader like this one cannot do the recovering that is the next life's business."""
        if self.postgres_url:
            from tests import postgres  # noqa: PLC0415 - its driver takes a while to load

            return postgres.select(self.postgres_url, sql)
        with closing(sqlite3.connect(f"file:{self.database}?mode=ro", uri=True)) as connection:
            return connection.execute(sql).fetchall()


def says(chat: Chat, text: str) -> int:
    """How many messages of the bot say exactly this."""
    return sum(text == message.get("text") for message in chat.bot_messages)


def waiting(chat: Chat) -> int:
    """How many messages of the bot promise words to come."""
    return says(chat, ENGLISH.waiting.placeholder(Notice.NONE))


def answered(chat: Chat) -> list[str]:
    """What the messages of the bot say that promise nothing to come."""
    return [text for text in texts(chat) if text != ENGLISH.waiting.placeholder(Notice.NONE)]


def _under_way(telegram: FakeTelegram) -> int:
    """Count the requests that are not answered yet, but for polls: those end by themselves."""
    return sum(call.status is None and call.method != "getUpdates" for call in telegram.calls)


def _somebody(chat: Chat) -> Any:
    return next(iter(chat.people.values()))

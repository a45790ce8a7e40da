"""What the engine's tests share: jobs in any state, a database that can be taken away, lines that were logged."""

import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator, MutableMapping
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import structlog

from bot.config import Settings
from bot.machine.clock import Clock
from bot.metrics import Metrics
from bot.parts import calls_of, open_session
from bot.telegram.downloading.file_limit import FileLimit
from bot.telegram.downloading.files import Files
from bot.telegram.pace import Pace
from bot.telegram.writing.transport import Transport
from storage.apology import Notice
from storage.intake import NewJob
from storage.options import Options
from storage.sqlite.engine import open_store
from storage.store import Store
from storage.transcript import Doubt
from storage.words import Form, Job, State
from tests.migrated import migrated

NOW = 1_800_000_000.0
TOKEN = "123456:TEST-token"


def job(**changes: Any) -> Job:
    """A queued job, accepted now, of which nothing is known yet."""
    fields: dict[str, Any] = {
        "id": 1,
        "from_chat_id": 1001,
        "message_id": 1,
        "chat_id": 1001,
        "thread_id": None,
        "direct_topic_id": None,
        "user_id": 1001,
        "kind": "voice",
        "file_id": "file",
        "claimed_bytes": None,
        "model": "#g1_nova-2-general",
        "options": Options(),
        "cache_key": "unique|#g1_nova-2-general|language=auto",
        "state": State.QUEUED,
        "placeholder_id": None,
        "form": Form.EDIT,
        "leftover_id": None,
        "leftover_chat_id": None,
        "notice": Notice.NONE,
        "slot": None,
        "waiting_for": None,
        "woken": False,
        "create_started": 0,
        "attempts": 0,
        "creates_in_doubt": 0,
        "generations_lost": 0,
        "interrupted": 0,
        "deaths": 0,
        "transcript_id": None,
        "apology": None,
        "audio_seconds": None,
        "created_at": NOW,
        "submitted_at": None,
        "ready_at": None,
        "ended_at": None,
        "next_at": NOW,
        "lease_token": "token",
        "turn": NOW,
        "claimed_at": NOW,
        "refused": False,
        "tried_seconds": 0.0,
        "must_sniff": False,
        "twin": None,
        "interface": None,
        "speaks": None,
        "about": None,
        "answers": None,
        "fold_from": None,
        "reacts": False,
        "rings_at": None,
        "doubtful": Doubt.NOTHING,
        "times": None,
        "more_slots": 0,
        "told_at": None,
        "speakers": None,
    }
    return Job(**fields | changes)


def new_job(message_id: int, chat_id: int = 1001) -> NewJob:
    return NewJob(
        chat_id=chat_id,
        message_id=message_id,
        thread_id=None,
        user_id=1001,
        kind="voice",
        file_id=f"file {message_id}",
        file_unique_id=f"unique {message_id}",
        claimed_bytes=None,
        model="#g1_nova-2-general",
        options=Options(),
    )


async def impatient_store(path: Path, now: Callable[[], float]) -> Store:
    """A store that does not wait for a locked database, but says at once that it cannot be used."""
    return await open_store(migrated(path), now, busy_seconds=0.0)


@asynccontextmanager
async def open_telegram(settings: Settings, now: Clock, max_file_bytes: int) -> AsyncIterator[tuple[Transport, Files]]:
    async with open_session() as session:
        calls = calls_of(settings, session, Metrics())
        yield (
            Transport(calls, Pace(now)),
            Files(calls, session, FileLimit(max_file_bytes), settings.telegram_local_files),
        )


class Lines(list[MutableMapping[str, Any]]):
    """Every line that was logged. `when(event, act)` acts once, as an operator who reads the line would."""

    def __init__(self) -> None:
        super().__init__()
        self._acts: dict[str, Callable[[], object]] = {}

    def __call__(self, _logger: object, level: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        self.append({**line, "level": level})
        if act := self._acts.pop(line["event"], None):
            act()
        raise structlog.DropEvent

    def when(self, event: str, act: Callable[[], object]) -> None:
        self._acts[event] = act

    def of(self, event: str) -> list[MutableMapping[str, Any]]:
        return [line for line in self if line["event"] == event]


@contextmanager
def reading_lines() -> Iterator[Lines]:
    before, lines = structlog.get_config(), Lines()
    structlog.configure(processors=[lines], cache_logger_on_first_use=False)
    try:
        yield lines
    finally:
        structlog.configure(**before)


class Neighbour:
    """Somebody else's program that keeps the database locked until it is told to let go."""

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(path, isolation_level=None)

    def lock(self) -> None:
        self._connection.execute("BEGIN IMMEDIATE")

    def let_go(self) -> None:
        self._connection.execute("ROLLBACK")

    def close(self) -> None:
        self._connection.close()

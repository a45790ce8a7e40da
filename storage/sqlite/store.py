"""The Store on SQLite: one file, one process, every transaction one hop."""

import secrets
import sqlite3
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Self

from storage.outcomes import Admission, Outcome
from storage.sqlite.connection import BUSY_SECONDS, Connection, Result, connect, row, rows, write
from storage.sqlite.lock import FileLock
from storage.sqlite.migrate import migrate
from storage.statements.admission import admit
from storage.statements.cancelling import cancel
from storage.statements.jobs import generation_of, job_of
from storage.statements.transitions import add_generation, apply, guarded
from storage.store import CancelResult, Claim, StorageError, StorageUnavailableError
from storage.words import ChatSettings, Generation, Job, NewJob


class SQLiteStore:
    """Keeps what `Store` promises. Made by `open`; `now` tells the moment of a successful write."""

    def __init__(self, connection: Connection, lock: FileLock, now: Callable[[], float]) -> None:
        self._connection = connection
        self._lock = lock
        self._now = now
        self._last_write_at = now()

    @classmethod
    async def open(
        cls,
        path: Path,
        now: Callable[[], float],
        *,
        owner: int | None = None,
        busy_seconds: float = BUSY_SECONDS,
    ) -> Self:
        """Make or open the database, migrate it and keep every other process away from it.

        `owner` is the bot's id: message numbers of another bot's private chats would be taken for known ones, so
        its database is refused (StorageError). A tool that locks the database (a shell, a backup) is waited for
        `busy_seconds` long, at each write.
        """
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StorageUnavailableError(f"cannot make {path.parent}: {error.strerror}") from error
        lock = FileLock(path)
        try:
            connection = await connect(path, busy_seconds=busy_seconds)
            try:
                await connection.hop(migrate)
                if owner is not None:
                    await connection.hop(write(lambda c: _belong_to(c, owner)))
            except BaseException:
                await connection.close()
                raise
        except BaseException:
            lock.release()
            raise
        return cls(connection, lock, now)

    def hurry(self) -> None:
        self._connection.patient = False

    async def close(self) -> None:
        await self._connection.close()
        self._lock.release()

    @property
    def last_write_at(self) -> float:
        return self._last_write_at

    async def _write(self, function: Callable[[sqlite3.Connection], Result]) -> Result:
        def counted(connection: sqlite3.Connection) -> tuple[Result, bool]:
            before = connection.total_changes
            return function(connection), connection.total_changes > before

        result, changed = await self._connection.hop(write(counted))
        if changed:
            self._last_write_at = self._now()
        return result

    async def _guarded(self, job: Job, assignments: str, *values: object) -> bool:
        return await self._write(lambda c: guarded(c, job, assignments, *values) is not None)

    async def _guarded_with(
        self, job: Job, then: Callable[[sqlite3.Connection], object], assignments: str = "id = id"
    ) -> bool:
        """Write rows that belong to the job, if its lease still holds."""

        def both(connection: sqlite3.Connection) -> bool:
            ours = guarded(connection, job, assignments) is not None
            if ours:
                then(connection)
            return ours

        return await self._write(both)

    async def accept(self, new: NewJob, now: float) -> Job | None:
        def insert(connection: sqlite3.Connection) -> Job | None:
            made = row(
                connection,
                "INSERT INTO jobs (from_chat_id, message_id, chat_id, thread_id, user_id, kind, file_id, claimed_bytes,"
                " model, language, cache_key, created_at, next_at)"
                " VALUES ($1, $2, $1, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11) ON CONFLICT DO NOTHING RETURNING *",
                new.chat_id,
                new.message_id,
                new.thread_id,
                new.user_id,
                new.kind,
                new.file_id,
                new.claimed_bytes,
                new.model,
                new.language,
                new.cache_key,
                now,
            )
            return job_of(made) if made else None

        return await self._write(insert)

    async def claim(self, now: float, lease_until: float, limit: int) -> Claim:
        token = secrets.token_hex(8)
        longest_due = "SELECT id FROM jobs WHERE next_at <= $1 ORDER BY next_at, id LIMIT $2"

        def lease(connection: sqlite3.Connection) -> Claim:
            order = [each["id"] for each in rows(connection, longest_due, now, limit)]
            leased = rows(
                connection,
                "UPDATE jobs SET lease_token = $3, next_at = $4, claims = claims + 1 WHERE next_at <= $1 AND id IN"
                f" ({longest_due}) RETURNING *",
                now,
                limit,
                token,
                lease_until,
            )
            leased.sort(key=lambda each: order.index(each["id"]))  # RETURNING keeps no order
            first = row(connection, "SELECT min(next_at) AS next_at FROM jobs WHERE next_at IS NOT NULL")
            assert first is not None
            return Claim(tuple(job_of(each) for each in leased), first["next_at"])

        return await self._write(lease)

    async def admit(self, job: Job, family: str, slots: int, now: float) -> Admission | None:
        return await self._write(lambda c: admit(c, job, family, slots, now))

    async def place(self, job: Job, message_id: int, notice: str) -> bool:
        def store(connection: sqlite3.Connection) -> bool:
            placed = row(
                connection,
                "UPDATE jobs SET placeholder_id = $3, notice = $4"
                " WHERE id = $1 AND lease_token = $2 AND placeholder_id IS NULL RETURNING id",
                job.id,
                job.lease_token,
                message_id,
                notice,
            )
            return placed is not None

        return await self._write(store)

    async def replace(self, job: Job, message_id: int) -> bool:
        return await self._guarded(job, "placeholder_id = $4", message_id)

    async def note(self, job: Job, notice: str) -> bool:
        return await self._guarded(job, "notice = $4", notice)

    async def posting(self, job: Job) -> bool:
        return await self._guarded(job, "posting = 1")

    async def created(self, job: Job, generation: Generation) -> bool:
        return await self._guarded_with(job, lambda c: add_generation(c, job, generation), "posting = 0")

    async def heard(self, job: Job, part: int, body: str) -> bool:
        sql = "UPDATE generations SET body = $3 WHERE job_id = $1 AND part = $2"
        return await self._guarded_with(job, lambda c: rows(c, sql, job.id, part, body))

    async def page_placed(self, job: Job, number: int, message_id: int) -> bool:
        sql = (
            "INSERT INTO pages (job_id, number, message_id) VALUES ($1, $2, $3)"
            " ON CONFLICT (job_id, number) DO UPDATE SET message_id = $3"
        )
        return await self._guarded_with(job, lambda c: rows(c, sql, job.id, number, message_id))

    async def record(self, job: Job, outcome: Outcome, now: float) -> bool:
        return await self._write(lambda c: apply(c, job, outcome, now))

    async def cancel(self, job_id: int, chat_id: int, message_id: int, apology: str, now: float) -> CancelResult:
        return await self._write(lambda c: cancel(c, job_id, chat_id, message_id, apology, now))

    async def _read(self, sql: str, *values: object) -> list[sqlite3.Row]:
        return await self._connection.hop(lambda c: rows(c, sql, *values))

    async def job(self, job_id: int) -> Job | None:
        found = await self._read("SELECT * FROM jobs WHERE id = $1", job_id)
        return job_of(found[0]) if found else None

    async def generations(self, job: Job) -> tuple[Generation, ...]:
        found = await self._read(
            "SELECT part, generation_id, start, submitted_at, body FROM generations WHERE job_id = $1 ORDER BY part",
            job.id,
        )
        return tuple(generation_of(each) for each in found)

    async def pages(self, job: Job) -> Mapping[int, int]:
        found = await self._read("SELECT number, message_id FROM pages WHERE job_id = $1", job.id)
        return {each["number"]: each["message_id"] for each in found}

    async def transcript(self, transcript_id: int) -> str | None:
        found = await self._read("SELECT body FROM transcripts WHERE id = $1", transcript_id)
        return found[0]["body"] if found else None

    async def settings(self, chat_id: int) -> ChatSettings:
        found = await self._read("SELECT model, language FROM chats WHERE chat_id = $1", chat_id)
        return ChatSettings(**dict(found[0])) if found else ChatSettings()

    async def set_model(self, chat_id: int, model: str | None) -> None:
        await self._write(
            lambda c: rows(
                c,
                "INSERT INTO chats (chat_id, model) VALUES ($1, $2)"
                " ON CONFLICT (chat_id) DO UPDATE SET model = excluded.model",
                chat_id,
                model,
            )
        )

    async def move_chat(self, old_chat_id: int, new_chat_id: int) -> None:
        def move(connection: sqlite3.Connection) -> None:
            rows(
                connection,
                "INSERT INTO chats (chat_id, model, language) SELECT $2, model, language FROM chats"
                " WHERE chat_id = $1 ON CONFLICT (chat_id) DO NOTHING",
                old_chat_id,
                new_chat_id,
            )
            rows(connection, "DELETE FROM chats WHERE chat_id = $1", old_chat_id)
            moved = "SELECT id FROM jobs WHERE chat_id = $1 AND next_at IS NOT NULL"
            rows(connection, f"DELETE FROM pages WHERE job_id IN ({moved})", old_chat_id)
            rows(
                connection,
                f"UPDATE jobs SET chat_id = $2, placeholder_id = NULL, thread_id = NULL WHERE id IN ({moved})",
                old_chat_id,
                new_chat_id,
            )

        await self._write(move)

    async def release_all(self) -> int:
        released = await self._write(
            lambda c: rows(
                c,
                "UPDATE jobs SET lease_token = NULL, next_at = created_at WHERE lease_token IS NOT NULL RETURNING id",
            )
        )
        return len(released)

    async def purge(self, now: float, ended_before: float, limit: int) -> int:
        def delete(connection: sqlite3.Connection) -> int:
            transcripts = rows(
                connection,
                "DELETE FROM transcripts WHERE id IN (SELECT id FROM transcripts WHERE expires_at <= $1 AND NOT EXISTS"
                " (SELECT 1 FROM jobs WHERE jobs.cache_key = transcripts.cache_key AND next_at IS NOT NULL)"
                " LIMIT $2) RETURNING id",
                now,
                limit,
            )
            jobs = rows(
                connection,
                "DELETE FROM jobs WHERE id IN (SELECT id FROM jobs WHERE ended_at <= $1 ORDER BY ended_at LIMIT $2)"
                " RETURNING id",
                ended_before,
                limit,
            )
            return len(transcripts) + len(jobs)

        return await self._write(delete)

    async def backlog(self, now: float) -> Mapping[str, int]:
        found = await self._read(
            "SELECT state, count(*) AS n, count(*) FILTER (WHERE next_at <= $1) AS due"
            " FROM jobs WHERE next_at IS NOT NULL GROUP BY state",
            now,
        )
        return {each["state"]: each["n"] for each in found} | {"due": sum(each["due"] for each in found)}

    async def ping(self) -> None:
        await self._write(lambda c: rows(c, "UPDATE pulse SET beats = beats + 1"))


def _belong_to(connection: sqlite3.Connection, owner: int) -> None:
    known = row(connection, "UPDATE pulse SET bot_id = coalesce(bot_id, $1) RETURNING bot_id", owner)
    if known is not None and known["bot_id"] != owner:
        raise StorageError(
            f"the database holds the jobs of bot {known['bot_id']}, and the token is bot {owner}'s:"
            " give this one a DATABASE_URL of its own"
        )

"""The Store made of SQL statements, on whichever engine it is given."""

from collections.abc import Mapping

from storage.apology import Notice
from storage.outcomes import Admission, Outcome
from storage.statements import chats, claims, guarded, upkeep
from storage.statements.admission import admit
from storage.statements.cancelling import cancel
from storage.statements.encoding import decode_transcript
from storage.statements.record import record
from storage.statements.rows import GENERATION_COLUMNS, JOB_COLUMNS, generation_of, job_of
from storage.statements.transaction import Engine
from storage.store import CancelResult, Claim
from storage.transcript import Transcript
from storage.words import ChatSettings, Generation, Job, NewJob


class SQLStore:
    """Keeps what `Store` promises: each method is one transaction, or one SELECT."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @property
    def last_write_at(self) -> float:
        return self._engine.last_write_at

    def stop_waiting(self) -> None:
        self._engine.stop_waiting()

    async def close(self) -> None:
        await self._engine.close()

    async def belong_to(self, owner: int) -> None:
        """Make the database that of this bot. StorageError if it is another's, whose messages have the same numbers."""
        await self._engine.write(lambda tx: upkeep.belong_to(tx, owner))

    async def accept(self, new: NewJob, now: float) -> Job | None:
        return await self._engine.write(lambda tx: claims.accept(tx, new, now))

    async def claim(self, now: float, lease_until: float, limit: int) -> Claim:
        return await self._engine.write(lambda tx: claims.claim(tx, now, lease_until, limit))

    async def admit(self, job: Job, family: str, slots: int, now: float) -> Admission | None:
        return await self._engine.write(lambda tx: admit(tx, job, family, slots, now))

    async def place(self, job: Job, message_id: int, notice: Notice) -> bool:
        return await self._engine.write(lambda tx: guarded.place(tx, job, message_id, notice))

    async def replace(self, job: Job, message_id: int) -> bool:
        return await self._engine.write(lambda tx: guarded.replace(tx, job, message_id))

    async def note(self, job: Job, notice: Notice) -> bool:
        return await self._engine.write(lambda tx: guarded.note(tx, job, notice))

    async def start_create(self, job: Job) -> bool:
        return await self._engine.write(lambda tx: guarded.start_create(tx, job))

    async def created(self, job: Job, generation: Generation) -> bool:
        return await self._engine.write(lambda tx: guarded.created(tx, job, generation))

    async def part_ready(self, job: Job, part: int, transcript: Transcript) -> bool:
        return await self._engine.write(lambda tx: guarded.part_ready(tx, job, part, transcript))

    async def page_placed(self, job: Job, number: int, message_id: int) -> bool:
        return await self._engine.write(lambda tx: guarded.page_placed(tx, job, number, message_id))

    async def record(self, job: Job, outcome: Outcome, now: float) -> bool:
        return await self._engine.write(lambda tx: record(tx, job, outcome, now))

    async def cancel(self, job_id: int, chat_id: int, message_id: int, now: float) -> CancelResult:
        return await self._engine.write(lambda tx: cancel(tx, job_id, chat_id, message_id, now))

    async def job(self, job_id: int) -> Job | None:
        found = await self._engine.read(f"SELECT {JOB_COLUMNS} FROM jobs WHERE id = $1", job_id)
        return job_of(found[0]) if found else None

    async def generations(self, job: Job) -> tuple[Generation, ...]:
        found = await self._engine.read(
            f"SELECT {GENERATION_COLUMNS} FROM generations WHERE job_id = $1 ORDER BY part", job.id
        )
        return tuple(generation_of(each) for each in found)

    async def pages(self, job: Job) -> Mapping[int, int]:
        found = await self._engine.read("SELECT number, message_id FROM pages WHERE job_id = $1", job.id)
        return {each["number"]: each["message_id"] for each in found}

    async def transcript(self, transcript_id: int) -> Transcript | None:
        found = await self._engine.read("SELECT body FROM transcripts WHERE id = $1", transcript_id)
        return decode_transcript(found[0]["body"]) if found else None

    async def settings(self, chat_id: int) -> ChatSettings:
        return chats.settings_of(await self._engine.read(chats.SELECT, chat_id))

    async def change_settings(self, chat_id: int, chosen: ChatSettings, *, was: ChatSettings | None = None) -> bool:
        return await self._engine.write(lambda tx: chats.change_settings(tx, chat_id, chosen, was))

    async def move_chat(self, old_chat_id: int, new_chat_id: int) -> None:
        await self._engine.write(lambda tx: chats.move_chat(tx, old_chat_id, new_chat_id))

    async def release_all(self) -> int:
        return await self._engine.write(claims.release_all)

    async def purge(self, now: float, ended_before: float, limit: int) -> int:
        return await self._engine.write(lambda tx: upkeep.purge(tx, now, ended_before, limit))

    async def backlog(self, now: float) -> Mapping[str, int]:
        found = await self._engine.read(
            "SELECT state, count(*) AS n, count(*) FILTER (WHERE next_at <= $1) AS due"
            " FROM jobs WHERE next_at IS NOT NULL GROUP BY state",
            now,
        )
        return {each["state"]: each["n"] for each in found} | {"due": sum(each["due"] for each in found)}

    async def ping(self) -> None:
        await self._engine.write(upkeep.ping)

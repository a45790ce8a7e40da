"""The Store made of SQL statements, on the engine that it is given. `storage.store` says what each method promises."""

from collections.abc import Awaitable, Callable, Coroutine, Mapping
from typing import Any, Concatenate, ParamSpec, TypeVar

from storage.statements import admission, cancelling, chats, claims, guarded, moments, record, recovery, upkeep
from storage.statements.encoding import decode_transcript
from storage.statements.rows import GENERATION_COLUMNS, JOB_COLUMNS, generation_of, job_of
from storage.statements.transaction import Engine, Transaction
from storage.transcript import Transcript
from storage.words import ChatSettings, Generation, Job

Given = ParamSpec("Given")
Result = TypeVar("Result")


def _write(
    function: Callable[Concatenate[Transaction, Given], Awaitable[Result]],
) -> "Callable[Concatenate[SQLStore, Given], Coroutine[Any, Any, Result]]":
    """Make a method that runs `function` in a transaction."""

    async def method(store: "SQLStore", /, *args: Given.args, **kwargs: Given.kwargs) -> Result:
        return await store.engine.write(lambda tx: function(tx, *args, **kwargs))

    return method


class SQLStore:
    """Keeps what `Store` promises: each method is one transaction, or one SELECT."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    accept = _write(claims.accept)
    claim = _write(claims.claim)
    claim_interrupted = _write(claims.claim_interrupted)
    recover = _write(recovery.recover)
    admit = _write(admission.admit)
    give_slot_back = _write(admission.give_slot_back)
    place = _write(guarded.place)
    replace = _write(guarded.replace)
    note = _write(guarded.note)
    handle = _write(guarded.handle)
    start_create = _write(guarded.start_create)
    created = _write(guarded.created)
    part_ready = _write(guarded.part_ready)
    page_placed = _write(guarded.page_placed)
    record = _write(record.record)
    cancel = _write(cancelling.cancel)
    press = _write(cancelling.press)
    choose_model = _write(chats.choose_model)
    change_settings = _write(chats.change_settings)
    move_chat = _write(chats.move_chat)
    require_owner = _write(upkeep.require_owner)
    ping = _write(upkeep.ping)
    set_right = _write(moments.set_right)
    keep_time = _write(moments.keep_time)
    purge = _write(upkeep.purge)

    async def job(self, job_id: int) -> Job | None:
        found = await self.engine.read(f"SELECT {JOB_COLUMNS} FROM jobs WHERE id = $1", job_id)
        return job_of(found[0]) if found else None

    async def generations(self, job: Job) -> tuple[Generation, ...]:
        sql = f"SELECT {GENERATION_COLUMNS} FROM generations WHERE job_id = $1 ORDER BY part"
        return tuple(generation_of(each) for each in await self.engine.read(sql, job.id))

    async def pages(self, job: Job) -> Mapping[int, int]:
        found = await self.engine.read("SELECT number, message_id FROM pages WHERE job_id = $1", job.id)
        return {each["number"]: each["message_id"] for each in found}

    async def transcript(self, transcript_id: int) -> Transcript | None:
        found = await self.engine.read("SELECT body FROM transcripts WHERE id = $1", transcript_id)
        return decode_transcript(found[0]["body"]) if found else None

    async def settings(self, chat_id: int) -> ChatSettings:
        return chats.settings_of(await self.engine.read(chats.SELECT, chat_id))

    async def backlog(self, now: float) -> Mapping[str, int]:
        found = await self.engine.read(upkeep.BACKLOG, now)
        return {each["state"]: each["n"] for each in found} | {"due": sum(each["due"] for each in found)}

    @property
    def last_write_at(self) -> float:
        return self.engine.last_write_at

    def stop_waiting(self) -> None:
        self.engine.stop_waiting()

    async def close(self) -> None:
        await self.engine.close()

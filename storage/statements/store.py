"""The Store made of SQL statements, on the engine that it is given. `storage.store` says what each method promises."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from typing import Any, Concatenate, ParamSpec, TypeVar

from storage.chats import ChatSettings
from storage.errors import DatabaseDamagedError
from storage.host import Told
from storage.ledger import Ledger
from storage.naming import Question
from storage.pause import Pause
from storage.replicas import OnlyOne, Replicas
from storage.statements import (
    admission,
    again,
    asking,
    cancelling,
    chats,
    claims,
    erasing,
    errands,
    finding,
    guarded,
    guests,
    held,
    looks,
    memberships,
    moments,
    names,
    pauses,
    people,
    record,
    recovery,
    sharing,
    spending,
    troubles,
    unfinished,
    upkeep,
    versions,
)
from storage.statements.rows import (
    GENERATION_COLUMNS,
    JOB_COLUMNS,
    Long,
    duration_of,
    generation_of,
    job_of,
    language_of,
    short_of,
    text_of,
    transcript_of,
    wordless_of,
)
from storage.statements.transaction import Engine, Transaction
from storage.transcript import Transcript
from storage.words import Generation, Job

Given = ParamSpec("Given")
Result = TypeVar("Result")


def _write(
    function: Callable[Concatenate[Transaction, Given], Awaitable[Result]],
    *,
    urgent: bool = False,
    single: bool = False,
) -> "Callable[Concatenate[SQLStore, Given], Coroutine[Any, Any, Result]]":
    """Make a method that runs `function` in a transaction."""

    async def method(store: "SQLStore", /, *args: Given.args, **kwargs: Given.kwargs) -> Result:
        return await store.engine.write(lambda tx: function(tx, *args, **kwargs), urgent=urgent, single=single)

    return method


class SQLStore:
    """Keeps what `Store` promises: each method is one transaction, or one SELECT."""

    def __init__(self, engine: Engine, replicas: Replicas | None = None) -> None:
        self.engine = engine
        self.replicas = replicas or OnlyOne()

    accept = _write(claims.accept)
    unwanted = _write(claims.unwanted)
    claim = _write(claims.claim, urgent=True)
    claim_interrupted = _write(claims.claim_interrupted, urgent=True)
    recover = _write(recovery.recover)
    admit = _write(admission.admit)
    give_slot_back = _write(admission.give_slot_back)
    take_slots = _write(sharing.take_slots)
    ahead = _write(sharing.ahead)
    place = _write(guarded.place, single=True)
    renew = _write(guarded.renew, urgent=True, single=True)
    replace = _write(guarded.replace)
    change_form = _write(guarded.change_form, single=True)
    note = _write(guarded.note, single=True)
    ring = _write(guarded.ring, single=True)
    handle = _write(guarded.handle, single=True)
    start_create = _write(spending.start_create)
    created = _write(guarded.created)
    creates_under_way = _write(guarded.creates_under_way, single=True)
    part_ready = _write(sharing.part_ready)
    make_again = _write(sharing.make_again)
    tell = _write(guarded.tell, single=True)
    looked_in_vain = _write(guarded.looked_in_vain)
    page_placed = _write(guarded.page_placed)
    advance = _write(record.advance)
    record = _write(record.record)
    cancel = _write(cancelling.cancel)
    press = _write(cancelling.press)
    cancel_at = _write(cancelling.cancel_at)
    cancel_all = _write(cancelling.cancel_all)
    try_again = _write(again.try_again)
    make_version = _write(versions.make_version)
    change_settings = _write(chats.change_settings)
    change_membership = _write(memberships.change_membership)
    membership = _write(memberships.membership)
    begin_saying = _write(memberships.begin_saying)
    end_saying = _write(memberships.end_saying)
    unsettled_memberships = _write(memberships.unsettled_memberships)
    opt_out = _write(people.opt_out)
    opt_in = _write(people.opt_in)
    move_chat = _write(chats.move_chat)
    tell_once = _write(chats.tell_once)
    tell_seldom = _write(chats.tell_seldom)
    tell_again = _write(chats.tell_again)
    change_pause = _write(pauses.change_pause)
    require_owner = _write(upkeep.require_owner)
    ping = _write(upkeep.ping)
    set_right = _write(moments.set_right)
    keep_time = _write(moments.keep_time)
    keep_learned = _write(looks.keep_learned)
    purge = _write(upkeep.purge)
    ask_errand = _write(asking.ask_errand)
    claim_errands = _write(errands.claim_errands, urgent=True)
    begin_sending = _write(errands.begin_sending, single=True)
    put_off = _write(errands.put_off, single=True)
    errand_done = _write(errands.errand_done, single=True)
    drop_errand = _write(errands.drop_errand, single=True)
    erase_text = _write(errands.erase_text)
    asked_who = _write(names.asked_who)
    name_speaker = _write(names.name_speaker)
    use_names = _write(names.use_names)
    use_no_names = _write(names.use_no_names)
    keep_update = _write(unfinished.keep_update)
    take_up = _write(unfinished.take_up)
    finish_update = _write(unfinished.finish_update, single=True)
    forget = _write(erasing.forget)
    erase = _write(erasing.erase)
    held = _write(held.held)
    circle = _write(guests.circle)
    own = _write(guests.own)
    hear_owner = _write(guests.hear_owner)
    allow = _write(guests.allow)
    revoke = _write(guests.revoke)
    tell_stranger = _write(guests.tell_stranger)
    move_stranger = _write(guests.move_stranger)
    usage = _write(spending.usage)
    usage_of_all = _write(spending.usage_of_all)
    see_trouble = _write(troubles.see_trouble)
    begin_telling = _write(troubles.begin_telling)
    keep_told = _write(troubles.keep_told)
    keep_webhook = _write(upkeep.keep_webhook)

    async def job(self, job_id: int) -> Job | None:
        sql = f"SELECT {JOB_COLUMNS} FROM jobs WHERE id = $1"
        return await self.engine.read(lambda found: job_of(found[0]) if found else None, sql, job_id)

    async def job_at(self, chat_id: int, message_id: int) -> Job | None:
        return await self.engine.read(finding.job_at, finding.AT, chat_id, message_id)

    async def generations(self, job: Job) -> tuple[Generation, ...]:
        sql = f"SELECT {GENERATION_COLUMNS} FROM generations WHERE job_id = $1 ORDER BY part"
        return await self.engine.read(lambda found: tuple(generation_of(each) for each in found), sql, job.id)

    async def pages(self, job: Job) -> Mapping[int, int]:
        sql = "SELECT number, message_id FROM pages WHERE job_id = $1"
        return await self.engine.read(lambda found: {each["number"]: each["message_id"] for each in found}, sql, job.id)

    async def transcript(self, transcript_id: int) -> Transcript | None:
        """Read a transcript; a long one is decoded on a thread, so that neither statements nor anything else wait."""
        sql = "SELECT body FROM transcripts WHERE id = $1"
        found = await self.engine.read(lambda found: short_of(found[0]) if found else None, sql, transcript_id)
        if not isinstance(found, Long):
            return found
        try:
            return await asyncio.to_thread(found.decoded)
        except DatabaseDamagedError:  # which has to be met where the engine notices it
            return await self.engine.read(lambda found: transcript_of(found[0]) if found else None, sql, transcript_id)

    async def text(self, transcript_id: int) -> str | None:
        sql = "SELECT body FROM transcripts WHERE id = $1"
        return await self.engine.read(lambda found: text_of(found[0]) if found else None, sql, transcript_id)

    async def transcript_without_words(self, transcript_id: int) -> Transcript | None:
        sql = "SELECT body FROM transcripts WHERE id = $1"
        return await self.engine.read(lambda found: wordless_of(found[0]) if found else None, sql, transcript_id)

    async def duration(self, transcript_id: int) -> float | None:
        sql = "SELECT body FROM transcripts WHERE id = $1"
        return await self.engine.read(lambda found: duration_of(found[0]) if found else None, sql, transcript_id)

    async def language(self, transcript_id: int) -> str | None:
        sql = "SELECT body FROM transcripts WHERE id = $1"
        return await self.engine.read(lambda found: language_of(found[0]) if found else None, sql, transcript_id)

    async def transcript_size(self, transcript_id: int) -> int:
        sql = "SELECT length(body) AS size FROM transcripts WHERE id = $1"
        return await self.engine.read(lambda found: int(found[0]["size"]) if found else 0, sql, transcript_id)

    async def settings(self, chat_id: int) -> ChatSettings:
        return await self.engine.read(chats.settings_of, chats.SELECT, chat_id)

    async def pause(self) -> Pause:
        return await self.engine.read(pauses.pause_of, pauses.SELECT)

    async def circle_version(self) -> int:
        return await self.engine.read(lambda found: int(found[0]["circle"]), guests.VERSION)

    async def moves(self) -> Mapping[int, int]:
        return await self.engine.read(chats.moves_of, chats.MOVES)

    async def learned(self) -> Mapping[tuple[str, int], float]:
        return await self.engine.read(looks.learned_of, looks.SELECT)

    async def troubles(self) -> Mapping[str, Told]:
        return await self.engine.read(troubles.troubles_of, troubles.SELECT)

    async def webhook(self) -> str | None:
        return await self.engine.read(lambda found: found[0]["webhook"], upkeep.WEBHOOK)

    async def backlog(self, now: float) -> Mapping[str, int]:
        return await self.engine.read(upkeep.counted, upkeep.BACKLOG, now)

    async def question_at(self, chat_id: int, message_id: int) -> Question | None:
        return await self.engine.read(names.question_of, names.QUESTION, chat_id, message_id)

    async def names_of(self, job_id: int) -> Mapping[str, str]:
        return await self.engine.read(names.names_in, names.NAMES, job_id)

    async def uses_names(self, chat_id: int) -> bool:
        return await self.engine.read(bool, names.USES_NAMES, chat_id)

    async def errands_waiting(self) -> int:
        return await self.engine.read(lambda found: int(found[0]["n"]), errands.WAITING)

    async def files_of(self, job: Job) -> tuple[str, ...]:
        return await self.engine.read(lambda found: tuple(each["what"] for each in found), errands.FILES, job.id)

    async def slots_taken(self) -> Mapping[str, int]:
        sql = "SELECT slot, sum(1 + more_slots) AS n FROM jobs WHERE slot IS NOT NULL GROUP BY slot"
        return await self.engine.read(lambda found: {each["slot"]: each["n"] for each in found}, sql)

    async def scrub(self) -> None:
        await self.engine.scrub()

    async def verify(self) -> None:
        await self.engine.verify()

    async def until_damaged(self) -> DatabaseDamagedError:
        return await self.engine.until_damaged()

    def require_place(self) -> None:
        self.engine.require_place()

    @property
    def last_write_at(self) -> float:
        return self.engine.last_write_at

    def now(self) -> float:
        return self.engine.now()

    @property
    def ledger(self) -> Ledger | None:
        return self.engine.ledger

    def stop_waiting(self) -> None:
        self.engine.stop_waiting()

    async def close(self) -> None:
        await self.engine.close()

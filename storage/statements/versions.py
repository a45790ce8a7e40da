"""Making another text of a recording, by another model or in another language: a job of its own.

In place of a message that asks for it, it has a made-up number below zero. What keeps it from being made twice is the
lock of its chat, under which all jobs of the recording are looked at.
"""

from collections.abc import Sequence
from dataclasses import replace

from storage.errands import ErrandKind
from storage.host import DAY, Rate
from storage.intake import HadAlready, NewJob, NotTaken, Refused, Version
from storage.statements import rates
from storage.statements.chats import SELECT, settings_of
from storage.statements.claims import as_chosen, next_turn, read_chat, refuse_or_count, unwanted_by
from storage.statements.making import make
from storage.statements.rows import JOB_COLUMNS, job_of
from storage.statements.transaction import Transaction
from storage.words import Job

_OF_RECORDING = (
    f"SELECT {JOB_COLUMNS} FROM jobs WHERE id IN (SELECT id FROM jobs WHERE id = $3"
    " UNION ALL SELECT id FROM jobs WHERE from_chat_id = $1 AND message_id = $2"
    " UNION ALL SELECT id FROM jobs WHERE from_chat_id = $1 AND about = $2)"
    " AND NOT EXISTS (SELECT 1 FROM errands WHERE errands.job_id = jobs.id"
    f" AND errands.kind = '{ErrandKind.DELETE}')"  # whose text is gone because somebody wanted that
)


async def make_version(
    tx: Transaction, wanted: Version, now: float, most_open: int, rate: Rate | None
) -> Job | HadAlready | Refused | NotTaken:
    new = wanted.new
    await tx.alone_with_chat(new.chat_id)
    await rates.alone_with_person(tx, new, rate)
    chat = await read_chat(tx, new.chat_id, most_open, now)
    is_same = wanted.chat_id == new.chat_id
    settings = settings_of([chat] if is_same else await tx.rows(SELECT, wanted.chat_id))
    if (why := await unwanted_by(tx, settings, new)) is not None:
        return why
    chosen = as_chosen(replace(new, untaken={}), settings, now)  # which model has to take the options, is not known yet
    model, options = wanted.choose(chosen.model, chosen.options)
    version = replace(chosen, model=model, options=options)
    same = [each for each in await _same(tx, version, wanted.beside) if wanted.gone is None or each.id > wanted.gone]
    if (had := _had(same, now)) is not None:
        return HadAlready(had)
    if (refused := await refuse_or_count(tx, new, chat["open"] < most_open, rate, now)) is not None:
        return refused
    await _delete(tx, same)
    made = await make(tx, replace(version, message_id=await _next_number(tx, new.chat_id)), now, next_turn(chat, now))
    assert made is not None, "the made-up number of a message has no job"
    return made


async def _same(tx: Transaction, version: NewJob, beside: int | None) -> list[Job]:
    """Find the jobs of the recording that have the same model and the same options."""
    found = await tx.rows(_OF_RECORDING, version.chat_id, version.about, beside)
    jobs = (job_of(each) for each in found)
    wanted = version.model, version.options.key
    return [each for each in jobs if (each.model, each.options.key) == wanted]


def _had(same: Sequence[Job], now: float) -> Job | None:
    """Choose the one that is there or under way; rather one that is there."""
    had = (each for each in same if each.next_at is not None or _is_there(each, now))
    return max(had, key=lambda each: (each.next_at is None, each.id), default=None)


def _is_there(job: Job, now: float) -> bool:
    """Tell whether a job has a text that counts: it is kept, or else it was shown in the last day."""
    if not job.is_text or job.ended_at is None:
        return False
    return job.transcript_id is not None or now < job.ended_at + DAY


async def _delete(tx: Transaction, failed: Sequence[Job]) -> None:
    """Delete earlier tries, whose buttons would make the same text once more; that of a message keeps its row."""
    for each in failed:
        if each.message_id < 0:
            await tx.rows("DELETE FROM jobs WHERE id = $1 AND next_at IS NULL", each.id)


async def _next_number(tx: Transaction, chat_id: int) -> int:
    lowest = await tx.row("SELECT min(message_id) AS lowest FROM jobs WHERE from_chat_id = $1", chat_id)
    return min(0, (lowest and lowest["lowest"]) or 0) - 1

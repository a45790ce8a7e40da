"""Trying a recording again: a new job takes the place of one that ended with an apology.

It has a row of its own, as final states are final, and nothing of the first try counts for it. The old row goes in the
same transaction, so that a message has one job at any time, and one answer: the placeholder is passed on. The number in
the button goes with the row, so that a second press finds nothing to do.
"""

from dataclasses import replace

from storage.apology import Notice
from storage.host import Rate
from storage.intake import NewJob, NotTaken, Refused, TryAgain, sent_as
from storage.statements import rates
from storage.statements.cancelling import SHOWN_IN
from storage.statements.chats import settings_of
from storage.statements.claims import as_chosen, next_turn, read_chat, refuse_or_count
from storage.statements.making import make
from storage.statements.people import has_opted_out
from storage.statements.rows import JOB_COLUMNS, job_of
from storage.statements.transaction import Transaction
from storage.words import FINAL, Job, Press


async def try_again(
    tx: Transaction, wanted: TryAgain, now: float, most_open: int, rate: Rate | None
) -> Job | Refused | NotTaken | None:
    press = wanted.press
    job = await alone_with_chat_of(tx, press)
    if job is None:
        return NotTaken.UNDER_WAY if await _is_under_way(tx, press) else None
    if (why := await _why_not(tx, job, press)) is not None:
        return why
    if job.state not in FINAL or job.apology is None or not job.apology.may_be_tried_again:
        return None
    return await _take_its_place(tx, job, wanted, now, most_open, rate)


async def alone_with_chat_of(tx: Transaction, press: Press) -> Job | None:
    """Find the job of a button under its placeholder; any other message is no answer of it.

    Its row is locked, as jobs that have ended are deleted at any time.
    """
    chat = await tx.row("SELECT chat_id FROM jobs WHERE id = $1", press.job_id)
    if chat is None:
        return None
    await tx.alone_with_chat(chat["chat_id"])
    found = await tx.row(
        f"SELECT {JOB_COLUMNS} FROM jobs WHERE id = $1 AND {SHOWN_IN} = $2"
        f" AND (placeholder_id = $3 OR placeholder_id IS NULL AND $4 = 1) {tx.locked}",
        press.job_id,
        press.chat_id,
        press.message_id,
        int(press.button_seen),
    )
    return None if found is None else job_of(found)


async def _is_under_way(tx: Transaction, press: Press) -> bool:
    shown = "placeholder_id = $2 AND next_at IS NOT NULL"
    found = await tx.rows(
        f"SELECT id FROM jobs WHERE chat_id = $1 AND form <> 'private' AND {shown}"
        f" UNION ALL SELECT id FROM jobs WHERE user_id = $1 AND form = 'private' AND {shown}",
        press.chat_id,
        press.message_id,
    )
    return bool(found)


async def _why_not(tx: Transaction, job: Job, press: Press) -> NotTaken | None:
    if press.user_id is not None and job.user_id != press.user_id:
        return NotTaken.NOT_THEIRS
    is_admin = press.user_id is None and press.chat_id < 0
    if is_admin and job.user_id is not None and await has_opted_out(tx, [job.user_id]):
        return NotTaken.OPTED_OUT
    return None


async def _take_its_place(
    tx: Transaction, job: Job, wanted: TryAgain, now: float, most_open: int, rate: Rate | None
) -> Job | Refused | None:
    chat = await read_chat(tx, job.chat_id, most_open, now)
    new = as_chosen(await _as_new(tx, job, wanted), settings_of([chat]), now)
    here = replace(new, chat_id=job.chat_id)
    await rates.alone_with_person(tx, here, rate)
    if (refused := await refuse_or_count(tx, here, chat["open"] < most_open, rate, now)) is not None:
        return refused
    if new.post is not None:
        await tx.alone_with(new.post)
    gone = await tx.row("DELETE FROM jobs WHERE id = $1 RETURNING twin", job.id)
    if gone is None:  # it was purged, or erased, in this moment
        return None
    made = await make(tx, new, now, next_turn(chat, now))
    assert made is not None, "the message of a deleted job has none"
    passed_on = await tx.row(
        "UPDATE jobs SET chat_id = $2, placeholder_id = $3, notice = $4, form = $5, twin = $6 WHERE id = $1"
        f" RETURNING {JOB_COLUMNS}",
        made.id,
        job.chat_id,
        wanted.press.message_id,
        Notice.FAILED,
        job.form,
        gone["twin"],
    )
    return job_of(passed_on)


async def _as_new(tx: Transaction, job: Job, wanted: TryAgain) -> NewJob:
    """Return the message of a job as it came, as far as that matters now."""
    stored = await tx.row("SELECT post FROM jobs WHERE id = $1", job.id)
    assert stored is not None
    is_decided = job.message_id < 0  # no message asked for it, but a tap on a language
    had_fallback = wanted.fallback is not None and job.model == wanted.fallback.model
    model = job.model if is_decided or had_fallback else wanted.model
    options = job.options if is_decided else wanted.options
    return replace(
        sent_as(job, model, options),
        is_decided=is_decided,
        fallback=wanted.fallback,
        untaken=wanted.untaken,
        post=stored["post"],
        must_sniff=job.must_sniff,
    )

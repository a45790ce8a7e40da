"""Asking for something to be done with the answer of a job: stored once a job, a kind and a form."""

from storage.errands import Errand, ErrandKind, NewErrand, NotAsked
from storage.statements import finding
from storage.statements.erasures import ids_of
from storage.statements.errands import ONE
from storage.statements.rows import ERRAND_COLUMNS, JOB_COLUMNS, errand_of, job_of
from storage.statements.transaction import Transaction
from storage.transcript import Doubt
from storage.words import Job


async def ask_errand(tx: Transaction, new: NewErrand, now: float) -> Errand | NotAsked:
    job = await _job(tx, new)
    if job is None:
        return NotAsked.UNKNOWN
    if (why := why_not(job, new.user_id)) is not None:
        return why
    if new.kind is ErrandKind.EXPORT and job.doubtful is Doubt.NO_SPEECH:
        return NotAsked.NO_SPEECH
    known = await tx.row(f"SELECT {ERRAND_COLUMNS} FROM errands WHERE {ONE}", job.id, new.kind, new.what)
    if known is not None:
        return errand_of(known)
    if new.kind is ErrandKind.EXPORT and not await _is_kept(tx, job):
        return NotAsked.NOT_KEPT
    sql = (
        "INSERT INTO errands (job_id, kind, what, chat_id, message_id, asked_at, next_at)"
        f" VALUES ($1, $2, $3, $4, $5, $6, $6) RETURNING {ERRAND_COLUMNS}"
    )
    made = await tx.row(sql, job.id, new.kind, new.what, *_where(job, new), now)
    return errand_of(made)


async def _job(tx: Transaction, new: NewErrand) -> Job | None:
    """Find the job in its chat, and lock its row: jobs that have ended are deleted at any time."""
    if new.job_id is not None:
        return await named_job(tx, new.job_id, new.chat_id)
    at = finding.job_at(await tx.rows(finding.AT, new.chat_id, new.message_id))
    return None if at is None else await named_job(tx, at.id, new.chat_id)


async def named_job(tx: Transaction, job_id: int, chat_id: int) -> Job | None:
    """Return a job, if it is one of a chat, with its row locked."""
    found = await tx.row(f"SELECT {JOB_COLUMNS} FROM jobs WHERE id = $1 {tx.locked}", job_id)
    job = None if found is None else job_of(found)
    if job is None or job.is_quiet or not await _is_of_chat(tx, job, chat_id):
        return None
    return job


async def _is_of_chat(tx: Transaction, job: Job, chat_id: int) -> bool:
    """Tell whether the recording of a job, or its answer, is in a chat, also from before it had this id."""
    chats = {job.from_chat_id, job.chat_id, job.shown_in}
    return chat_id in chats or not chats.isdisjoint(await ids_of(tx, chat_id))


def why_not(job: Job, user_id: int | None) -> NotAsked | None:
    """Tell why nothing is done for a person, None for one who may ask for everything here, with the text of a job.

    It may still be on its way into the chat.
    """
    if user_id is not None and job.user_id != user_id:
        return NotAsked.NOT_THEIRS
    if job.is_text:
        return None
    return NotAsked.UNDER_WAY if job.ended_at is None else NotAsked.UNKNOWN


async def _is_kept(tx: Transaction, job: Job) -> bool:
    return await tx.row("SELECT 1 FROM transcripts WHERE id = $1", job.transcript_id) is not None


def _where(job: Job, new: NewErrand) -> tuple[int, int | None]:
    """Return the chat that the answer is in, and a message of the answer there."""
    if job.shown_in != job.chat_id:
        return job.shown_in, job.placeholder_id
    if new.job_id is not None:
        return new.chat_id, new.message_id
    return new.chat_id, job.placeholder_id if new.chat_id == job.chat_id else None

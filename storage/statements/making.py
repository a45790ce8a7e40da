"""Making a job: the row of a message that has none."""

from storage.intake import NewJob, Start
from storage.statements.encoding import encode_options
from storage.statements.rows import JOB_COLUMNS, job_of
from storage.statements.transaction import Transaction
from storage.words import Job


async def make(tx: Transaction, new: NewJob, now: float, turn: float, start: Start | None = None) -> Job | None:
    """Insert a queued job that is due at once, or leased; None if its message has one."""
    made = await tx.row(
        "INSERT INTO jobs (from_chat_id, message_id, chat_id, thread_id, direct_topic_id, user_id, kind, file_id,"
        " claimed_bytes, model, options, cache_key, post, must_sniff, interface, speaks, about, answers, fold_from,"
        " reacts, rings_at, created_at, turn, next_at, lease_token, claimed_at, lined_up, times)"
        " VALUES ($1, $2, $1, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14,"
        " coalesce((SELECT interface FROM chats WHERE chat_id = $5), $15), $16, $17, $18, $19, $20,"
        " $21, $22, $23, $24, $25, $26, $27)"
        f" ON CONFLICT DO NOTHING RETURNING {JOB_COLUMNS}",
        new.chat_id,
        new.message_id,
        new.thread_id,
        new.direct_topic_id,
        new.user_id,
        new.kind,
        new.file_id,
        new.claimed_bytes,
        new.model,
        encode_options(new.options),
        new.cache_key,
        new.post,
        int(new.must_sniff),
        new.interface,
        new.speaks,
        new.about,
        new.answers,
        new.fold_from,
        int(new.reacts),
        new.rings_at,
        now,
        turn,
        now if start is None else start.lease_until,
        None if start is None else tx.holder + start.lease_token,
        None if start is None else now,
        int(start is None),
        None if new.times is None else int(new.times),
    )
    return job_of(made) if made else None

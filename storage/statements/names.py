"""Names of those who speak, and the questions for them.

A name that was taken away is stored as an empty one, so that a name of the chat does not come in its place.
"""

from collections.abc import Mapping, Sequence
from secrets import token_hex

from storage.errands import ErrandKind, NotAsked
from storage.naming import LONGEST_NAME, MOST_NAMED, Naming, Question
from storage.statements.asking import named_job, why_not
from storage.statements.transaction import Row, Transaction
from storage.words import Job

_WITH_OTHER_NAMES = "renamed"  # in place of the kind, of a file that was sent before somebody was named
QUESTION = "SELECT job_id, speaker FROM questions WHERE chat_id = $1 AND message_id = $2"
_SHOWN = (  # a name of a chat that stands in the text of a job
    "chat_id = (SELECT chat_id FROM jobs WHERE id = $1) AND since < $1 AND NOT EXISTS"
    " (SELECT 1 FROM names WHERE names.job_id = $1 AND names.speaker = chat_names.speaker)"
)
# The names of a chat hold for jobs that came after somebody said so.
NAMES = (
    f"SELECT speaker, name FROM names WHERE job_id = $1 UNION ALL SELECT speaker, name FROM chat_names WHERE {_SHOWN}"
)

USES_NAMES = "SELECT 1 FROM chat_names WHERE chat_id = $1 LIMIT 1"


def question_of(found: Sequence[Row]) -> Question | None:
    return Question(found[0]["job_id"], found[0]["speaker"]) if found else None


def names_in(found: Sequence[Row]) -> Mapping[str, str]:
    return {each["speaker"]: each["name"] for each in found if each["name"]}


async def asked_who(tx: Transaction, chat_id: int, message_id: int, question: Question) -> bool:
    if await tx.row(f"SELECT id FROM jobs WHERE id = $1 {tx.locked}", question.job_id) is None:
        return False
    sql = "INSERT INTO questions (chat_id, message_id, job_id, speaker) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING"
    await tx.rows(sql, chat_id, message_id, question.job_id, question.speaker)
    return True


async def name_speaker(tx: Transaction, naming: Naming, now: float) -> NotAsked | None:
    job_id = naming.question.job_id
    job = await named_job(tx, job_id, naming.chat_id)
    if job is None:
        return NotAsked.UNKNOWN
    if (why := why_not(job, naming.user_id)) is not None:
        return why
    if job.ended_at is None:
        return NotAsked.UNDER_WAY  # its messages are changed only once all of them are there
    if job.transcript_id is None or not await _has_room(tx, naming.question):
        return NotAsked.NOT_KEPT
    await tx.rows(
        "INSERT INTO names (job_id, speaker, name) VALUES ($1, $2, $3)"
        " ON CONFLICT (job_id, speaker) DO UPDATE SET name = excluded.name",
        job_id,
        naming.question.speaker,
        naming.name[:LONGEST_NAME],
    )
    await _have_files_anew(tx, job_id, now)
    await _have_it_shown(tx, job, naming.chat_id, now)
    return None


async def _have_it_shown(tx: Transaction, job: Job, chat_id: int, now: float) -> None:
    """Ask for it once for each name: one that is being shown may have been read before this one."""
    await tx.rows(f"DELETE FROM errands WHERE job_id = $1 AND kind = '{ErrandKind.NAMES}' AND next_at IS NULL", job.id)
    await tx.rows(
        "INSERT INTO errands (job_id, kind, what, chat_id, message_id, asked_at, next_at)"
        " VALUES ($1, $2, $3, $4, $5, $6, $6)",
        job.id,
        ErrandKind.NAMES,
        token_hex(8),
        chat_id,
        job.placeholder_id if chat_id == job.shown_in else None,
        now,
    )


async def _has_room(tx: Transaction, question: Question) -> bool:
    """Tell whether one more speaker may be named, or this one is."""
    sql = "SELECT count(*) AS n FROM names WHERE job_id = $1 AND speaker <> $2"
    found = await tx.row(sql, question.job_id, question.speaker)
    return found is not None and found["n"] < MOST_NAMED


async def _have_files_anew(tx: Transaction, job_id: int, now: float) -> None:
    """Let the files that were sent be found by their messages only, so that each can be asked for once more.

    Those that are being made come once more by themselves, as the names may have been read already.
    """
    await tx.rows(
        f"UPDATE errands SET kind = '{_WITH_OTHER_NAMES}', what = what || ' ' || sent_id"
        f" WHERE job_id = $1 AND kind = '{ErrandKind.EXPORT}' AND next_at IS NULL AND sent_id IS NOT NULL",
        job_id,
    )
    await tx.rows(
        "UPDATE errands SET asked_at = CASE WHEN asked_at < $2 THEN $2 ELSE asked_at + 0.001 END"
        f" WHERE job_id = $1 AND kind = '{ErrandKind.EXPORT}' AND lease_token IS NOT NULL",
        job_id,
        now,
    )


async def use_names(tx: Transaction, job_id: int, chat_id: int) -> int:
    await tx.alone_with_chat(chat_id)
    await tx.rows(f"DELETE FROM chat_names WHERE chat_id = $2 AND NOT ({_SHOWN})", job_id, chat_id)
    made = await tx.rows(
        "INSERT INTO chat_names (chat_id, speaker, name, since) SELECT $2, speaker, name,"
        " (SELECT coalesce(max(id), 0) FROM jobs) FROM names WHERE job_id = $1 AND name <> '' RETURNING speaker",
        job_id,
        chat_id,
    )
    return len(made)


async def use_no_names(tx: Transaction, chat_id: int) -> bool:
    await tx.alone_with_chat(chat_id)
    return bool(await tx.rows("DELETE FROM chat_names WHERE chat_id = $1 RETURNING speaker", chat_id))

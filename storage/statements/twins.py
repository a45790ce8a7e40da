"""Twins: a post of a channel and its automatic forward in the group of the channel, which bring the same recording.

Whichever comes first becomes the job. The other one is kept with it, and has its turn if nobody can be told in the chat
of the first one. Both carry the name of the post; see `NewJob`.
"""

from storage.intake import NewJob
from storage.statements.encoding import decode_new, encode_new
from storage.statements.making import make
from storage.statements.transaction import Row, Transaction

# A channel may forward one thing again and again, and each time is a post. The newest ones are enough to find a twin.
MOST_OF_A_NAME = 100


async def is_left_out(tx: Transaction, new: NewJob) -> bool:
    """Tell whether the twin of a message has the job. If so, keep the message with it."""
    if new.post is None:
        return False
    await tx.alone_with(new.post)
    named = await tx.rows(
        "SELECT id, from_chat_id, message_id, state, twin FROM jobs WHERE post = $1 ORDER BY id DESC LIMIT $2",
        new.post,
        MOST_OF_A_NAME,
    )
    if any((each["from_chat_id"], each["message_id"]) == _message(new) for each in named):
        return False
    if any(_message(twin) == _message(new) for each in named if (twin := decode_new(each["twin"])) is not None):
        return True
    free = [each for each in named if _may_be_twin_of(each, new)]
    if not free:
        return False
    await tx.rows("UPDATE jobs SET twin = $2 WHERE id = $1", free[-1]["id"], encode_new(new))
    return True


def _message(new: NewJob) -> tuple[int, int]:
    return new.chat_id, new.message_id


def _may_be_twin_of(row: Row, new: NewJob) -> bool:
    return row["from_chat_id"] != new.chat_id and row["twin"] is None and row["state"] != "failed"


async def pass_on(tx: Transaction, job_id: int, post: str, now: float) -> None:
    """Make the job of the twin of one that failed: it finds a transcript that is known, also one that is not kept."""
    await tx.alone_with(post)
    left = await tx.row("SELECT twin FROM jobs WHERE id = $1", job_id)
    twin = decode_new(left["twin"]) if left else None
    if twin is not None and (made := await make(tx, twin, now, now)) is not None:
        await tx.rows("UPDATE jobs SET woken = 1 WHERE id = $1", made.id)
        await tx.rows("UPDATE jobs SET twin = NULL WHERE id = $1", job_id)

"""How many recordings a chat and a person send in a minute, where that is limited.

Only arrivals of the last minute are kept. A row whose kind begins with "told " says when it was last said that they
were too many.
"""

from storage.host import Rate, TooOften, Whose
from storage.intake import NewJob
from storage.statements.transaction import Transaction

MINUTE = 60.0
_LATEST = "SELECT at FROM arrivals WHERE kind = $1 AND id = $2 AND at > $3 ORDER BY at DESC LIMIT $4"


async def alone_with_person(tx: Transaction, new: NewJob, rate: Rate | None) -> None:
    """Take the lock of a person who sends to several chats, where that is limited; after that of the chat."""
    if rate is not None and rate.of_person > 0 and new.user_id is not None:
        await tx.alone_with_chat(new.user_id)


async def too_often(tx: Transaction, new: NewJob, now: float, rate: Rate) -> TooOften | None:
    """Return the limit that a new message is beyond."""
    for whose, number, most in _limits(new, rate):
        await tx.alone_with_chat(number)  # a person's is that of the private chat, and after that of a group
        latest = await tx.rows(_LATEST, whose, number, now - MINUTE, most)
        if len(latest) >= most:
            wait = max(0.0, latest[-1]["at"] + MINUTE - now)
            return TooOften(whose, most, wait)
    return None


async def may_tell(tx: Transaction, new: NewJob, whose: Whose, now: float) -> bool:
    """Tell whether to say to the chat of a message that there were too many, and store that it was: once a minute."""
    kind, number = f"told {whose}", new.chat_id if whose is Whose.CHAT else new.user_id
    assert number is not None
    if await tx.rows(_LATEST, kind, number, now - MINUTE, 1):
        return False
    await _add(tx, kind, number, now)
    return True


async def arrived(tx: Transaction, new: NewJob, now: float, rate: Rate) -> None:
    """Count a message that was accepted."""
    for whose, number, _ in _limits(new, rate):
        await _add(tx, whose, number, now)


async def _add(tx: Transaction, kind: str, number: int, now: float) -> None:
    await tx.rows("DELETE FROM arrivals WHERE kind = $1 AND id = $2 AND at <= $3", kind, number, now - MINUTE)
    await tx.rows("INSERT INTO arrivals (kind, id, at) VALUES ($1, $2, $3)", kind, number, now)


def _limits(new: NewJob, rate: Rate) -> list[tuple[Whose, int, int]]:
    """Return the limits that there are for a message. A file in a group that may be no recording counts for none."""
    if new.must_sniff and new.chat_id < 0:
        return []
    limits = ((Whose.CHAT, new.chat_id, rate.of_chat), (Whose.PERSON, new.user_id, rate.of_person))
    return [(whose, number, most) for whose, number, most in limits if number is not None and most > 0]


async def move(tx: Transaction, old_chat_id: int, new_chat_id: int) -> None:
    sql = "UPDATE arrivals SET id = $2 WHERE kind IN ($3, $4) AND id = $1"
    await tx.rows(sql, old_chat_id, new_chat_id, Whose.CHAT, f"told {Whose.CHAT}")

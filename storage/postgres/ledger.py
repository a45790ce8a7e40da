"""The ledger in PostgreSQL: one statement for each write, in a table that costs no log and no wait for a disk."""

from collections.abc import Awaitable, Callable, Sequence

from storage.ledger import Answer, Ask, Narrowing, Verdict
from storage.statements.transaction import Row

_ASK = "SELECT verdict, wait, moment FROM pace_ask($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
_BLOCK = "SELECT pace_block($1, $2)"
_REFUSED = "SELECT pace_refused($1, $2, $3, $4, $5) AS places"

Statement = Callable[..., Awaitable[list[Row]]]


class PostgresLedger:
    """Counts writes in the tables `pace` and `pace_overall`. `asked` runs one statement by itself."""

    def __init__(self, asked: Statement) -> None:
        self._asked = asked

    async def ask(self, write: Ask, late: Sequence[tuple[float, float]]) -> Answer:
        messages = write.of_messages
        [row] = await self._asked(
            _ASK,
            write.chat_id,
            write.is_message,
            *write.of_chat,
            messages and messages.writes,
            (messages or write.of_chat).span,
            write.overall,
            write.most,
            [counted for counted, _ in late],
            [went for _, went in late],
        )
        return Answer(Verdict(row["verdict"]), row["wait"], row["moment"])

    async def block(self, chat_id: int, seconds: float) -> None:
        await self._asked(_BLOCK, chat_id, seconds)

    async def refused(self, begun: float | None, narrowing: Narrowing) -> int | None:
        [row] = await self._asked(_REFUSED, begun, *narrowing)
        places: int | None = row["places"]
        return places

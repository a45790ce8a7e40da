"""The pace of several processes: a ledger counts what all of them write, and each asks it for every write.

In each process the first in each line asks, and the next one when that has gone. The ledger gives places in the order
in which it is asked, so processes take turns, however much one of them has to say.
"""

import asyncio
from bisect import bisect_left, insort

from bot.activity import resting
from bot.log import get_logger
from bot.machine.clock import Clock
from bot.telegram.pacing.chat import Chat
from bot.telegram.pacing.line import QUIET, Place, last_place, place_of
from bot.telegram.pacing.together import LEAST, SEVERAL, SOON, SPAN
from bot.telegram.pacing.windows import Turn, Window, Write
from storage.errors import StorageUnavailableError
from storage.ledger import Answer, Ask, Ledger, Limit, Narrowing, Verdict

log = get_logger(__name__)

EACH = 25  # writes of a kind within a second, of 30: on their way some take longer than others
ALONE = 5  # the same of one process while the ledger is out of reach, as others may write too
AWAY_FOR = 2.0  # seconds in which it is not asked again then
LATE = 0.15  # seconds after their turn, by which writes may arrive out of step without being too many
MARGIN = 1.0  # seconds, for the same reason, that are added to the spans of chats
STALE = 0.5  # seconds after its turn, by which a write had better ask again, if it has not done so often
OFTEN = 3
NEVER = 0.0  # the moment of what is not written
LONGEST_STEP = 5.0  # seconds from one write of a line to the next one


class Shared:
    """What the lines of this process have in common: the ledger, and what it is to be told."""

    def __init__(self, clock: Clock, ledger: Ledger) -> None:
        self._clock = clock
        self._ledger = ledger
        self._late: list[tuple[float, float]] = []
        self._asked_again_at = 0.0
        self._alone = {is_message: Window(ALONE, SPAN) for is_message in (True, False)}

    async def ask(self, chat: Chat, write: Write, overall: int) -> Answer:
        """Ask the ledger for a place. While it is out of reach, this process goes on alone, and slowly."""
        if self._clock() < self._asked_again_at:
            return self._without(write)
        of_chat, of_messages = chat.limits(write)
        limits = _with_margin(of_chat), of_messages and _with_margin(of_messages)
        late, self._late = self._late, []
        try:
            return await self._ledger.ask(Ask(chat.id, write.is_message, *limits, overall, EACH), late)
        except StorageUnavailableError as error:
            self._go_on_alone(error)
            return self._without(write)

    def _go_on_alone(self, error: StorageUnavailableError) -> None:
        self._asked_again_at = self._clock() + AWAY_FOR
        log.warning("pace.alone", reason=str(error), writes_a_second=ALONE)

    def _without(self, write: Write) -> Answer:
        """Give a place among those that this process has for itself."""
        now, window = self._clock(), self._alone[write.is_message]
        moment = window.next(now, ALONE)
        window.add(moment)
        return Answer(Verdict.GRANTED, moment - now, 0.0)

    def went(self, turn: Turn, moment: float) -> None:
        """Have a write counted when it went, as far as that was later than with most."""
        if turn.counted and moment - turn.due > LATE:
            self._late.append((turn.counted, turn.counted + moment - turn.due - LATE))

    def give_back(self, turn: Turn) -> None:
        """Have a place counted no more that is not used."""
        if turn.counted:
            self._late.append((turn.counted, NEVER))

    async def refused(self, chat: Chat, seconds: float, turn: Turn | None) -> None:
        """Let no process write to a chat for so many seconds. A turn is given where all chats may be meant."""
        try:
            await self._ledger.block(chat.id, seconds)
            if turn is not None:
                await self._narrow(turn)
        except StorageUnavailableError as error:
            self._go_on_alone(error)

    async def _narrow(self, turn: Turn) -> None:
        places = await self._ledger.refused(turn.counted or None, Narrowing(EACH, SEVERAL, SOON, LEAST))
        if places is not None:
            log.warning("pace.narrowed", writes_a_second=places)


def _with_margin(limit: Limit) -> Limit:
    return Limit(limit.writes, limit.span + MARGIN)


class SharedLine:
    """The writes of one kind of this process: those of the last second, and those that wait; as `Line`."""

    def __init__(self, clock: Clock, shared: Shared, kept: int) -> None:
        self.window = Window(EACH, SPAN, kept, QUIET)
        self._clock = clock
        self._shared = shared
        self._waiting: list[Place] = []
        self._woken: dict[Place, asyncio.Future[None]] = {}
        self._last_due = 0.0  # of those that had to wait
        self._step = SPAN / EACH  # seconds from one of them to the next one, as other processes write too

    def expected(self, now: float, write: Write) -> float:
        """Return when a write would probably go that comes now; `now` for at once."""
        behind = bisect_left(self._waiting, last_place(now, write))
        moment = max(self.window.next(now, self.window.allowed(write)), min(self._last_due, now + LONGEST_STEP))
        return moment + behind * self._step

    async def turn(self, write: Write, chat: Chat) -> Turn:
        """Wait for the turn of a write, which is to be counted then; or for its chat to turn out to take none."""
        joined = self._clock()
        place = place_of(joined, write)
        insort(self._waiting, place)
        try:
            return await self._granted(write, chat, place, joined)
        finally:
            self._waiting.remove(place)
            self._wake_first()

    async def _granted(self, write: Write, chat: Chat, place: Place, joined: float) -> Turn:
        asks = 0
        while True:
            await self._until_first(place)
            asked_at = self._clock()
            answer = await self._shared.ask(chat, write, self._overall(write, joined, asked_at))
            asks += 1
            now, due = self._clock(), asked_at + answer.wait
            match answer.verdict:
                case Verdict.GRANTED:
                    turn = await self._when_due(Turn(now + answer.wait, answer.moment, due), chat, now)
                    if not turn.counted or turn.at - turn.due <= STALE or asks >= OFTEN:
                        return turn
                    self._shared.give_back(turn)
                case Verdict.OVERALL:
                    await self._clock.until(min(now + answer.wait, max(now + SPAN / EACH, joined + SPAN)))
                case Verdict.BLOCKED:
                    chat.block(now, answer.wait)
                    return Turn(now + answer.wait)
                case Verdict.CHAT:
                    return Turn(now + answer.wait)

    async def _when_due(self, turn: Turn, chat: Chat, now: float) -> Turn:
        """Wait until a place is due that was granted; without it if the chat has been blocked by then."""
        if turn.at <= now:
            self._step = SPAN / EACH
        else:
            self._learn(turn.at, now)
        try:
            while (now := self._clock()) < turn.at:
                await self._clock.until(turn.at)
        except BaseException:
            self._shared.give_back(turn)
            raise
        free_at = chat.blocked_until(now)
        if free_at > now:
            self._shared.give_back(turn)
            return Turn(free_at)
        return turn._replace(at=now)

    def _learn(self, due: float, now: float) -> None:
        """Learn how fast those go that wait."""
        if now - LONGEST_STEP < self._last_due < due:
            self._step = (self._step + max(SPAN / EACH, due - self._last_due)) / 2
        self._last_due = due

    def _overall(self, write: Write, joined: float, now: float) -> int:
        """Return how many writes the last second may have with this one; never too few for one that has waited."""
        return self.window.limit if now - joined >= SPAN else self.window.allowed(write)

    async def _until_first(self, place: Place) -> None:
        while self._waiting[0] != place:
            self._woken[place] = asyncio.get_running_loop().create_future()
            try:
                with resting():
                    await self._woken[place]
            finally:
                del self._woken[place]

    def _wake_first(self) -> None:
        woken = self._woken.get(self._waiting[0]) if self._waiting else None
        if woken is not None and not woken.done():
            woken.set_result(None)

    def count(self, moment: float) -> None:
        self.window.add(moment)

    def move(self, turn: Turn, later: float) -> None:
        """Count a write later: Telegram has counted it some time before it answered."""
        self.window.move(turn.at, later)
        self._shared.went(turn, later)

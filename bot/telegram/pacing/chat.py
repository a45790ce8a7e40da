"""A chat: how fast may be written there, and until when Telegram asks for patience."""

from bot.telegram.pacing.together import SPAN
from bot.telegram.pacing.windows import Turn, Window, Write
from storage.ledger import Limit

PRIVATE = (60, 60.0, 10)  # messages and edits, in so many seconds, of them left to answers
GROUP = (25, 25.0, 5)  # the same in a group, in bursts no longer than what a group takes
MESSAGES = (20, 60.0, 4)  # new messages in a group
LITTLE = 6  # writes of a chat within its span: three notes and their answers
BURST = 3  # writes of a chat within as many seconds that no server refuses for themselves


class Chat:
    """What is known of a chat."""

    def __init__(self, chat_id: int) -> None:
        self.id = chat_id
        self._writes = Window(*(GROUP if chat_id < 0 else PRIVATE))
        self._messages = Window(*MESSAGES) if chat_id < 0 else None
        self._blocked = (0.0, 0.0)  # since when, until when
        self._reserved: list[Turn] = []  # for placeholders

    def write(self, *, is_answer: bool, is_message: bool) -> Write:
        return Write(is_answer, len(self._writes.moments) > LITTLE, is_message)

    def block(self, now: float, seconds: float) -> None:
        self._blocked = (now, now + seconds)

    def blocked_until(self, now: float) -> float:
        """Return until when Telegram asks for patience; `now` where it does not, or the clock was put back since."""
        since, until = self._blocked
        return until if since <= now < until else now

    def next(self, now: float, write: Write) -> float:
        """Return the moment when there is a place for a write."""
        places = (window.next(now, window.allowed(write)) for window in self._windows(write))
        return max(self.blocked_until(now), *places)

    def promise(self, moment: float, write: Write) -> float:
        """Return when a refused write may come back, not before `moment`."""
        return max(window.promise(moment, write) for window in self._windows(write))

    def add(self, moment: float, write: Write) -> None:
        for window in self._windows(write):
            window.add(moment)

    def remove(self, moment: float, write: Write) -> None:
        """Give a place back, unless it has been forgotten since."""
        for window in self._windows(write):
            window.remove(moment)

    def move(self, moment: float, later: float, write: Write) -> None:
        for window in self._windows(write):
            window.move(moment, later)

    def _windows(self, write: Write) -> tuple[Window, ...]:
        """Return what a write counts in."""
        return (self._writes, self._messages) if write.is_message and self._messages is not None else (self._writes,)

    def is_fast(self, now: float) -> bool:
        """Tell whether a refusal may be about the chat alone, as every one in a group may, which can be slowed down."""
        last = self._writes.moments[-BURST - 1 :]
        return self.id < 0 or (len(last) > BURST and last[0] > now - BURST - 1)

    def reserve(self, turn: Turn) -> None:
        """Keep a place that is counted already for a placeholder that is sent within a second."""
        self._reserved.append(turn)

    def take_reserved(self, now: float) -> Turn | None:
        """Return a place that was kept for a placeholder within the last second, if there is any."""
        while self._reserved:
            turn = self._reserved.pop(0)
            if 0 <= now - turn.at < SPAN and self.blocked_until(now) <= now:
                return turn
        return None

    def limits(self, write: Write) -> tuple[Limit, Limit | None]:
        """Return what the chat takes with a write, and what it takes of new messages where the write is one."""
        limits = [Limit(window.allowed(write), window.span) for window in self._windows(write)]
        return limits[0], limits[1] if limits[1:] else None

    def is_idle(self, now: float) -> bool:
        windows = (self._writes, self._messages or self._writes)
        return all(each.is_idle(now) for each in windows) and self.blocked_until(now) <= now

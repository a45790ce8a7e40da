"""The limits of how fast a bot may write, if they are enforced; a write beyond them is answered with 429."""

import math
from collections import defaultdict, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from bot.playground.telegram.refusal import too_many_requests


@dataclass(slots=True)
class Window:
    """A limit of `most` writes in any `seconds`."""

    most: int
    seconds: float
    written: deque[float] = field(default_factory=deque)

    def wait(self, now: float) -> float:
        while self.written and self.written[0] <= now - self.seconds:
            self.written.popleft()
        return 0.0 if len(self.written) < self.most else self.written[0] + self.seconds - now


class Pace:
    """The limits of sends and edits: a rate and a burst per chat, and a rate of all chats together.

    A group also has a rate of new messages. Without `count_edits` all chats together have one of new messages only.
    `refused` is how many writes were beyond a limit.
    """

    def __init__(
        self,
        clock: Callable[[], float],
        *,
        per_chat_per_second: float = 1.0,
        burst: int = 3,
        per_group_per_minute: int = 20,
        overall_per_second: int = 30,
        count_edits: bool = True,
    ) -> None:
        self.refused = 0
        self._clock = clock
        self._count_edits = count_edits
        self._chats = defaultdict[int, Window](lambda: Window(burst, burst / per_chat_per_second))
        self._groups = defaultdict[int, Window](lambda: Window(per_group_per_minute, 60.0))
        self._overall = Window(overall_per_second, 1.0)

    def admit(self, chat_id: int, *, is_new: bool) -> None:
        """Count a new message or an edit, or refuse it without counting it."""
        now = self._clock()
        windows = list(self._windows(chat_id, is_new=is_new))
        wait = max(window.wait(now) for window in windows)
        if wait > 0:
            self.refused += 1
            raise too_many_requests(math.ceil(wait))
        for window in windows:
            window.written.append(now)

    def _windows(self, chat_id: int, *, is_new: bool) -> Iterator[Window]:
        yield self._chats[chat_id]
        if chat_id < 0 and is_new:
            yield self._groups[chat_id]
        if is_new or self._count_edits:
            yield self._overall

"""What a chat gets once in a while, and so many chats at the most: both are kept in memory only."""

import math
from collections.abc import Callable


class Seldom:
    """Tells when it is time for something that a chat gets once in a while, and so many chats at the most."""

    def __init__(self, now: Callable[[], float], every: float, most: int) -> None:
        self._now = now
        self._every = every
        self._most = most
        self._last: dict[int, float] = {}  # the longest ago comes first

    def is_time(self, chat_id: int) -> bool:
        now = self._now()
        while self._last and now - next(iter(self._last.values())) >= self._every:
            del self._last[next(iter(self._last))]
        if now - self._last.get(chat_id, -math.inf) < self._every or len(self._last) >= self._most:
            return False
        self._last[chat_id] = now
        return True

    def move(self, old_chat_id: int, new_chat_id: int) -> None:
        """Let a chat that has another id now keep what it got."""
        if old_chat_id in self._last:
            self._last[new_chat_id] = self._last.pop(old_chat_id)

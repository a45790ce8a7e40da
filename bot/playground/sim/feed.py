"""What has changed in the playground since the last time."""

import json
from collections.abc import Iterator
from typing import Any

from bot.playground.sim import views
from bot.playground.sim.playground import JSON, Playground

Change = tuple[str, Any]  # the name of an event and its data


class Feed:
    """What one client of the events knows: call `snapshot` first, then `changes` again and again."""

    def __init__(self, playground: Playground) -> None:
        self._playground = playground
        self._parts: dict[str, str] = {}
        self._chats: dict[int, str] = {}
        self._messages: dict[tuple[int, int], str] = {}
        self._telegram_calls = 0
        self._unfinished: set[int] = set()
        self._speech_calls = 0
        self._callbacks = 0
        self._line = 0

    def snapshot(self) -> JSON:
        """Return the whole state; `changes` begins after it."""
        for _ in self.changes():
            pass  # known to the client, as it is in the state
        return views.state(self._playground)

    def changes(self) -> Iterator[Change]:
        """Yield what is different from the last call."""
        yield from self._changed_parts()
        for chat in self._playground.telegram.chats:
            yield from self._changed(self._chats, chat.id, "chat", views.chat_head(self._playground, chat))
        yield from self._changed_messages()
        yield from self._new_calls()
        yield from self._new_callbacks()
        yield from self._new_lines()

    def _changed(self, seen: dict[Any, str], key: Any, event: str, data: Any) -> Iterator[Change]:
        now = json.dumps(data)
        if seen.get(key) != now:
            seen[key] = now
            yield event, data

    def _changed_parts(self) -> Iterator[Change]:
        for name, data in views.parts(self._playground).items():
            yield from self._changed(self._parts, name, name, data)

    def _changed_messages(self) -> Iterator[Change]:
        there = set()
        for chat in self._playground.telegram.chats:
            for message in views.messages(chat):
                key = (chat.id, message["message_id"])
                there.add(key)
                yield from self._changed(self._messages, key, "message", {"chat": chat.id, "message": message})
        for key in self._messages.keys() - there:
            del self._messages[key]
            yield "deleted", {"chat": key[0], "message": key[1]}

    def _new_calls(self) -> Iterator[Change]:
        known = self._playground.telegram.calls
        places = sorted(self._unfinished | set(range(self._telegram_calls, len(known))))
        for place in places:
            finished = known[place].status is not None
            if finished or place >= self._telegram_calls:
                yield "call", views.telegram_call(self._playground, place, known[place])
        self._unfinished = {place for place in places if known[place].status is None}
        self._telegram_calls = len(known)
        yield from self._new_speech_calls()

    def _new_speech_calls(self) -> Iterator[Change]:
        if self._playground.provider.server is not None:
            known = self._playground.provider.server.calls
            for place in range(self._speech_calls, len(known)):
                yield "call", views.speech_call(self._playground, place, known[place])
            self._speech_calls = len(known)

    def _new_callbacks(self) -> Iterator[Change]:
        answers = self._playground.telegram.callback_answers
        for answer in answers[self._callbacks :]:
            yield "callback", {"user": answer.user_id, "text": answer.text, "alert": answer.show_alert}
        self._callbacks = len(answers)

    def _new_lines(self) -> Iterator[Change]:
        for line in self._playground.process.lines if self._playground.process else ():
            if line["number"] > self._line:
                self._line = line["number"]
                yield "log", line

"""Faults in the answers of the Bot API, and callbacks that are awaited when a call arrives."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Literal

Moment = Literal["before", "after"]
FILE = "file"  # the method name of downloads in faults and watchers
WEBHOOK = "webhook"  # that of updates that are brought to the bot; here watchers take the update


@dataclass(slots=True)
class Fault:
    """One way in which calls fail, for the next `times` matching calls; None: for all of them.

    `drop` cuts the connection. With `after_effect` the call is carried out first; of a download, half is sent.
    """

    method: str
    status: int = 500
    body: dict[str, Any] | str | None = None
    times: int | None = 1
    drop: bool = False
    after_effect: bool = False
    retry_after: int | None = None
    chat_id: int | None = None

    def matches(self, method: str, chat_id: object) -> bool:
        return (
            self.times != 0
            and (self.method == method or (self.method == "*" and method not in {FILE, WEBHOOK}))
            and self.chat_id in {None, chat_id}
        )

    def clear(self) -> None:
        self.times = 0

    def answer(self) -> dict[str, Any] | str:
        return self.body if self.body is not None else self._usual_answer()

    def _usual_answer(self) -> dict[str, Any]:
        description = next((known.phrase for known in HTTPStatus if known == self.status), "Unknown Error")
        answer: dict[str, Any] = {"ok": False, "error_code": self.status, "description": description}
        if self.retry_after is not None:
            answer["description"] = f"{description}: retry after {self.retry_after}"
            answer["parameters"] = {"retry_after": self.retry_after}
        return answer


@dataclass(slots=True)
class Watcher:
    method: str
    callback: Callable[..., object]
    moment: Moment
    times: int | None = 1

    def matches(self, method: str, moment: Moment) -> bool:
        return (
            self.times != 0
            and self.moment == moment
            and (self.method == method or (self.method == "*" and method != WEBHOOK))
        )


@dataclass(slots=True)
class Faults:
    """The faults and the watchers of the server's methods; faults happen in the order in which they were added."""

    queued: list[Fault] = field(default_factory=list)
    watchers: list[Watcher] = field(default_factory=list)

    def take(self, method: str, chat_id: object) -> Fault | None:
        """Return the first fault that matches this call, and use up one of its times."""
        for fault in self.queued:
            if fault.matches(method, chat_id):
                _spend(fault)
                return fault
        return None

    async def call_watchers(self, method: str, moment: Moment, call: object) -> None:
        """Await the callback of every watcher of this call; a callback takes the call or nothing."""
        for watcher in [watcher for watcher in self.watchers if watcher.matches(method, moment)]:
            _spend(watcher)
            wants_call = bool(inspect.signature(watcher.callback).parameters)
            outcome = watcher.callback(call) if wants_call else watcher.callback()
            if inspect.isawaitable(outcome):
                await outcome


def _spend(one: Fault | Watcher) -> None:
    if one.times is not None:
        one.times -= 1

"""Trouble on order: answers that go wrong, and callbacks that are awaited when a call arrives."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Literal

Moment = Literal["before", "after"]
FILE = "file"  # the name under which downloads are watched and go wrong


@dataclass(slots=True)
class Fault:
    """What happens to the next `times` matching calls instead of their answer; None: to all of them.

    `drop` cuts the connection. `after_effect` carries the call out first; of a download, half is sent.
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
            and (self.method == method or (self.method == "*" and method != FILE))
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
class Watch:
    method: str
    callback: Callable[..., object]
    moment: Moment
    times: int | None = 1

    def matches(self, method: str, moment: Moment) -> bool:
        return self.times != 0 and self.moment == moment and self.method in {"*", method}


@dataclass(slots=True)
class Trouble:
    faults: list[Fault] = field(default_factory=list)
    watches: list[Watch] = field(default_factory=list)

    def take(self, method: str, chat_id: object) -> Fault | None:
        """The first fault that is meant for this call, spending one of its times."""
        for fault in self.faults:
            if fault.matches(method, chat_id):
                _spend(fault)
                return fault
        return None

    async def notice(self, method: str, moment: Moment, call: object) -> None:
        """Awaits every watch for this call; a callback may take the call or nothing."""
        for watch in [watch for watch in self.watches if watch.matches(method, moment)]:
            _spend(watch)
            wants_call = bool(inspect.signature(watch.callback).parameters)
            outcome = watch.callback(call) if wants_call else watch.callback()
            if inspect.isawaitable(outcome):
                await outcome


def _spend(order: Fault | Watch) -> None:
    if order.times is not None:
        order.times -= 1

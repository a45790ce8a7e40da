"""A process that is none: what the playground is told about a bot that it runs."""

from typing import Any

from bot.playground.notifier import Notifier


class TalkingProcess:
    """`notifier` must be that of the playground, as with a real one; without it nobody hears of changes at once."""

    def __init__(self) -> None:
        self.notifier = Notifier()
        self.told: dict[str, Any] = {"state": "running", "pid": 4711, "lives": 1, "note": ""}
        self.lines: list[dict[str, Any]] = []
        self.kills = 0

    def as_json(self) -> dict[str, Any]:
        return dict(self.told)

    def kill(self) -> bool:
        if self.told["pid"] is None:
            return False
        self.kills += 1
        self.change(state="restarting", pid=None, note="Killed with kill -9.")
        return True

    def change(self, **told: Any) -> None:
        self.told |= told
        self.notifier.notify()

    def says(self, event: str, job: int | None = None) -> dict[str, Any]:
        line = {"number": len(self.lines) + 1, "at": 1.5, "level": "info", "event": event, "job": job}
        self.lines.append(line)
        self.notifier.notify()
        return line

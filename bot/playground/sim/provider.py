"""Who hears the recordings: an engine on this machine behind the fake AI/ML API, or the real one far away."""

from collections.abc import Mapping
from typing import Any

from bot.playground.speech import FakeSpeech
from bot.playground.speech.recognition import Recogniser, Recognition, spoken


class Provider:
    """`server` is None where the real API hears: nothing can be changed there, and nothing seen.

    `engine` names who hears, for people to read; `hear` does it, unless `says` has the words for everything.
    """

    def __init__(self, engine: str, server: FakeSpeech | None = None, hear: Recogniser | None = None) -> None:
        self.engine = engine
        self.server = server
        self.says: str | None = None
        if server is not None:
            server.recognise = self._unless_said(hear or server.recognise)

    def _unless_said(self, hear: Recogniser) -> Recogniser:
        async def recognise(data: bytes, model: str, options: Mapping[str, str]) -> Recognition:
            return spoken(self.says) if self.says is not None else await hear(data, model, options)

        return recognise

    def as_json(self) -> dict[str, Any]:
        """The Speech of the documentation."""
        told: dict[str, Any] = {"engine": self.engine, "real": self.server is None, "says": self.says}
        if self.server is not None:
            told |= {"latency": self.server.latency, "credits": round(self.server.balance, 2)}
        return told

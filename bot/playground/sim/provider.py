"""The speech provider: an engine on this machine behind the fake AI/ML API, or the real AI/ML API."""

from collections.abc import Mapping
from typing import Any

from bot.playground.samples import SAMPLES
from bot.playground.speech import FakeSpeech
from bot.playground.speech.recognition import Recogniser, Recognition, conversation, in_turns, spoken

SAMPLES_AT = "https://example.com/samples/"  # where the fake finds them; nobody is asked for that


class Provider:
    """The provider of a playground.

    `server` is None with the real API, which can be neither controlled nor inspected. `engine` is a name for people.
    `hear` recognises the recordings, unless `says` is set: then that is the text of every recording, and of two lines
    or more each is a turn. Who asks for speakers gets some: an engine here tells nobody apart.
    """

    def __init__(self, engine: str, server: FakeSpeech | None = None, hear: Recogniser | None = None) -> None:
        self.engine = engine
        self.server = server
        self.says: str | None = None
        if server is not None:
            server.links |= {SAMPLES_AT + sample.file: sample.path.read_bytes() for sample in SAMPLES}
            server.recognise = self._unless_said(hear or server.recognise)

    def _unless_said(self, hear: Recogniser) -> Recogniser:
        async def recognise(data: bytes, model: str, options: Mapping[str, str]) -> Recognition:
            heard = await hear(data, model, options) if self.says is None else _said(self.says)
            return in_turns(heard) if options.get("diarize") == "true" else heard

        return recognise

    def as_json(self) -> dict[str, Any]:
        """Return the provider as docs/playground.md describes it."""
        fields: dict[str, Any] = {"engine": self.engine, "real": self.server is None, "says": self.says}
        if self.server is not None:
            fields |= {"latency": self.server.latency, "credits": round(self.server.balance, 2)}
        return fields


def _said(text: str) -> Recognition:
    turns = [line for line in text.splitlines() if line.strip()]
    return conversation(*turns) if len(turns) > 1 else spoken(text)

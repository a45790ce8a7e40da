"""The generations of the API, from their creation until their results are deleted."""

import asyncio
import hashlib
from collections.abc import Callable, Mapping

from bot.playground.speech import catalogue
from bot.playground.speech.audio import looks_like_audio
from bot.playground.speech.recognition import Recogniser, Recognition
from bot.playground.speech.records import Failure, Generation

KEPT_SECONDS = 3600.0
NEXT = "next"
UNSUPPORTED = Failure("error", {"name": "UnsupportedMedia", "message": "unsupported audio"})


class Generations:
    """All generations by id. `peak` is the largest number of each family that were under way at once."""

    def __init__(self, clock: Callable[[], float], announce: Callable[[], None]) -> None:
        self.by_id: dict[str, Generation] = {}
        self.peak: dict[str, int] = {}
        self._clock = clock
        self._announce = announce
        self._under_way: dict[str, list[Generation]] = {}
        self._next_failures: list[Failure] = []
        self._recognitions: set[asyncio.Task[None]] = set()

    def under_way(self, family: str) -> int:
        now = self._clock()
        left = [one for one in self._under_way.get(family, []) if not one.ready(now)]
        self._under_way[family] = left
        return len(left)

    def begin(
        self, generation_id: str, model: str, data: bytes, options: Mapping[str, str], latency: float
    ) -> Generation:
        now = self._clock()
        generation = Generation(
            id=generation_id,
            model=model,
            family=catalogue.family(model),
            sha256=hashlib.sha256(data).hexdigest(),
            options=dict(options),
            created_at=now,
            ready_at=now + latency,
            outcome=self._next_failures.pop(0) if self._next_failures else None,
        )
        self._add(generation)
        return generation

    def _add(self, generation: Generation) -> None:
        family = generation.family
        self.by_id[generation.id] = generation
        count = self.under_way(family) + 1
        self._under_way[family].append(generation)
        self.peak[family] = max(self.peak.get(family, 0), count)

    def recognise(self, generation: Generation, data: bytes, recogniser: Recogniser, *, picky: bool) -> None:
        """Start the recognition, unless the generation is to fail anyway. If `picky`, only audio is accepted."""
        if generation.outcome is not None:
            return
        if picky and not looks_like_audio(data):
            generation.outcome = UNSUPPORTED
            return
        task = asyncio.create_task(self._listen(generation, data, recogniser))
        self._recognitions.add(task)
        task.add_done_callback(self._recognitions.discard)

    async def _listen(self, generation: Generation, data: bytes, recogniser: Recogniser) -> None:
        try:
            heard = await recogniser(data, generation.model, generation.options)
        except Exception as error:  # noqa: BLE001 - for every error of an engine the API reports a failed generation
            self._settle(generation, Failure("error", {"name": type(error).__name__, "message": str(error)}))
        else:
            self._settle(generation, heard)

    def _settle(self, generation: Generation, outcome: Recognition | Failure) -> None:
        if generation.outcome is None:
            generation.outcome = outcome
            generation.ready_at = max(generation.ready_at, self._clock())
        self._announce()

    def fail(self, generation_id: str, failure: Failure) -> None:
        """Let a generation fail, or the "next" one to be created; clients see it when the generation is ready."""
        if generation_id == NEXT:
            self._next_failures.append(failure)
        else:
            self.by_id[generation_id].outcome = failure

    def find(self, generation_id: str) -> Generation | None:
        """Find a generation; None if it is unknown or forgotten, or its result is older than KEPT_SECONDS."""
        found = self.by_id.get(generation_id)
        if found is None or found.forgotten:
            return None
        expired = found.outcome is not None and self._clock() > found.ready_at + KEPT_SECONDS
        return None if expired else found

    async def stop(self) -> None:
        for task in self._recognitions:
            task.cancel()
        await asyncio.gather(*self._recognitions, return_exceptions=True)

"""The parts of a long recording: whether they are those that it is cut into, how far they are, and their text."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from bot.engine.steps.seams import moved, sewn
from bot.engine.steps.voices import known_by, nobody_told_apart, speakers_in
from bot.uploads import Source
from storage.transcript import Transcript, shortened
from storage.words import Generation

# Seconds by which an edge of a part may differ, as another ffmpeg may count a little otherwise. A part begins in a
# pause that lasts three times as long at least, or with what the one before it has, too.
_SAME = 0.1


def cut_otherwise(stored: Iterable[Generation], sources: Sequence[Source]) -> frozenset[int]:
    """Return the parts that are stored with other seconds of the recording than are sent for them now."""
    now = {part: (each.start, each.overlap, each.duration) for part, each in enumerate(sources)}
    return frozenset([each.part for each in stored if not _is_same(each, now.get(each.part))])


def _is_same(stored: Generation, now: tuple[float, float, float] | None) -> bool:
    if now is None:
        return False
    before = (stored.start, stored.overlap, stored.duration)
    return all(abs(one - other) <= _SAME for one, other in zip(before, now, strict=True))


@dataclass(slots=True)
class Parts:
    """How far the parts of a recording are: each is missing, is looked at until it is heard, or is heard."""

    count: int
    made: dict[int, Generation] = field(default_factory=dict)  # those that are not missing
    due: dict[int, float] = field(default_factory=dict)  # when to look at each that is not heard

    @classmethod
    def of(cls, count: int, stored: Iterable[Generation], look_at: float) -> "Parts":
        """Take up a recording of so many parts where it was left."""
        made = {each.part: each for each in stored}
        return cls(count, made, {part: look_at for part, each in made.items() if each.transcript is None})

    @property
    def missing(self) -> list[int]:
        return [part for part in range(self.count) if part not in self.made]

    @property
    def are_heard(self) -> bool:
        """Tell whether all are."""
        return not self.due and len(self.made) == self.count

    def look_later(self, generation: Generation, at: float) -> None:
        self.made[generation.part], self.due[generation.part] = generation, at

    def hear(self, made: Generation, transcript: Transcript) -> Transcript:
        """Take what is heard in a part, and return as much of it as a part may have."""
        transcript = shortened(transcript, self.count)
        self.made[made.part] = replace(made, transcript=transcript)
        self.due.pop(made.part, None)
        return transcript

    def drop(self, lost: Iterable[int]) -> None:
        for part in lost:
            del self.made[part]
            self.due.pop(part, None)

    def joined(self) -> Transcript | None:
        """Return the whole once all are heard."""
        return joined([self.made[part] for part in sorted(self.made)]) if self.are_heard else None


def joined(generations: Sequence[Generation]) -> Transcript | None:
    """Return one transcript of all parts, their times counted from the start of the recording; None while one lacks."""
    parts = [(each, each.transcript) for each in generations if each.transcript is not None]
    return _join(parts) if parts and len(parts) == len(generations) else None


def _join(parts: Sequence[tuple[Generation, Transcript]]) -> Transcript:
    if len(parts) == 1:
        return parts[0][1]
    (first, transcript), *others = parts
    whole = moved(transcript, first.start)
    for part, (each, following) in enumerate(others, 1):
        heard = known_by(whole, moved(following, each.start), part, each.start, each.overlap)
        whole = sewn(whole, heard, each.start, each.overlap)
    if len(speakers_in(whole)) > 1 and all(len(speakers_in(transcript)) < 2 for _, transcript in parts):
        whole = nobody_told_apart(whole)  # no part has one beside another
    told = next((transcript for _, transcript in parts if transcript.language), Transcript(""))
    return replace(whole, language=told.language, language_confidence=told.language_confidence)

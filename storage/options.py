"""Options: how a recording is to be transcribed, and the model for languages that the usual one does not know."""

from collections.abc import Collection
from dataclasses import dataclass, fields, replace
from hashlib import sha256
from typing import Any

AUTO = "auto"  # instead of a language: the model finds out by itself


@dataclass(frozen=True, slots=True)
class Options:
    """How a recording is to be transcribed, beside the model."""

    language: str = AUTO  # a BCP-47 tag, or AUTO
    speakers: bool = False  # told apart
    smart_format: bool = True  # numbers, dates and the like as people write them
    fillers: bool = False  # "uh" and "um" stay in the text
    profanity_filter: bool = False
    numerals: bool = False  # numbers as digits
    vocabulary: tuple[str, ...] = ()  # words to listen for, each without spaces

    @property
    def key(self) -> str:
        """One text for equal options, and another for different ones. It has what is not as usual, and the language.

        The order of the vocabulary makes no difference, and many long words make no long key.
        """
        flags = (f"{name}={getattr(self, name)}" for name in self.unusual if name != "vocabulary")
        return ";".join((f"language={self.language}", *flags, *self._hashed_words()))

    def _hashed_words(self) -> tuple[str, ...]:
        if not self.vocabulary:
            return ()
        words = "\n".join(sorted(self.vocabulary)).encode("utf-8", "surrogatepass")
        return (f"vocabulary={sha256(words).hexdigest()}",)

    @property
    def unusual(self) -> tuple[str, ...]:
        """The names of the options that are not as usual, beside the language."""
        return tuple(name for name, usual in _USUAL.items() if getattr(self, name) != usual)

    def without(self, names: Collection[str]) -> "Options":
        """Return the options with the usual values of some, which are not the language."""
        usual: dict[str, Any] = {name: _USUAL[name] for name in self.unusual if name in names}
        return replace(self, **usual) if usual else self


_USUAL = {each.name: each.default for each in fields(Options) if each.name != "language"}


@dataclass(frozen=True, slots=True)
class Fallback:
    """A model for recordings in languages that the operator's default model does not know."""

    model: str
    languages: frozenset[str]  # tags in small letters

    def knows(self, tag: str | None) -> bool:
        """Tell whether it is for a language; for fa-IR it is where it is for fa."""
        tag = (tag or "").lower().replace("_", "-")
        while tag and tag not in self.languages:
            tag = tag.rpartition("-")[0]
        return bool(tag)

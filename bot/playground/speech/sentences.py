"""Sentences and paragraphs of words, divided as the provider divides them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from bot.playground.speech.recognition import Word

SENTENCE_ENDS = (".", "!", "?", "…", "。")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence: at least one word, all of one speaker."""

    words: tuple[Word, ...]

    @property
    def text(self) -> str:
        return " ".join(word.text for word in self.words)

    @property
    def start(self) -> float:
        return self.words[0].start

    @property
    def end(self) -> float:
        return self.words[-1].end

    @property
    def speaker(self) -> int:
        return self.words[0].speaker


def sentences(words: Sequence[Word]) -> Iterator[Sentence]:
    begun: list[Word] = []
    for word in words:
        if begun and (begun[-1].text.endswith(SENTENCE_ENDS) or begun[-1].speaker != word.speaker):
            yield Sentence(tuple(begun))
            begun = []
        begun.append(word)
    if begun:
        yield Sentence(tuple(begun))


def paragraphs(words: Sequence[Word]) -> list[list[Sentence]]:
    """Divide words into paragraphs; a new one begins when the speaker changes."""
    return [list(said) for _, said in groupby(sentences(words), key=lambda sentence: sentence.speaker)]

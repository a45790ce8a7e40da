"""The layout of a transcript in paragraphs and speakers' turns, each with the time at which it begins.

The text is cut and never rewritten: all its paragraphs together are the text that the provider gave. They begin where
the provider begins them and where the speaker changes; where that leaves them long, also at pauses and the ends of
sentences. Nothing has a time, or a speaker, but by a word or a segment that was found in the text.
"""

import math
import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from bot.text.aligned import ENOUGH, Flat, find, flat
from bot.text.graphemes import is_boundary
from bot.text.layout import CLOSING, FULL_STOPS
from storage.transcript import Segment, Transcript, Word

# Of a paragraph, in letters: a line of a phone has thirty, and a person says fifteen of them in a second.
FEW = 40  # a shorter rest stays where it is, unless it is said after a long pause
SHORT = 150  # shorter ones end only where a speaker is silent for long
USUAL = 350
LONG = 700  # one of so many is cut although no sentence ends
LONGEST_OF_PROVIDER = 1_000  # a paragraph that the provider made is left whole up to so many
LETTERS_OF_WIDE = 2.5  # of these that one letter of Chinese or Japanese takes the place of

# Pauses between two words, in seconds.
PAUSE = 0.8
LONG_PAUSE = 2.0
SILENCE = 4.0

SAME_ORDER = 0.98  # of the letters are found where words and text are not in different orders
OWN_UTTERANCE = 1.0  # a pause within one channel, after which what others said meanwhile may come

_STOP = re.compile(f"[.!?…{FULL_STOPS}]")
_SENTENCE_END = re.compile(rf"{_STOP.pattern}[.!?…{FULL_STOPS}{CLOSING}]*\s*\Z")
_BREAK = re.compile(r"[\n\r\x0b\x0c\x85\u2028\u2029]\s*")
_OPENS = frozenset({"Ps", "Pi", "Pd"})  # categories of what belongs to the word after it, in any language
_OPENS_AFTER_SPACE = frozenset("\"'¿¡$€£#@+-_*")
_WIDE = frozenset("WF")
_END_WITHIN = 16  # characters before a word, in which the sentence before it ends
_SAMPLE = 2_000  # letters that tell whether a text is written in wide ones


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A piece of the text; `start` in seconds. `speaker` is None where nobody is told apart."""

    text: str
    start: float
    speaker: str | None


Item = Word | Segment


@dataclass(frozen=True, slots=True)
class _Spoken:
    """What was said, in the order of the text, and where each item stands among the letters there."""

    items: Sequence[Item]
    places: Sequence[int]

    def begins(self, number: int) -> bool:
        """Tell whether a word stands at a place of its own: those that were not found stand together."""
        return number > 0 and self.places[number] > self.places[number - 1]

    def pause(self, number: int) -> float:
        """Return the seconds of silence before a word that is not the first one."""
        return self.items[number].start - self.items[number - 1].end


def paragraphs(transcript: Transcript, *, by_speaker: bool) -> tuple[Paragraph, ...]:
    """Cut a transcript; nothing comes of one without times, or with words that are not those of its text.

    With several speakers, and `by_speaker`, each change of them begins a paragraph, and channels that follow each
    other in the text are put in the order of time.
    """
    items, speakers = transcript.said, order_of_speakers(transcript)
    letters = flat(transcript.text)
    in_order = _in_order_of_text(letters, items, several=len(speakers) > 1)
    if in_order is None:
        return ()
    spoken, is_by_channel = in_order
    text = _Text(letters, spoken)
    turns: Sequence[_Turn] = [_Turn(0, len(items), None)]
    if by_speaker and len(speakers) > 1:
        turns = _in_time(spoken) if is_by_channel else list(_turns(spoken))
    return tuple(piece for turn in turns for piece in text.pieces(turn))


def order_of_speakers(transcript: Transcript) -> tuple[str, ...]:
    """Return the speakers in the order of their first words."""
    return tuple(dict.fromkeys(each.speaker for each in transcript.said if each.speaker is not None))


def _in_order_of_text(text: Flat, items: Sequence[Item], *, several: bool) -> tuple[_Spoken, bool] | None:
    """Find what was said in the text, and tell whether that has one channel after the other; None if it is not there.

    One channel after the other is looked for where `several` speakers are told apart.
    """
    best, is_by_channel = find(text.letters, (each.text for each in items)), False
    if best.share < SAME_ORDER and several:
        by_channel = sorted(items, key=lambda each: (len(each.speaker or ""), each.speaker or ""))
        other = find(text.letters, (each.text for each in by_channel))
        if other.share > best.share:
            best, items, is_by_channel = other, by_channel, True
    return (_Spoken(items, best.places), is_by_channel) if best.share >= ENOUGH else None


@dataclass(frozen=True, slots=True)
class _Turn:
    """What one speaker said, from one word to another one, which is not part of it."""

    first: int
    end: int
    speaker: str | None


def _turns(spoken: _Spoken, longest_pause: float = math.inf) -> Iterator[_Turn]:
    """Yield turns in the order of the text; a word of nobody belongs to the turn that it stands in."""
    first, speaker = 0, next((each.speaker for each in spoken.items if each.speaker is not None), None)
    for number, each in enumerate(spoken.items):
        changes = each.speaker is not None and each.speaker != speaker
        if spoken.begins(number) and (changes or spoken.pause(number) > longest_pause):
            yield _Turn(first, number, speaker)
            first, speaker = number, each.speaker or speaker
    yield _Turn(first, len(spoken.items), speaker)


def _in_time(spoken: _Spoken) -> Sequence[_Turn]:
    """Put the turns of channels in the order of time, and what then follows its own channel together again."""
    utterances = sorted(_turns(spoken, OWN_UTTERANCE), key=lambda each: spoken.items[each.first].start)
    together = utterances[:1]
    for each in utterances[1:]:
        if each.speaker == together[-1].speaker and each.first == together[-1].end:
            together[-1] = replace(together[-1], end=each.end)
        else:
            together.append(each)
    return together


class _Text:
    """A text, in which the words of its recording were found."""

    def __init__(self, letters: Flat, spoken: _Spoken) -> None:
        self._text = letters.text
        self._letters = letters
        self._spoken = spoken
        self._scale = 1 / LETTERS_OF_WIDE if _is_wide(letters.letters[:_SAMPLE]) else 1.0
        breaks = (letters.place_after(each.end()) for each in _BREAK.finditer(letters.text))
        begins = (bisect_left(spoken.places, place) for place in breaks)
        self._begins = [each for each in begins if 0 < each < len(spoken.places)]
        self._has_sentences = _STOP.search(letters.text) is not None

    def pieces(self, turn: _Turn) -> Iterator[Paragraph]:
        """Yield the paragraphs of a turn; what has no letters stands with the one before it."""
        begins = [*self._begins_in(turn), turn.end]
        cuts = [self._cut(number) for number in begins]
        for number, start, end in zip(begins, cuts, cuts[1:], strict=False):
            piece = self._text[start:end].strip()
            if piece:
                yield Paragraph(piece, self._spoken.items[number].start, turn.speaker)

    def _begins_in(self, turn: _Turn) -> Iterator[int]:
        """Yield the words of a turn that begin a paragraph."""
        here = self._begins[bisect_right(self._begins, turn.first) : bisect_left(self._begins, turn.end)]
        most = LONGEST_OF_PROVIDER * self._scale if self._begins else 0
        for first, end in pairwise(dict.fromkeys([turn.first, *here, turn.end])):
            yield first
            if self._length(first, end) > most:
                yield from self._more_in(first, end)

    def _more_in(self, first: int, end: int) -> Iterator[int]:
        """Yield more of them, by the pauses and sentences from one word to another."""
        items, places = self._spoken.items, self._spoken.places
        last = self._place(end) - FEW * self._scale
        since = first
        for number in range(first + 1, end):
            pause = items[number].start - items[number - 1].end
            letters = (places[number] - places[since]) / self._scale
            if (letters < SHORT or places[number] > last) and pause < LONG_PAUSE:
                continue
            if letters >= LONG:
                since = self._after_longest_pause(since, number)
                yield since
            elif self._may_begin(number, letters, pause):
                since = number
                yield number

    def _may_begin(self, number: int, letters: float, pause: float) -> bool:
        """Tell whether a word begins a paragraph after so many letters, and a pause that is long for fewer."""
        if pause < PAUSE and letters < USUAL:
            return False
        if not self._spoken.begins(number) or pause >= SILENCE:
            return self._spoken.begins(number)
        if pause >= PAUSE and not self._has_sentences:
            return True
        return self._ends_a_sentence(number)

    def _after_longest_pause(self, since: int, number: int) -> int:
        """Return the word after the longest pause that leaves neither part too short; of equal ones after the last."""
        far = bisect_left(self._spoken.places, self._place(since) + SHORT * self._scale)
        later = filter(self._spoken.begins, range(number, far - 1, -1))
        return max(later, key=self._spoken.pause)

    def _length(self, first: int, end: int) -> int:
        return self._place(end) - self._place(first)

    def _place(self, number: int) -> int:
        places = self._spoken.places
        return places[number] if number < len(places) else len(self._letters.letters)

    def _ends_a_sentence(self, number: int) -> bool:
        cut = self._cut(number)
        return _SENTENCE_END.search(self._text, max(0, cut - _END_WITHIN), cut) is not None

    def _cut(self, number: int) -> int:
        """Return where the text is cut before a word: what opens it, as a bracket does, goes along."""
        if number == 0:
            return 0
        if self._place(number) == len(self._letters.letters):
            return len(self._text)
        cut = at = self._letters.in_text(self._place(number))
        while at > 0 and self._belongs_to_next(at - 1):
            at -= 1
            cut = at if not self._text[at].isspace() else cut
        while not is_boundary(self._text, cut):
            cut += 1
        return cut

    def _belongs_to_next(self, index: int) -> bool:
        """Tell of a character before a word whether it is white space or opens the word."""
        character = self._text[index]
        if character.isspace() or unicodedata.category(character) in _OPENS:
            return True
        return character in _OPENS_AFTER_SPACE and (index == 0 or self._text[index - 1].isspace())


def _is_wide(letters: str) -> bool:
    return 2 * sum(unicodedata.east_asian_width(each) in _WIDE for each in letters) > len(letters)

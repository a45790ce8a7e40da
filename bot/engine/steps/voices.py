"""Speakers of a recording that was heard in parts: the provider numbers those of each part anew.

Two parts tell who is who only where both heard the same words, in the seconds that they share. Who is not heard there
is somebody else as far as anybody knows: one speaker too many can be named like another one, but words that are put
into the mouth of another cannot be told from theirs.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from storage.transcript import Segment, Transcript, Word

NEAR = 0.5  # seconds by which times of the same word in two transcripts differ at the most


def speakers_in(transcript: Transcript) -> frozenset[str]:
    words, segments = {each.speaker for each in transcript.words}, {each.speaker for each in transcript.segments}
    return frozenset(each for each in words | segments if each is not None)


def known_by(first: Transcript, second: Transcript, part: int, start: float, overlap: float) -> Transcript:
    """Return the second transcript, of a part, with the speakers of the first; others have names that this has not.

    Times are those of the recording; both have the seconds from `start` on that overlap.
    """
    taken = speakers_in(first)
    same = _same(_shared(first, start, overlap), _shared(second, start, overlap))
    return _called(second, {each: same.get(each) or _new(each, part, taken) for each in speakers_in(second)})


def nobody_told_apart(transcript: Transcript) -> Transcript:
    """Return a transcript without its speakers."""
    words = tuple([replace(each, speaker=None) for each in transcript.words])
    return replace(
        transcript, words=words, segments=tuple([replace(each, speaker=None) for each in transcript.segments])
    )


def _called(transcript: Transcript, names: Mapping[str, str]) -> Transcript:
    def name(speaker: str | None) -> str | None:
        return None if speaker is None else names[speaker]

    words = tuple([replace(each, speaker=name(each.speaker)) for each in transcript.words])
    segments = tuple([replace(each, speaker=name(each.speaker)) for each in transcript.segments])
    return replace(transcript, words=words, segments=segments)


def _new(speaker: str, part: int, taken: frozenset[str]) -> str:
    name = f"{part}/{speaker}"
    return name if name not in taken else _new(name, part, taken)


def _same(ones: Sequence[Word], others: Sequence[Word]) -> Mapping[str, str]:
    """Return by the speakers of other words those of the ones, where more than half of what each says is the other's.

    So nobody is two people, and no two are one.
    """
    both = Counter(_heard_by_both(ones, others))
    by_one = Counter(one for one, _ in both.elements())
    by_other = Counter(other for _, other in both.elements())
    return {
        other: one for (one, other), words in both.items() if 2 * words > by_one[one] and 2 * words > by_other[other]
    }


def _heard_by_both(ones: Sequence[Word], others: Sequence[Word]) -> Iterator[tuple[str, str]]:
    """Yield the two speakers of each word that is heard by both, at the same time; each word is one of one other."""
    left = list(ones)
    for other in others:
        near = [each for each in left if abs(each.start - other.start) <= NEAR and _plain(each) == _plain(other)]
        if near:
            found = min(near, key=lambda each: abs(each.start - other.start))
            left.remove(found)
            if found.speaker is not None and other.speaker is not None:
                yield found.speaker, other.speaker


def _shared(transcript: Transcript, start: float, overlap: float) -> Sequence[Word]:
    if overlap <= 0:
        return ()
    said = (*transcript.words, *_spread(transcript.segments))
    return [each for each in said if _plain(each) and start - NEAR <= each.start <= start + overlap + NEAR]


def _spread(segments: Iterable[Segment]) -> Iterator[Word]:
    """Yield the words of segments, as if each took as long as another one of its segment."""
    for each in segments:
        texts = each.text.split()
        for number, text in enumerate(texts):
            start = each.start + (each.end - each.start) * number / len(texts)
            yield Word(text, start, start, each.speaker)


def _plain(word: Word) -> str:
    return "".join(filter(str.isalnum, word.text.casefold()))

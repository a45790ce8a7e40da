"""The lines of one subtitle."""

from collections.abc import Sequence
from itertools import accumulate

from bot.documents.cuts import BOUND, are_bound, ends_clause, ends_sentence
from bot.documents.spoken import Piece

AT_SENTENCE, AT_CLAUSE = 16, 10  # characters that one line may be longer than the other for it
BELOW = 2  # the same, for a second line that is the longer one


def lines(pieces: Sequence[Piece], most: int) -> tuple[str, ...]:
    """Return one line, or two of about the same length; none is longer than `most` unless one word is."""
    parts = [f" {piece.text}" if piece.after_space else piece.text for piece in pieces]
    whole = "".join(parts)
    if len(whole.lstrip()) <= most or len(pieces) < 2:
        return (whole.lstrip(),)
    pairs = ((whole[:end].lstrip(), whole[end:].lstrip()) for end in accumulate(map(len, parts[:-1])))
    return max(pairs, key=lambda pair: _worth(pair[0], pair[1], most))


def _worth(first: str, second: str, most: int) -> float:
    worth = -abs(len(second) - len(first) - BELOW) - 1000 * max(0, len(first) - most, len(second) - most)
    if ends_sentence(first):
        return worth + AT_SENTENCE
    if ends_clause(first):
        return worth + AT_CLAUSE
    return worth - (BOUND if are_bound(first.rpartition(" ")[2], second) else 0)

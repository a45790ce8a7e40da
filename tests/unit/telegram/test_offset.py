import pytest

from bot.telegram.receiving.offset import FAR, Offset


def offset_after(*batches: set[int]) -> Offset:
    """Each batch is confirmed by the request that brings the next one."""
    offset = Offset()
    for batch in batches:
        offset.answered()
        offset.take(batch)
    return offset


@pytest.mark.parametrize(
    ("batches", "following"),
    [
        ([{5}], 6),
        ([{5, 6, 9}], 10),
        ([{5}, {6, 7}], 8),
        ([{5}, {6, FAR + 100}], 7),
        ([{10 * FAR}, {3, 10 * FAR + 1}], 10 * FAR + 2),
        ([{1, 10 * FAR, 10 * FAR + 1}], 10 * FAR + 2),
        ([{5, 6, 10 * FAR}], 7),
        ([{5}, {FAR + 5}], FAR + 6),
    ],
)
def test_a_batch_confirms_what_is_near_to_those_before_it_or_to_each_other(batches, following):
    offset = offset_after(*batches)
    assert offset.next == following


@pytest.mark.parametrize(
    "batches", [[{5}, {10 * FAR}], [{20 * FAR}, {5}], [{5, 10 * FAR}], [{5}, {10 * FAR}, {10 * FAR}]]
)
def test_what_is_far_from_those_before_is_confirmed_once_and_not_kept(batches):
    offset = offset_after(*batches)
    assert offset.is_doubtful
    assert offset.next == max(batches[-1]) + 1
    offset.answered()
    assert offset.next is None
    assert not offset.is_doubtful


def test_after_it_those_that_follow_the_ones_before_are_kept_again():
    offset = offset_after({5}, {10 * FAR}, {6})
    offset.answered()
    assert offset.next == 7


def test_a_new_beginning_is_believed_when_it_goes_on():
    offset = offset_after({5}, {10 * FAR}, {10 * FAR + 1})
    offset.answered()
    assert offset.next == 10 * FAR + 2


def test_nothing_confirms_nothing():
    offset = Offset()
    assert not offset.take(set())
    assert offset.next is None
    assert offset.take({5})
    assert not offset.take(set())
    assert not offset.take({5})
    assert offset.next == 6

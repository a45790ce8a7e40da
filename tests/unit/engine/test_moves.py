"""Which ids a chat had before."""

from bot.engine.moves import Moves


def test_a_chat_has_its_own_id():
    assert Moves(store=None).ids(7) == {7}


def test_a_chat_keeps_every_id_that_it_had():
    moves = Moves(store=None)
    moves.note(1, 2)
    moves.note(2, 3)
    assert moves.ids(3) == {1, 2, 3}
    assert moves.ids(1) == {1}


def test_chats_that_came_from_each_other_end_the_search():
    moves = Moves(store=None)
    moves.note(1, 2)
    moves.note(2, 1)
    moves.note(3, 3)
    assert moves.ids(1) == {1, 2}
    assert moves.ids(3) == {3}

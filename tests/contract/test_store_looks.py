"""What was learned about the time that generations take: kept by model and class of length."""

import sqlite3
from contextlib import closing

import pytest

from storage.sqlite.engine import open_store
from tests.contract.stored import NOW

SHORT, LONG, OTHER = ("nova", 0), ("nova", 4), ("whisper", 0)


async def test_a_first_start_has_learned_nothing(store):
    assert await store.learned() == {}


async def test_what_was_learned_is_kept_and_the_rest_stays(store):
    await store.keep_learned({SHORT: 1.5, LONG: 60.0, OTHER: 7.0})
    await store.keep_learned({SHORT: 0.5})
    assert await store.learned() == {SHORT: 0.5, LONG: 60.0, OTHER: 7.0}


async def test_keeping_the_same_again_changes_nothing(store):
    for _ in range(2):
        await store.keep_learned({SHORT: 1.5, OTHER: 7.0})
    assert await store.learned() == {SHORT: 1.5, OTHER: 7.0}


async def test_nothing_to_keep_is_fine(store):
    await store.keep_learned({})
    assert await store.learned() == {}


@pytest.mark.parametrize(
    ("column", "value"),
    [("model", b"\xff"), ("length", "long"), ("length", 0.5), ("soonest", "soon"), ("soonest", b"\x00")],
)
async def test_a_row_that_holds_something_else_than_it_should_is_left_out(tmp_path, column, value):
    path = tmp_path / "verbatim.db"
    store = await open_store(path, lambda: NOW)
    await store.keep_learned({SHORT: 1.5, OTHER: 7.0})
    await store.close()
    with closing(sqlite3.connect(path, isolation_level=None)) as shell:
        shell.execute(f"UPDATE looks SET {column} = ? WHERE model = 'nova'", (value,))
    store = await open_store(path, lambda: NOW)
    assert await store.learned() == {OTHER: 7.0}
    await store.close()

"""A database that is deleted, moved or replaced under a running bot: it is noticed before anything is lost to it."""

import os
import re
import sqlite3
from contextlib import closing

import aiohttp
import pytest


async def health(life):
    """The status of /healthz."""
    await life.says("health.serving")
    port = re.search(r"health\.serving\s+port=(\d+)", life.output)[1]
    async with aiohttp.ClientSession() as session, session.get(f"http://127.0.0.1:{port}/healthz") as answer:
        return answer.status


def files(scene):
    return [scene.database, *(scene.database.with_name(scene.database.name + end) for end in ("-wal", "-shm"))]


def delete(scene):
    scene.database.unlink()


def delete_everything(scene):
    for file in files(scene):
        file.unlink()


def move(scene):
    scene.database.rename(scene.database.with_name("elsewhere.db"))


def another(path):
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE another (number)")


def replace(scene):
    another(scene.folder / "new.db")
    (scene.folder / "new.db").replace(scene.database)


def overwrite(scene):
    another(scene.folder / "new.db")
    scene.database.write_bytes((scene.folder / "new.db").read_bytes())


def empty(scene):
    scene.database.write_bytes(b"")


@pytest.mark.parametrize("harm", [delete, delete_everything, move, replace, overwrite, empty])
async def test_a_database_that_is_not_the_one_that_was_opened_is_told_and_nothing_is_confirmed(scene, harm):
    await scene.start(HTTP_PORT="0")
    await scene.life.says("telegram.ready")
    assert await health(scene.life) == 200
    harm(scene)
    assert await health(scene.life) == 503
    scene.voice()
    await scene.life.says("storage.unavailable")
    await scene.life.says("the database is no longer the file that was opened")
    assert scene.telegram.pending_updates  # the message waits at Telegram
    await scene.life.kill()
    delete_everything_that_is_left(scene)
    await scene.start()
    await scene.finish()


async def test_an_older_copy_of_the_database_that_is_copied_onto_it_is_told_and_nothing_is_confirmed(scene):
    await scene.start()
    await scene.life.says("telegram.ready")
    assert await scene.life.stop() == 0
    backup = scene.database.read_bytes()
    await scene.start(HTTP_PORT="0")
    await scene.life.says("telegram.ready")
    scene.database.write_bytes(backup)
    assert await health(scene.life) == 503
    scene.voice()
    await scene.life.says("the database is no longer the file that was opened")
    assert scene.telegram.pending_updates
    await scene.life.kill()
    delete_everything_that_is_left(scene)
    await scene.start()
    await scene.finish()


def delete_everything_that_is_left(scene):
    for file in files(scene):
        file.unlink(missing_ok=True)


async def test_a_database_that_was_moved_away_and_back_goes_on_with_all_that_was_sent_meanwhile(scene):
    await scene.start(HTTP_PORT="0")
    await scene.life.says("telegram.ready")
    moved = {file: file.with_name(f"moved-{file.name}") for file in files(scene)}
    for file, to in moved.items():
        file.rename(to)
    scene.voice()
    await scene.life.says("the database is no longer the file that was opened")
    for file, to in moved.items():
        to.rename(file)
    await scene.finish()


async def test_a_journal_that_is_deleted_ends_the_bot_and_loses_nothing(scene):
    await scene.start()
    await scene.life.says("telegram.ready")
    first = scene.voice()
    await scene.see(first.chat, first.text)
    for journal in files(scene)[1:]:
        journal.unlink()
    scene.voice()
    assert await scene.life.wait() == 1
    assert "the journal of the database" in scene.life.output
    assert "Traceback" not in scene.life.output
    await scene.start()
    await scene.finish()


@pytest.mark.parametrize("way", ["a hard link", "no lock file"])
async def test_a_second_bot_is_refused_that_comes_by(scene, way):
    running = await scene.start()
    await running.says("telegram.ready")
    other = scene.database
    if way == "a hard link":
        other = scene.folder / "link.db"
        os.link(scene.database, other)
    else:
        scene.database.with_name("verbatim.db.lock").unlink()
    await scene.start(DATABASE_URL=f"sqlite:///{other}")
    assert await scene.life.wait() == 2
    assert "another process is working on" in scene.life.output
    assert await running.stop() == 0


async def test_a_database_with_a_second_name_is_refused_after_the_one_that_gave_it(scene):
    await scene.start()
    await scene.life.says("telegram.ready")
    await scene.life.kill()
    os.link(scene.database, scene.folder / "link.db")
    await scene.start()
    assert await scene.life.wait() == 2
    assert "has a second name (a hard link)" in scene.life.output
    (scene.folder / "link.db").unlink()
    scene.voice()
    await scene.start()
    await scene.finish()

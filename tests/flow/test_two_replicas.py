"""Two replicas of the bot work on one PostgreSQL database: people do not notice which of them hears them."""

import asyncio
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace

import pytest

from bot.telegram.refusing import FRESH
from bot.text.rooms.trouble import Kind
from storage.errors import StorageUnavailableError
from storage.pause import Pause
from storage.words import PAUSED, State
from tests import postgres
from tests.patience import patience
from tests.world import World, other_voice, texts

SOON = 20.0  # seconds on a busy machine


@pytest.fixture
async def two(tmp_path, postgres_url):
    """Two replicas with the same people around them. Nothing goes on in them but what a story has them do."""
    here = World(tmp_path, database_url=postgres_url, access="invited", transcript_ttl_hours=0)
    there = World(tmp_path, **here.changed)
    there.telegram, there.speech = here.telegram, here.speech
    here.speech.latency = lambda _model, _data: 0.0
    async with AsyncExitStack() as stack:
        for each in (here.telegram, here.speech, here.running(), there.running()):
            await stack.enter_async_context(each)
        yield here, there
    assert here.telegram.violations == []


@pytest.fixture
def owner(two):
    return two[0].telegram.user("Olga")


@pytest.fixture
async def hers(two, owner):
    """The private chat of the owner, who has opened the link here."""
    here, _ = two
    chat = here.telegram.private(owner)
    chat.say(owner, f"/start own-{here.app.guests.invitation}")
    await hears(here)
    assert len(chat.bot_messages) == 1
    return chat


@pytest.fixture
def alice(two):
    return two[0].telegram.user("Alice")


@pytest.fixture
def chat(two, alice):
    two[0].speech.says("said")
    return two[0].telegram.private(alice)


async def hears(replica):
    """Let a replica take what people have sent, and answer it."""
    await replica.app.receiver.turn(0)
    await replica.app.receiver.confirm()  # or the other one gets it, too
    await has_answered(replica)


async def has_answered(replica):
    """Wait until all is said, which asks the database first whether it may be."""
    async with patience(SOON):
        while replica.app.replies._waiting or replica.app.replies._running:  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(0)


async def works(replica):
    await replica.app.presence.turn()
    await replica.app.sharing.turn()
    await replica.app.trouble.turn()
    async with beating(replica):
        await replica.app.poller.turn()
    await has_answered(replica)


@asynccontextmanager
async def beating(replica):
    """Let a replica beat meanwhile: a step waits before it shows anything as soon as the last beat is too old."""
    task = asyncio.create_task(replica.app.presence.run())
    try:
        yield task
    finally:
        await ended(task)


async def ended(task):
    task.cancel()
    await asyncio.wait({task})


async def until(condition, *replicas):
    """Let replicas work until something is so."""
    async with patience(SOON):
        while not await condition():
            for each in replicas:
                await works(each)
            await asyncio.sleep(0)


async def test_whom_the_owner_lets_in_here_is_served_there_at_once_until_shown_out(two, owner, hers, alice, chat):
    here, there = two
    chat.send_voice(alice, other_voice())
    await hears(there)
    assert ["not for" in text or str(alice.id) in text for text in texts(chat)] == [True]
    hers.say(owner, f"/allow {alice.id}")
    await hears(here)
    chat.send_voice(alice, other_voice())
    await hears(there)
    await until(lambda: _ends_with(chat, "said"), there)
    hers.say(owner, f"/revoke {alice.id}")
    await hears(here)
    await there.app.sharing.turn()
    chat.send_voice(alice, other_voice())
    await hears(there)
    assert len(await all_jobs(there)) == 1


async def _ends_with(chat, text):
    return texts(chat)[-1:] == [text]


async def test_what_is_asked_for_at_once_is_done_in_its_order(two, owner, hers, alice, monkeypatch):
    here, there = two
    allow = here.app.store.allow

    async def late(guest):
        for _ in range(20):
            await here.app.store.ping()
        await allow(guest)

    monkeypatch.setattr(here.app.store, "allow", late)
    hers.say(owner, f"/allow {alice.id}")
    hers.say(owner, f"/revoke {alice.id}")
    await hears(here)
    await there.app.guests.refresh()
    assert not there.app.guests.admits(alice.id)


async def test_another_text_that_is_wanted_here_and_there_at_once_is_made_once(two, owner, hers, alice, chat):
    here, there = two
    hers.say(owner, f"/allow {alice.id}")
    await hears(here)
    await there.app.guests.refresh()
    voice = chat.send_voice(alice, other_voice())
    await hears(there)
    await until(lambda: _ends_with(chat, "said"), there)
    for _ in range(2):
        chat.say(alice, "/again whisper-large", reply_to=voice)
    await asyncio.gather(here.app.receiver.turn(0), there.app.receiver.turn(0))
    await asyncio.gather(*(has_answered(each) for each in two))
    await until(lambda: _has_text(chat, "said", 2), here, there)
    assert len(await all_jobs(there)) == 2
    assert len(here.speech.uploads) == 2


async def _has_text(chat, text, times):
    return texts(chat).count(text) == times


async def test_of_two_who_open_the_link_at_once_one_owns_the_bot(two, owner, alice):
    here, there = two
    links = [each.app.guests.invitation for each in two]
    assert links[0] == links[1]
    olgas, alices = (here.telegram.private(each) for each in (owner, alice))
    olgas.say(owner, f"/start own-{links[0]}")
    await here.app.receiver.turn(0)
    alices.say(alice, f"/start own-{links[1]}")
    await hears(there)
    await has_answered(here)
    assert (here.app.guests.owner, there.app.guests.owner) == (owner.id, owner.id)
    alices.say(alice, "/allow 7")
    await hears(there)
    assert not there.app.guests.admits(7)


async def test_a_hint_is_given_once_a_minute_whoever_hears(two, owner, hers):
    here, there = two
    for replica in (here, there, here):
        hers.say(owner, "how are you?")
        await hears(replica)
    assert len(hers.bot_messages) == 2


async def test_while_the_operator_is_needed_one_job_of_one_replica_tries(two, owner, hers, postgres_url):
    here, there = two
    here.speech.says("said")
    here.speech.fault("create", status=401, times=10)
    hers.send_voice(owner, other_voice())
    await hears(here)
    await until(lambda: are_waiting(here, 1), here)
    assert creates_refused(here) == 1
    hers.send_voice(owner, other_voice())
    await hears(there)
    async with patience(SOON):
        while not await are_waiting(there, 2):
            await there.app.presence.turn()
            await there.app.poller.turn()
    assert creates_refused(here) == 1, "the other replica did not know of it, and sent nothing all the same"
    await the_pause_ends(here, postgres_url)
    await asyncio.gather(works(here), works(there))
    await until(lambda: are_waiting(here, 2), here, there)
    assert creates_refused(here) == 2, "one tried for all"
    here.speech.clear_faults()
    await the_pause_ends(here, postgres_url)
    await until(lambda: says_twice(hers, "said"), here, there)
    assert await here.app.store.pause() == Pause()


def creates_refused(replica):
    (fault,) = replica.speech.faults
    return 10 - fault.times


async def are_waiting(replica, number):
    jobs = await all_jobs(replica)
    return [(job.waiting_for, job.lease_token) for job in jobs] == [(PAUSED, None)] * number


async def all_jobs(replica):
    """All jobs; a message that comes again uses up a number of PostgreSQL's."""
    found = [await replica.app.store.job(number) for number in range(1, 20)]
    return [job for job in found if job is not None]


async def the_pause_ends(replica, url):
    await replica.app.store.change_pause(lambda pause: replace(pause, until=0.0))
    async with postgres.connected(url) as connection:
        await connection.execute("UPDATE jobs SET next_at = 0")


async def says_twice(chat, text):
    return texts(chat)[1:].count(text) == 2


async def test_the_owner_hears_once_of_trouble_that_both_have(two, owner, hers):
    here, there = two
    for each in two:
        each.app.trouble.begins(Kind.KEY)
    for each in (here, there, here):
        await works(each)
    assert len(texts(hers)) == 2
    there.app.trouble.accepted()
    for each in (there, here, there):
        await works(each)
    assert len(texts(hers)) == 3


async def test_of_two_that_lose_the_database_the_one_that_led_tells_the_owner(two, hers, monkeypatch):
    async def away(*_, **__):
        raise StorageUnavailableError("away")

    for each in two:
        await works(each)
        for method in ("see_trouble", "begin_telling", "keep_told", "keep_time", "ping", "settings"):
            monkeypatch.setattr(each.app.store, method, away)
    assert [each.app.presence.leads for each in two] == [True, False]
    for each in two:
        await each.app.maintenance.round()
        await each.app.trouble.turn()
    assert len(texts(hers)) == 2


async def test_a_message_comes_again_where_it_cannot_be_read_who_was_let_in(two, owner, hers, alice, chat, monkeypatch):
    here, there = two
    hers.say(owner, f"/allow {alice.id}")
    await hears(here)
    chat.send_voice(alice, other_voice())

    async def away():
        raise StorageUnavailableError("away")

    with monkeypatch.context() as patch:
        patch.setattr(there.app.store, "circle_version", away)
        with pytest.raises(StorageUnavailableError):
            await hears(there)
    await hears(there)
    await until(lambda: _ends_with(chat, "said"), there)
    assert len(chat.bot_messages) == 1


async def test_a_group_to_which_the_bot_has_returned_elsewhere_is_not_lost_here(two, owner, hers, alice):
    here, there = two
    group = here.telegram.group("Team", [alice], privacy=False)
    hers.say(owner, f"/allow {group.id}")
    await hears(here)
    group.kick_bot(alice)
    await hears(there)
    await until(lambda: _is_known_to_refuse(there, group), there)
    group.add_bot(alice, admin=True)
    await hears(here)
    here.speech.says("said")
    group.send_voice(alice, other_voice())
    await hears(there)
    await until(lambda: _is_let_go(there), there)
    (job,) = await all_jobs(there)
    assert (job.state, job.next_at - there.app.now() < FRESH) == (State.QUEUED, True), "it is asked again soon"


async def _is_known_to_refuse(replica, group):
    return replica.app.joining.refusing.is_known(group.id)


async def _is_let_go(replica):
    return [job.lease_token for job in await all_jobs(replica)] == [None]


async def test_an_edit_for_a_recording_that_another_one_goes_on_with_is_counted(two, owner, hers, postgres_url):
    here, there = two
    here.speech.says("said")

    async def others_go_on():
        await ended(beats)
        await there.app.presence.turn()
        async with postgres.connected(postgres_url) as connection:
            await connection.execute(f"UPDATE replicas SET seen_at = 0 WHERE name = '{here.app.presence.name}'")
        assert await there.app.store.replicas.bury()
        await there.app.presence.recover()
        await there.app.poller.turn()

    here.telegram.watch("editMessageText", others_go_on, times=1)
    hers.send_voice(owner, other_voice())
    await hears(here)
    async with patience(SOON), beating(here) as beats:
        while texts(hers)[-1] != "said":
            await here.app.poller.turn()
    assert b"verbatim_edits_in_doubt_total 1.0" in here.app.metrics.render()
    assert b"verbatim_edits_in_doubt_total 0.0" in there.app.metrics.render()

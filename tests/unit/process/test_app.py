"""What the composition root adds by itself: order, patience at the start, and a stop that loses nothing."""

import asyncio
import socket
import sqlite3
import tempfile
from dataclasses import replace
from functools import partial

import aiohttp
import pytest
from telegram import Update
from telegram.ext import TypeHandler

from bot.app import build
from bot.commands.run import run
from bot.config import SettingsError
from bot.engine import patience as limits
from bot.telegram.application import introduce, take_webhook_back
from bot.telegram.receiving.dispatch import processing
from storage.errors import DatabaseInUseError
from tests.patience import patience, until
from tests.unit.workbench import TOKEN

SOON = 10.0


@pytest.fixture
async def app(stopped_world):
    async with build(stopped_world.settings(), stopped_world.clock, lambda: 0.5) as app:
        yield app


async def until_receiving(stopped_world):
    return await until(stopped_world.telegram, lambda: stopped_world.telegram.calls_of("getUpdates"))


async def until_answered(stopped_world, chat):
    telegram = stopped_world.telegram
    return await until(telegram, lambda: chat.bot_messages and len(telegram.calls_of("getUpdates")) > 1)


@pytest.mark.parametrize("wrong", ["whisper-gigantic", "no", ""])
async def test_a_fallback_model_that_does_not_exist_is_a_wrong_setting(stopped_world, wrong):
    settings = replace(stopped_world.settings(), fallback_model=wrong)
    with pytest.raises(SettingsError, match=f"FALLBACK_MODEL names {wrong}, which is not a model"):
        async with build(settings, stopped_world.clock, lambda: 0.5):
            raise AssertionError


async def test_a_default_model_that_does_not_exist_is_a_wrong_setting(stopped_world):
    settings = replace(stopped_world.settings(), default_model="whisper-gigantic")
    with pytest.raises(SettingsError, match="DEFAULT_MODEL names whisper-gigantic, which is not a model"):
        async with build(settings, stopped_world.clock, lambda: 0.5):
            raise AssertionError
    assert not stopped_world.database.exists()


async def test_a_second_bot_on_the_same_database_is_refused(stopped_world, app):
    with pytest.raises(DatabaseInUseError):
        async with build(stopped_world.settings(), stopped_world.clock, lambda: 0.5):
            raise AssertionError


@pytest.fixture
def temporary(tmp_path, monkeypatch):
    """A folder for temporary files that nobody else uses."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    return tmp_path / "temporary"


async def test_files_of_a_crash_are_gone_at_the_next_start_and_at_the_end(stopped_world, temporary):
    async with build(stopped_world.settings(), stopped_world.clock, lambda: 0.5):
        (workplace,) = temporary.iterdir()
        assert workplace.stat().st_mode & 0o077 == 0
    assert not workplace.exists()
    workplace.mkdir()
    (workplace / "left over").write_text("half a recording")
    async with build(stopped_world.settings(), stopped_world.clock, lambda: 0.5):
        assert not workplace.exists()
    assert list(temporary.iterdir()) == []


async def test_a_run_answers_health_and_stops_when_told(stopped_world, app, lines):
    settings = replace(app.settings, http_port=0)
    app = type(app)(**{name: getattr(app, name) for name in app.__slots__} | {"settings": settings})
    stop = asyncio.Event()
    running = asyncio.create_task(run(app, stop))
    await until_receiving(stopped_world)
    (serving,) = lines.of("health.serving")
    async with aiohttp.ClientSession() as session, session.get(f"http://127.0.0.1:{serving['port']}/healthz") as answer:
        assert answer.status == 200
    stopped_world.clock.pass_(200)
    async with aiohttp.ClientSession() as session, session.get(f"http://127.0.0.1:{serving['port']}/healthz") as answer:
        assert answer.status == 503
    stop.set()
    async with patience(SOON):
        await running
    assert lines[-1]["event"] == "stopping"  # the command says that it has stopped, once everything is closed
    assert len(lines.of("everyone.allowed")) == 1
    assert stopped_world.telegram.commands[("default", "")]


async def test_health_and_metrics_can_have_a_port_alone(stopped_world, app, lines):
    settings = replace(app.settings, metrics_port=0)
    app = replace(app, settings=settings)
    stop = asyncio.Event()
    running = asyncio.create_task(run(app, stop))
    await until_receiving(stopped_world)
    (serving,) = lines.of("health.serving")
    for path in ("/healthz", "/metrics"):
        url = f"http://127.0.0.1:{serving['port']}{path}"
        async with aiohttp.ClientSession() as session, session.get(url) as answer:
            assert answer.status == 200
    stop.set()
    async with patience(SOON):
        await running


async def test_a_port_that_is_taken_is_a_wrong_setting(app):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        settings = replace(app.settings, http_port=port)
        app = type(app)(**{name: getattr(app, name) for name in app.__slots__} | {"settings": settings})
        with pytest.raises(SettingsError, match=f"HTTP_PORT {port} cannot be listened on"):
            await run(app, asyncio.Event())


async def test_chats_that_are_allowed_need_no_warning(stopped_world, lines):
    stop = asyncio.Event()
    stop.set()
    settings = replace(stopped_world.settings(), allowed_chats=frozenset({5}))
    async with build(settings, stopped_world.clock, lambda: 0.5) as app:
        await run(app, stop)
    assert lines.of("everyone.allowed") == []


async def test_a_stop_confirms_the_last_update(stopped_world, app, lines):
    alice = stopped_world.telegram.user("Alice")
    chat = stopped_world.telegram.private(alice)
    stop = asyncio.Event()
    running = asyncio.create_task(run(app, stop))
    await until_receiving(stopped_world)
    chat.say(alice, "/help")
    await until_answered(stopped_world, chat)
    stop.set()
    async with patience(SOON):
        await running
    assert stopped_world.telegram.pending_updates == []
    assert lines.of("confirm.failed") == []


async def test_a_stop_keeps_what_was_learned_since_the_last_round_of_maintenance(stopped_world, app, monkeypatch):
    monkeypatch.setattr(limits, "LEAVE_WITHIN", SOON)  # where the disk is busy it may not be in time, and be lost
    stop = asyncio.Event()
    running = asyncio.create_task(run(app, stop))
    await until_receiving(stopped_world)
    app.maintenance.learned.learn("nova-2-general", 10.0, 5.0)
    stop.set()
    async with patience(SOON):
        await running
    assert await app.store.learned() == {("nova-2-general", 0): 5.0}


async def test_a_stop_does_not_need_telegram(stopped_world, app, lines):
    alice = stopped_world.telegram.user("Alice")
    chat = stopped_world.telegram.private(alice)
    stop = asyncio.Event()
    running = asyncio.create_task(run(app, stop))
    await until_receiving(stopped_world)
    chat.say(alice, "/help")
    await until_answered(stopped_world, chat)
    stopped_world.telegram.fault("getUpdates", 401, times=None)
    stop.set()
    async with patience(SOON):
        await running
    assert [line["kind"] for line in lines.of("confirm.failed")] == ["OperatorError"]


async def test_a_loop_that_a_bug_ended_ends_the_process_loudly(stopped_world, app, lines):
    running = asyncio.create_task(run(app, asyncio.Event()))
    await until_receiving(stopped_world)
    with sqlite3.connect(stopped_world.database) as someone:
        someone.execute("ALTER TABLE jobs RENAME COLUMN next_at TO later_at")
    someone.close()
    app.poller.nudge()
    async with patience(SOON):
        await running
    line, *_ = lines.of("loop.ended")
    assert isinstance(line["exc_info"], sqlite3.OperationalError)


async def test_a_bug_in_a_handler_reaches_the_receiver_of_the_update(stopped_world):
    """The library keeps such errors to itself; an update that failed must be counted and told of."""

    async def buggy(update, _context):
        return 1 / update.effective_chat.id.imag

    async with stopped_world.running():
        alice = stopped_world.telegram.user("Alice")
        stopped_world.telegram.private(alice).say(alice, "/start")
        telegram = stopped_world.app.telegram
        telegram.error_handlers.clear()  # there is the bot's own
        process = processing(telegram)
        update = Update.de_json(stopped_world.telegram.pending_updates[0], telegram.bot)
        handler = TypeHandler(Update, buggy)
        telegram.add_handler(handler, group=-2)
        with pytest.raises(ZeroDivisionError):
            await process(update)
        telegram.remove_handler(handler, group=-2)
        await process(update)


async def test_a_start_waits_for_telegram_and_says_why(stopped_world, app, lines):
    stopped_world.telegram.fault("getMe", 401)
    await introduce(app.telegram)
    await take_webhook_back(app.telegram)
    await app.telegram.shutdown()
    (line,) = lines.of("telegram.not_ready")
    assert (line["error"], line["again_in"]) == ("Telegram does not accept TELEGRAM_BOT_TOKEN", 1.0)
    (line,) = lines.of("telegram.ready")
    assert line["username"] == "verbatim_bot"
    assert line["sees_plain_voices_in_groups"] is False
    assert TOKEN not in str(list(lines))


async def test_a_bug_is_told_of_the_update_that_had_it_and_not_of_one_beside_it(stopped_world):
    go_on, waiting = asyncio.Event(), asyncio.Event()

    async def slow_for_alice(update, _context):
        if update.effective_user.id == alice.id:
            waiting.set()
            await go_on.wait()
        else:
            raise ZeroDivisionError

    async with stopped_world.running():
        alice, bob = stopped_world.telegram.user("Alice"), stopped_world.telegram.user("Bob")
        for person in (alice, bob):
            stopped_world.telegram.private(person).say(person, "/start")
        telegram = stopped_world.app.telegram
        process = processing(telegram)
        telegram.add_handler(TypeHandler(Update, slow_for_alice), group=-2)
        first, second = (Update.de_json(each, telegram.bot) for each in stopped_world.telegram.pending_updates)
        well = asyncio.create_task(process(first))
        async with patience(SOON):
            await waiting.wait()
        with pytest.raises(ZeroDivisionError):
            await process(second)
        go_on.set()
        await well


async def test_processes_of_one_database_have_folders_of_their_own_and_remove_those_of_the_dead(
    stopped_world, postgres_url, temporary
):
    stopped_world.changed["database_url"] = postgres_url

    async def set_clock():
        """Nothing is stored yet."""

    def folders():
        return sorted(folder.name for folder in temporary.iterdir())

    build_another = partial(build, stopped_world.settings(), stopped_world.clock, lambda: 0.5)
    async with build_another() as first:
        await first.presence.begin(set_clock)
        _, mark, _ = folders()[0].split("-", 2)
        (temporary / f"verbatim-{mark}-machine-0123abcd.left").mkdir()
        async with build_another() as second:
            await second.presence.begin(set_clock)
            expected = sorted(f"verbatim-{mark}-{app.store.replicas.process}" for app in (first, second))
            assert [name.rpartition(".")[0] for name in folders()] == expected
            assert second.now() == pytest.approx(second.store.now(), abs=1)
        assert len(folders()) == 1
    assert folders() == []

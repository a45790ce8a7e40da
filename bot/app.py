"""The composition root: builds everything, passes it by constructor, starts it and stops it."""

import asyncio
import hashlib
import shutil
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
from telegram import BotCommand, Update
from telegram.error import TelegramError
from telegram.ext import Application

from bot.chores import Chores
from bot.config import Settings, SettingsError
from bot.errors import VerbatimError
from bot.health import serving
from bot.intake import Intake
from bot.log import get_logger
from bot.media.prepare import Limits
from bot.metrics import Metrics
from bot.poller import Poller
from bot.speech.catalogue import Family, Model, find
from bot.speech.client import SpeechClient
from bot.steps import Steps
from bot.steps.deliver import Deliver
from bot.steps.fetch import Fetch
from bot.steps.rhythm import Rhythm
from bot.steps.submit import Rules, Submit
from bot.telegram.delivery import Delivery
from bot.telegram.failures import failure
from bot.telegram.files import Files
from bot.telegram.pace import Pace
from bot.telegram.receiver import Receiver
from bot.telegram.request import AiohttpRequest
from bot.telegram.transport import Transport
from bot.text.sentences import COMMANDS
from handlers.cancel import Cancel
from handlers.commands import Commands
from handlers.groups import Gate, Migration
from handlers.media import Media
from handlers.routes import register
from storage.sqlite import SQLiteStore

log = get_logger(__name__)

Telegram = Application[Any, Any, Any, Any, Any, Any]
FFMPEG_SECONDS = 300.0
GRACE_SECONDS = 3.0  # steps get to end on a stop; with the rest of it, well below the 8 s that are promised
GOODBYE_SECONDS = 2.0
LONGEST_PAUSE = 30.0
COMMANDS_AGAIN_SECONDS = 3600.0


@dataclass(frozen=True, slots=True)
class App:
    """Everything that runs, wired together."""

    settings: Settings
    store: SQLiteStore
    telegram: Telegram
    receiver: Receiver
    poller: Poller
    chores: Chores
    metrics: Metrics
    now: Callable[[], float]


@dataclass(frozen=True, slots=True)
class Outside:
    """What the wiring needs of the world: a session, a folder for passing files, the wall clock, chance."""

    session: aiohttp.ClientSession
    workplace: Path
    now: Callable[[], float]
    random: Callable[[], float]


@asynccontextmanager
async def build(settings: Settings, now: Callable[[], float], random: Callable[[], float]) -> AsyncIterator[App]:
    """Open the database and the session, and close them at the end; nothing runs yet.

    Raises SettingsError for a model that does not exist, and the store's errors for a database that is in
    use, too new or out of reach.
    """
    default_model = _default_model(settings)
    async with AsyncExitStack() as stack:
        store = await SQLiteStore.open(settings.database_path, now, owner=settings.bot_id)
        stack.push_async_callback(store.close)
        session = await stack.enter_async_context(open_session())
        workplace = stack.enter_context(_workplace(settings.database_path))
        yield _wire(settings, default_model, store, Outside(session, workplace, now, random))


def open_session() -> aiohttp.ClientSession:
    """One session for everything; what is allowed at once is decided by the poller, not by its sockets."""
    return aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0), cookie_jar=aiohttp.DummyCookieJar())


@contextmanager
def _workplace(database: Path) -> Iterator[Path]:
    """A folder for files that live as long as a step; what an earlier process left behind when it died is removed."""
    mark = hashlib.sha256(str(database.absolute()).encode()).hexdigest()[:16]
    for left in Path(tempfile.gettempdir()).glob(f"verbatim-{mark}-*"):
        shutil.rmtree(left, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix=f"verbatim-{mark}-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


def _default_model(settings: Settings) -> Model:
    model = find(settings.default_model)
    if model is None:
        raise SettingsError([f"DEFAULT_MODEL names {settings.default_model}, which is not a model"])
    return model


def _wire(settings: Settings, default_model: Model, store: SQLiteStore, outside: Outside) -> App:
    metrics = Metrics()
    pace = Pace(outside.now)
    telegram = telegram_application(settings, outside.session, metrics, pace)
    delivery = Delivery(Transport(telegram.bot, pace), store)
    files = Files(telegram.bot, outside.session, settings.max_file_bytes)
    poller = Poller(
        store=store,
        take=_steps(settings, default_model, store, files, delivery, metrics, outside).take,
        delivery=delivery,
        metrics=metrics,
        now=outside.now,
        random=outside.random,
    )
    intake = Intake(
        store=store,
        metrics=metrics,
        default_model=default_model.name,
        default_language=settings.default_language,
        nudge=poller.nudge,
        now=outside.now,
    )
    register(
        telegram,
        gate=Gate(settings.allowed_chats, outside.now),
        media=Media(intake),
        commands=Commands(store, default_model, round(settings.max_file_mb), round(settings.max_audio_minutes)),
        cancel=Cancel(store, poller.nudge, outside.now),
        migration=Migration(store),
    )
    receiver = Receiver(
        bot=telegram.bot,
        session=outside.session,
        process=_processing(telegram),
        metrics=metrics,
        now=outside.now,
    )
    chores = Chores(store, metrics, outside.now)
    return App(settings, store, telegram, receiver, poller, chores, metrics, outside.now)


def telegram_application(settings: Settings, session: aiohttp.ClientSession, metrics: Metrics, pace: Pace) -> Telegram:
    """The library's application: its dispatch and its types, with our own network, pace and receiving."""

    def observe(method: str, status: str) -> None:
        metrics.telegram.labels(method, status).inc()

    request = AiohttpRequest(session, observe)
    return (
        Application.builder()
        .token(settings.telegram_bot_token.get_secret_value())
        .base_url(f"{settings.telegram_api_url}/bot")
        .base_file_url(f"{settings.telegram_api_url}/file/bot")
        .request(request)
        .get_updates_request(request)
        .rate_limiter(pace)
        .updater(None)
        .build()
    )


def _steps(
    settings: Settings,
    default_model: Model,
    store: SQLiteStore,
    files: Files,
    delivery: Delivery,
    metrics: Metrics,
    outside: Outside,
) -> Steps:
    speech = speech_client(settings, outside.session, metrics)
    rhythm = Rhythm(outside.random)
    submit = Submit(
        store=store,
        speech=speech,
        files=files,
        delivery=delivery,
        rhythm=rhythm,
        rules=_rules(settings, default_model),
        workplace=outside.workplace,
        now=outside.now,
    )
    fetch = Fetch(
        store=store,
        speech=speech,
        delivery=delivery,
        rhythm=rhythm,
        metrics=metrics,
        transcript_ttl=settings.transcript_ttl_hours * 3600,
        now=outside.now,
    )
    return Steps(submit, fetch, Deliver(store, delivery))


def speech_client(settings: Settings, session: aiohttp.ClientSession, metrics: Metrics) -> SpeechClient:
    def observe(call: str, status: int | str) -> None:
        metrics.provider.labels(call, str(status)).inc()

    return SpeechClient(session, settings.aimlapi_url, settings.aimlapi_key, observe=observe)


def _rules(settings: Settings, default_model: Model) -> Rules:
    return Rules(
        default_model=default_model,
        slots={Family.NOVA: settings.nova_concurrency, Family.WHISPER: settings.whisper_concurrency},
        limits=Limits(settings.max_audio_minutes * 60, settings.split_minutes * 60, FFMPEG_SECONDS),
    )


def _processing(telegram: Telegram) -> Callable[[Update], Awaitable[None]]:
    """Dispatch that raises what a handler raised; the library by itself keeps that for its error handlers."""
    raised: dict[int, Exception] = {}

    async def keep(update: object, context: Any) -> None:
        if isinstance(update, Update):
            raised[update.update_id] = context.error

    async def process(update: Update) -> None:
        await telegram.process_update(update)
        error = raised.pop(update.update_id, None)
        if error is not None:
            raise error

    telegram.add_error_handler(keep)
    return process


async def run(app: App, stop: asyncio.Event) -> None:
    """Serve until `stop` is set, then leave within seconds with nothing lost."""
    if not app.settings.allowed_chats:
        log.warning(
            "everyone.allowed", hint="set ALLOWED_CHATS to the ids of your chats, or strangers spend your credits"
        )
    log.info("leases.released", jobs=await app.store.release_all())
    async with AsyncExitStack() as stack:
        if app.settings.http_port is not None:
            await _serve_health(app, app.settings.http_port, stack)
        work = [asyncio.create_task(coroutine) for coroutine in (_receive(app), app.poller.run(), app.chores.run())]
        await _first(stop, work)
        log.info("stopping")
        await _stop(app, work)
        log.info("stopped")


async def _serve_health(app: App, port: int, stack: AsyncExitStack) -> None:
    received = lambda: app.now() - app.receiver.last_success_at  # noqa: E731
    written = lambda: app.now() - app.store.last_write_at  # noqa: E731
    try:
        bound = await stack.enter_async_context(
            serving(app.settings.http_host, port, app.metrics, received=received, written=written)
        )
    except OSError as error:
        raise SettingsError([f"HTTP_PORT {port} cannot be listened on: {error.strerror}"]) from None
    log.info("health.serving", port=bound)


async def _first(stop: asyncio.Event, work: Sequence[asyncio.Task[None]]) -> None:
    """Until the stop, or until a loop that should never end did: that is a bug, and ends the process loudly."""
    stopped = asyncio.create_task(stop.wait())
    done, _ = await asyncio.wait([stopped, *work], return_when=asyncio.FIRST_COMPLETED)
    stopped.cancel()
    for task in done - {stopped}:
        log.error("loop.ended", exc_info=task.exception())


async def _stop(app: App, work: Sequence[asyncio.Task[None]]) -> None:
    receiving, polling, chores = work
    receiving.cancel()
    chores.cancel()
    app.store.hurry()
    await app.poller.stop(GRACE_SECONDS)
    await asyncio.gather(receiving, polling, chores, return_exceptions=True)
    try:
        async with asyncio.timeout(GOODBYE_SECONDS):
            await app.receiver.confirm()
    except (VerbatimError, TimeoutError) as error:
        log.info("goodbye.unheard", kind=type(error).__name__)  # the updates come again and are known already
    await app.telegram.shutdown()


async def _receive(app: App) -> None:
    await introduce(app)
    async with asyncio.TaskGroup() as group:
        group.create_task(offer_commands(app))
        await app.receiver.run()


async def introduce(app: App) -> None:
    """Make the bot known to itself, and its updates come by getUpdates; as long as that takes."""
    failures = 0
    while True:
        try:
            await app.telegram.initialize()
            await app.telegram.bot.delete_webhook()
        except TelegramError as error:
            pause = min(2.0**failures, LONGEST_PAUSE)
            failures = min(failures + 1, 10)
            log.error("telegram.not_ready", error=str(failure(error)), again_in=pause)
            await asyncio.sleep(pause)
        else:
            break
    sees_all = app.telegram.bot.bot.can_read_all_group_messages
    log.info("telegram.ready", username=app.telegram.bot.username, sees_plain_voices_in_groups=sees_all)


async def offer_commands(app: App) -> None:
    """Fill the menu. Nobody waits for it, so a Telegram that is in trouble or asks for patience gets an hour."""
    while True:
        try:
            await app.telegram.bot.set_my_commands([BotCommand(*each) for each in COMMANDS])
        except TelegramError as error:
            log.warning("commands.later", error=str(failure(error)))
            await asyncio.sleep(COMMANDS_AGAIN_SECONDS)
        else:
            return

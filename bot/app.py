"""The composition root: builds everything and passes it by constructor; nobody else reaches for a global."""

import hashlib
import shutil
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
from telegram import Update
from telegram.ext import Application

from bot.config import Settings, SettingsError
from bot.engine.delivery import Delivery
from bot.engine.intake import Intake
from bot.engine.maintenance import Maintenance
from bot.engine.poller import Poller
from bot.engine.schedule import Schedule
from bot.engine.steps import Steps
from bot.engine.steps.deliver import Deliver
from bot.engine.steps.fetch import Fetch
from bot.engine.steps.submit import Rules, Submit
from bot.media.prepare import Limits
from bot.metrics import Metrics
from bot.speech.aimlapi.client import SpeechClient
from bot.speech.aimlapi.formats import UPLOAD_FORMATS
from bot.speech.catalogue import Family, Model, find
from bot.telegram.files import Files
from bot.telegram.pace import Pace
from bot.telegram.receiver import Receiver
from bot.telegram.request import AiohttpRequest
from bot.telegram.transport import Transport
from handlers.cancel import Cancel
from handlers.commands import Commands
from handlers.groups import Gate, Migration
from handlers.media import Media
from handlers.routes import register
from storage.sqlite.engine import open_store
from storage.store import Store

Telegram = Application[Any, Any, Any, Any, Any, Any]
FFMPEG_SECONDS = 300.0


@dataclass(frozen=True, slots=True)
class App:
    """Everything that runs, wired together."""

    settings: Settings
    store: Store
    telegram: Telegram
    receiver: Receiver
    poller: Poller
    maintenance: Maintenance
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
        store = await open_store(settings.database_path, now, owner=settings.bot_id)
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


def _wire(settings: Settings, default_model: Model, store: Store, outside: Outside) -> App:
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
    maintenance = Maintenance(store, metrics, outside.now)
    return App(settings, store, telegram, receiver, poller, maintenance, metrics, outside.now)


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
    store: Store,
    files: Files,
    delivery: Delivery,
    metrics: Metrics,
    outside: Outside,
) -> Steps:
    speech = speech_client(settings, outside.session, metrics)
    schedule = Schedule(outside.random)
    submit = Submit(
        store=store,
        speech=speech,
        files=files,
        delivery=delivery,
        schedule=schedule,
        rules=_rules(settings, default_model),
        workplace=outside.workplace,
        now=outside.now,
    )
    fetch = Fetch(
        store=store,
        speech=speech,
        delivery=delivery,
        schedule=schedule,
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
        formats=UPLOAD_FORMATS,
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

"""The command `verbatim check`: it tries the model, ffmpeg, the database, the token and the key, and reports."""

from collections.abc import Callable
from pathlib import Path
from tempfile import gettempdir

from bot.app import open_session, provider_of, telegram_of
from bot.config import Settings
from bot.errors import OperatorError, TemporaryError, VerbatimError
from bot.machine.scratch import Scratch
from bot.media.trial import Choice
from bot.metrics import Metrics
from bot.speech.aimlapi.client import AimlapiClient
from bot.speech.catalogue import find
from bot.telegram.application import Telegram, try_token
from bot.telegram.pace import Pace
from storage.sqlite.engine import open_store
from storage.store import DatabaseInUseError, StorageError

Say = Callable[[str], None]


async def check(settings: Settings, now: Callable[[], float], say: Say) -> bool:
    """Try the model, ffmpeg, the database, the token and the key, whatever became of the others; True if all work."""
    metrics = Metrics()
    _tell_proxies(settings, say)
    async with open_session() as session:
        results = [
            _check_model(settings, say),
            await _check_ffmpeg(settings, say),
            await _check_database(settings, now, say),
            await _check_telegram(telegram_of(settings, session, metrics, Pace(now)), say),
            await _check_provider(provider_of(settings, session, metrics), say),
        ]
    return all(results)


def _tell_proxies(settings: Settings, say: Say) -> None:
    for name, proxy in (("telegram", settings.proxy_of("telegram")), ("aimlapi", settings.proxy_of("aimlapi"))):
        if proxy is not None:
            say(f"{name}: through the proxy {proxy.address}, which {proxy.setting} names")


def _check_model(settings: Settings, say: Say) -> bool:
    model = find(settings.default_model)
    say(f"model: {model.name}" if model else f"model: DEFAULT_MODEL names {settings.default_model}, which is no model")
    return model is not None


async def _check_ffmpeg(settings: Settings, say: Say) -> bool:
    named = str(settings.ffmpeg) if settings.ffmpeg else None
    try:
        chosen = await Choice(lambda: Scratch(Path(gettempdir())), named).choose()
    except TemporaryError as error:
        say(f"ffmpeg: {error}")
        return False
    if named not in {None, chosen.path}:
        say(f"ffmpeg: FFMPEG names {named}, which does not work; another one is used")
    say(f"ffmpeg: {chosen.path} works, version {chosen.version}")
    return True


async def _check_database(settings: Settings, now: Callable[[], float], say: Say) -> bool:
    try:
        store = await open_store(settings.database_path, now, owner=settings.bot_id)
        try:
            await store.ping()
        finally:
            await store.close()
    except DatabaseInUseError:
        say("database: in use, so the bot is running already")
        return True
    except (StorageError, OSError) as error:
        say(f"database: {error}")
        return False
    say(f"database: {settings.database_path} works")
    return True


async def _check_telegram(telegram: Telegram, say: Say) -> bool:
    try:
        name, privacy = await try_token(telegram)
    except VerbatimError as error:
        say(f"telegram: {error}")
        return False
    say(f"telegram: @{name} works")
    if privacy:
        say("telegram: privacy mode is on, so in groups the bot sees voice notes only where it is an admin")
    return True


async def _check_provider(provider: AimlapiClient, say: Say) -> bool:
    try:
        balance = await provider.balance()
    except OperatorError as error:
        say(f"aimlapi: AIMLAPI_KEY or AIMLAPI_URL does not work: {error}")
        return False
    except VerbatimError as error:
        say(f"aimlapi: {error}")
        return False
    low = ", which is low" if balance.low else ""
    say("aimlapi: works" if balance.credits is None else f"aimlapi: works, {balance.credits:g} credits left{low}")
    return balance.credits is None or balance.credits > 0

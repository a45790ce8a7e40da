"""The parts that are made of the operator's settings alone, for the running bot and for `check`."""

import hmac
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import aiohttp

from bot.config import Settings, SettingsError
from bot.engine.quotas import Quotas
from bot.engine.slots import Slots
from bot.metrics import Metrics
from bot.outgoing.session import Session
from bot.outgoing.sockets import make_socket
from bot.speech.aimlapi.client import AimlapiClient
from bot.speech.catalogue import Family, Model, find
from bot.telegram.application import Telegram, build_telegram
from bot.telegram.calls import Calls, counting
from bot.telegram.downloading.file_limit import FileLimit, file_limit
from bot.telegram.pace import Pace
from bot.telegram.receiving.registration import Hook
from storage.host import Rate


@asynccontextmanager
async def open_session() -> AsyncIterator[Session]:
    """Open one session for everything; the poller decides what is allowed at once, and not its sockets."""
    connector = aiohttp.TCPConnector(limit=0, socket_factory=make_socket)
    async with aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar()) as below:
        yield Session(below)


def temporary_folder() -> Path:
    """Return the folder for temporary files; SettingsError where none takes any, as all are full or not ours."""
    try:
        return Path(tempfile.gettempdir())
    except FileNotFoundError:
        why = "neither the folder that it names nor /tmp takes a file"
        raise SettingsError([f"TMPDIR: {why}; free some space, or name one that can be written to"]) from None


class Models(NamedTuple):
    """The models that the operator chose: for chats that chose none, and for what the first one does not know."""

    default: Model
    fallback: Model | None

    @property
    def preferred(self) -> tuple[Model, ...]:
        return tuple(each for each in self if each is not None)


def models_of(settings: Settings) -> Models:
    return Models(_default_model(settings), _fallback_model(settings))


def _default_model(settings: Settings) -> Model:
    model = find(settings.default_model)
    if model is None:
        raise SettingsError([f"DEFAULT_MODEL names {settings.default_model}, which is not a model"])
    return model


def _fallback_model(settings: Settings) -> Model | None:
    if settings.fallback_model.lower() == "none":
        return None
    model = find(settings.fallback_model)
    if model is None:
        why = f"FALLBACK_MODEL names {settings.fallback_model}, which is not a model; `none` turns it off"
        raise SettingsError([why])
    return model


def telegram_of(settings: Settings, session: Session, metrics: Metrics, pace: Pace) -> Telegram:
    """Build the application for the operator's bot."""
    token = settings.telegram_bot_token
    through = session.through(settings.proxy_of("telegram"))
    return build_telegram(token, settings.telegram_api_url, through, metrics, pace)


def calls_of(settings: Settings, session: Session, metrics: Metrics) -> Calls:
    """Build what calls the Bot API for the operator's bot."""
    token = settings.telegram_bot_token
    through = session.through(settings.proxy_of("telegram"))
    return Calls(settings.telegram_api_url, token, through, counting(metrics))


def hook_of(settings: Settings) -> Hook | None:
    """Return where Telegram brings updates; None where the bot asks for them."""
    url, secret = settings.webhook_url, settings.secret_of_webhook
    if url is None:
        return None
    mark = hmac.digest(settings.telegram_bot_token.encode(), f"{url} {secret}".encode(), "sha256").hex()
    return Hook(url, urlsplit(url).path or "/", secret, mark)


def provider_of(settings: Settings, session: Session, metrics: Metrics) -> AimlapiClient:
    """Build the client for the operator's key."""
    through = session.through(settings.proxy_of("aimlapi"))
    return AimlapiClient(through, settings.aimlapi_url, settings.aimlapi_key, metrics)


def slots_of(settings: Settings) -> Slots:
    """Begin with the operator's numbers. Whisper's does not grow: the vendor behind it is known to take no more."""
    start = {Family.NOVA: settings.nova_concurrency, Family.WHISPER: settings.whisper_concurrency}
    return Slots(start, most=start | {Family.NOVA: settings.nova_concurrency_most})


def quotas_of(settings: Settings, owner: Callable[[], int | None]) -> Quotas:
    """Return the operator's limits in seconds."""
    rate = Rate(settings.notes_per_minute_per_chat, settings.notes_per_minute_per_user)
    of_chat, of_person = settings.daily_minutes_per_chat * 60, settings.daily_minutes_per_user * 60
    return Quotas(rate, of_chat or None, of_person or None, owner)


def file_limit_of(settings: Settings) -> FileLimit:
    is_local = settings.telegram_local_files is not None
    return file_limit(settings.max_file_bytes, is_public=settings.uses_public_server, is_local=is_local)

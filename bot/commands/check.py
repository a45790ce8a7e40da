"""The command `verbatim check`: it tries the model, ffmpeg, the database, the token, the files and the key."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

from telegram import WebhookInfo

from bot.commands.local_files import check_local_files
from bot.config import Settings, SettingsError
from bot.engine.guests import new_word, owners_link, owners_secret
from bot.errors import OperatorError, TemporaryError, VerbatimError, told
from bot.faults import SPEECH_SERVICE, TELEGRAM, Peer
from bot.machine.clock import Clock
from bot.machine.scratch import Scratch
from bot.media.trial import Choice
from bot.metrics import Metrics
from bot.outgoing.session import Session
from bot.parts import calls_of, models_of, open_session, provider_of, telegram_of, temporary_folder
from bot.speech.aimlapi.client import AimlapiClient
from bot.speech.catalogue import find
from bot.telegram.application import Telegram, try_token
from bot.telegram.failures import translated
from bot.telegram.pace import Pace
from storage.address import shown
from storage.errors import DatabaseInUseError, StorageError
from storage.host import Circle
from storage.opening import open_store
from storage.replicas import Replica
from storage.sqlite.peek import circle_beside

Say = Callable[[str], None]
Check = Callable[[Say], Awaitable[bool]]
ANSWER_WITHIN = 5.0  # seconds for each server; with the start of Python, all has been said within 10


async def check(settings: Settings, now: Clock, say: Say, within: float = ANSWER_WITHIN) -> bool:
    """Try the model, ffmpeg, the database, the token and the key side by side; True if all work.

    Each server gets `within` seconds. What is found is told in this order, as soon as it is known.
    """
    metrics = Metrics()
    found = _Found()
    _tell_proxies(settings, say)
    async with open_session() as session:
        telegram = telegram_of(settings, session, metrics, Pace(now))
        provider = provider_of(settings, session, metrics)
        at_telegram = _Server("telegram", TELEGRAM, settings.telegram_api_url, within)
        at_provider = _Server("aimlapi", SPEECH_SERVICE, settings.aimlapi_url, within)
        checks: tuple[Check, ...] = (
            lambda say: _check_model(settings, say),
            lambda say: _check_ffmpeg(settings, say),
            lambda say: _check_database(settings, now, found, say),
            lambda say: at_telegram.check(lambda: _check_telegram(settings, telegram, found, say), say),
            lambda say: at_provider.check(lambda: _check_provider(provider, say), say),
        )
        works = all([await each for each in _side_by_side(checks, say)])
        at_files = _Server("files", TELEGRAM, settings.telegram_api_url, within)
        photo = partial(_path_of_photo, settings, session, telegram, found)
        works &= await at_files.check(lambda: check_local_files(settings, photo, say), say)
    _tell_owner(settings, found, say)
    return works


@dataclass(slots=True)
class _Found:
    """What the checks have found of the owner: whether there is one, and what the link for becoming it is made of."""

    circle: Circle | None = None
    username: str = ""


def _tell_owner(settings: Settings, found: _Found, say: Say) -> None:
    """Tell how to become the owner, where one is wanted."""
    if settings.access == "open" or found.circle is None or found.circle.owner is not None or not found.username:
        return
    link = owners_link(found.username, owners_secret(settings.telegram_bot_token, found.circle.word))
    say(f"owner: nobody yet; open {link} in Telegram to own this bot")


def _side_by_side(checks: Sequence[Check], say: Say) -> Iterator[Awaitable[bool]]:
    """Start all checks; what is returned for each ends with it, and has told its lines by then."""
    running = [asyncio.create_task(_told_apart(each)) for each in checks]

    async def told(task: asyncio.Task[tuple[bool, list[str]]]) -> bool:
        works, lines = await task
        for line in lines:
            say(line)
        return works

    return map(told, running)


async def _told_apart(check: Check) -> tuple[bool, list[str]]:
    """Return whether a check found all well, and what it has to say."""
    lines: list[str] = []
    return await check(lines.append), lines


@dataclass(frozen=True, slots=True)
class _Server:
    """A server that is checked, within so many seconds: a packet that is dropped is never answered."""

    label: str
    peer: Peer
    address: str
    within: float

    async def check(self, check: Callable[[], Awaitable[bool]], say: Say) -> bool:
        """Return what a check of it returns; False where it raises why the server cannot be used, which is told."""
        try:
            async with asyncio.timeout(self.within):
                return await check()
        except OperatorError as error:
            say(f"{self.label}: {error}")
        except VerbatimError as error:
            say(f"{self.label}: {self._name()} cannot be used: {error}")
        except TimeoutError:
            advice = "check the network, the firewall and whether a proxy is needed"
            say(f"{self.label}: {self._name()} does not answer within {self.within:g} s; {advice}")
        return False

    def _name(self) -> str:
        return f"{self.peer.name} at {urlsplit(self.address).hostname}"


def _tell_proxies(settings: Settings, say: Say) -> None:
    for name, proxy in (("telegram", settings.proxy_of("telegram")), ("aimlapi", settings.proxy_of("aimlapi"))):
        if proxy is not None:
            say(f"{name}: through the proxy {proxy.address}, which {proxy.setting} names")


async def _check_model(settings: Settings, say: Say) -> bool:
    model = find(settings.default_model)
    say(f"model: {model.name}" if model else f"model: DEFAULT_MODEL names {settings.default_model}, which is no model")
    try:
        models = models_of(settings)
    except SettingsError as error:
        if model is not None:
            say(f"fallback model: {error}")
        return False
    say(f"fallback model: {models.fallback.name if models.fallback else 'none'}")
    return True


async def _check_ffmpeg(settings: Settings, say: Say) -> bool:
    """Try ffmpeg where `run` will use it: some ffmpegs do not see every folder."""
    named = str(settings.ffmpeg) if settings.ffmpeg else None
    try:
        with TemporaryDirectory(prefix="verbatim-check-", dir=temporary_folder()) as folder:
            chosen = await Choice(lambda: Scratch(Path(folder)), named).choose()
    except (TemporaryError, SettingsError, OSError) as error:
        say(f"ffmpeg: {f'this machine: {told(error)}' if isinstance(error, OSError) else error}")
        return False
    if (refused := chosen.instead_of) is not None:
        fault = f"FFMPEG names {refused.path}, which does not work" if named else f"{refused.path} is not used"
        say(f"ffmpeg: {fault}: {refused.why}")
    say(f"ffmpeg: {chosen.path} works, version {chosen.version}")
    return True


async def _check_database(settings: Settings, now: Callable[[], float], found: _Found, say: Say) -> bool:
    try:
        store = await open_store(settings.database_url, now, owner=settings.bot_id)
        try:
            found.circle = await store.circle(new_word())
            replicas = await store.replicas.known()
        finally:
            await store.close()
    except DatabaseInUseError:
        found.circle = await asyncio.to_thread(circle_beside, settings.database_path)
        say("database: in use, so the bot is running already")
        return True
    except (StorageError, OSError) as error:
        say(f"database: {error}")
        return False
    say(f"database: {shown(settings.database_url)} works")
    _tell_replicas(replicas, say)
    return True


def _tell_replicas(replicas: Sequence[Replica], say: Say) -> None:
    """Tell which replicas work on the database, if they are known there."""
    for each in replicas:
        leads = ", leads" if each.leads else ""
        beat = f"its last beat is {each.lag:.1f} s old"
        say(f"replica: {each.name}, version {each.version}, {each.receives}{leads}, {beat}")
    if replicas and not any(each.leads for each in replicas):
        say("replica: none leads just now")


async def _check_telegram(settings: Settings, telegram: Telegram, found: _Found, say: Say) -> bool:
    name, privacy = await try_token(telegram)
    found.username = name
    say(f"telegram: @{name} works")
    if privacy:
        say("telegram: privacy mode is on, so in groups the bot sees voice notes only where it is an admin")
    try:
        with translated():
            info = await telegram.bot.get_webhook_info()
    except VerbatimError as error:  # which says nothing of the bot: it works without knowing
        say(f"telegram: it does not say where updates go: {error}")
    else:
        _tell_where_updates_go(settings.webhook_url, info, say)
    return True


def _tell_where_updates_go(wanted: str | None, info: WebhookInfo, say: Say) -> None:
    """Tell how updates come, and what Telegram knows of that. Of an address of somebody else only the host is told."""
    elsewhere = urlsplit(info.url).hostname if info.url not in {"", wanted} else None
    how = "the bot asks for updates" if wanted is None else f"updates are brought to {wanted}"
    say(f"telegram: {how}; {info.pending_update_count} wait")
    if elsewhere is not None:
        say(f"telegram: until the bot starts, they are brought to another address, at {elsewhere}")
    elif info.url != (wanted or ""):
        say("telegram: it does not bring them yet; the bot tells it the address when it starts")
    if info.url and (at := info.last_error_date) is not None:
        say(f"telegram: bringing one failed last at {at:%Y-%m-%d %H:%M} UTC: {info.last_error_message}")


async def _path_of_photo(settings: Settings, session: Session, telegram: Telegram, found: _Found) -> str | None:
    """Return where the server has the picture of the owner, which is a file like any other; None if there is none."""
    owner = found.circle.owner if found.circle else None
    if not found.username or owner is None:
        return None
    with translated():
        photo = (await telegram.bot.get_chat(owner)).photo
        if photo is None:
            return None
        calls = calls_of(settings, session, Metrics())
        path: str | None = (await calls.make("getFile", {"file_id": photo.small_file_id}))["file_path"]
        return path


async def _check_provider(provider: AimlapiClient, say: Say) -> bool:
    try:
        balance = await provider.balance()
    except OperatorError as error:
        raise OperatorError(f"AIMLAPI_KEY or AIMLAPI_URL does not work: {error}") from None
    low = ", which is low" if balance.low else ""
    say("aimlapi: works" if balance.credits is None else f"aimlapi: works, {balance.credits:g} credits left{low}")
    return balance.credits is None or balance.credits > 0

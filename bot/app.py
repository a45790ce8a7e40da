"""The composition root: opens what the process works with, and has everything built of it."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

from bot.config import Settings
from bot.engine.clockwatch import ClockWatch
from bot.engine.errands import Errands
from bot.engine.guests import Guests
from bot.engine.maintenance import Maintenance
from bot.engine.moves import Moves
from bot.engine.poller import Poller
from bot.engine.presence import Presence
from bot.engine.sharing import Sharing
from bot.engine.trouble import Trouble
from bot.folders import workplace_for
from bot.machine.clock import Clock, SharedClock, seconds_asleep
from bot.media.ffmpeg import Ffmpeg
from bot.media.threads import Threads
from bot.metrics import Metrics
from bot.parts import hook_of, models_of, open_session
from bot.telegram.application import Telegram
from bot.telegram.receiving.dispatch import Dispatch, processing
from bot.telegram.receiving.receiver import Receiver
from bot.telegram.receiving.registration import Hook, Registration
from bot.telegram.receiving.webhook import Webhook
from bot.telegram.writing.replies import Replies
from bot.text.rooms.trouble import Kind
from bot.wiring.engine import engine_of
from bot.wiring.handlers import register_handlers
from bot.wiring.shared import Outside, Shared
from handlers.joining import Joining
from storage.opening import open_store
from storage.store import Store


class Hooked(NamedTuple):
    """A bot to which updates are brought: where, by whom they are taken, and what has Telegram bring them."""

    hook: Hook
    webhook: Webhook
    registration: Registration


@dataclass(frozen=True, slots=True)
class App:
    """Everything that runs, wired together."""

    settings: Settings
    store: Store
    presence: Presence
    guests: Guests
    telegram: Telegram
    receiver: Receiver
    hooked: Hooked | None  # None where the bot asks for updates
    take_up: Callable[[], Awaitable[None]]  # what processes that died have left unfinished
    joining: Joining
    replies: Replies
    poller: Poller
    errands: Errands
    maintenance: Maintenance
    trouble: Trouble
    sharing: Sharing
    is_low_on_credits: Callable[[], Awaitable[bool]]
    ffmpeg: Ffmpeg
    clockwatch: ClockWatch
    metrics: Metrics
    now: Callable[[], float]


@asynccontextmanager
async def build(
    settings: Settings,
    now: Clock,
    random: Callable[[], float],
    *,
    moved: Callable[[], float] = lambda: 0.0,
) -> AsyncIterator[App]:
    """Open the database and the session, and close them at the end; nothing runs yet.

    Raises SettingsError for a model that does not exist, and the store's errors for a database that is in
    use, too new or out of reach.
    """
    models = models_of(settings)
    async with AsyncExitStack() as stack:
        store = await open_store(settings.database_url, now, owner=settings.bot_id)
        stack.push_async_callback(store.close)
        session = await stack.enter_async_context(open_session())
        if store.replicas.are_shared:
            now, moved = SharedClock(store.now), lambda: 0.0  # whoever sets that clock sets it for all
        workplace = stack.enter_context(workplace_for(settings.database_url, store.replicas.process))
        threads = Threads()
        stack.callback(threads.close)
        moves = Moves(store)
        await moves.load()
        is_open, is_shared = settings.access == "open", store.replicas.are_shared
        guests = Guests(store, moves, settings.allowed_chats, is_open, is_shared)
        await guests.load(settings.telegram_bot_token)
        outside = Outside(session, workplace, threads, now, moved, random)
        shared = Shared(settings, models, guests, outside)
        shared.looks.learned.load(await store.learned())
        await shared.trouble.load()
        yield _app(shared)


def _app(shared: Shared) -> App:
    now, metrics, bot = shared.outside.now, shared.metrics, shared.telegram.bot
    engine = engine_of(shared)
    poller = engine.poller
    maintenance = _maintenance(shared, poller.nudge)
    register_handlers(shared, engine, maintenance.hurry)
    hold = engine.steps.submit.creates.hold
    dispatch = Dispatch(bot, processing(shared.telegram), shared.door, metrics)
    expects = shared.presence.expects_conflict
    receiver = Receiver(bot.base_url, shared.to_telegram, dispatch.handle, metrics, now, expects)
    return App(
        settings=shared.settings,
        store=shared.store,
        presence=shared.presence,
        guests=shared.guests,
        telegram=shared.telegram,
        receiver=receiver,
        hooked=_hooked(shared, dispatch),
        take_up=dispatch.take_up,
        joining=shared.joining,
        replies=shared.door.replies,
        poller=poller,
        errands=engine.errands,
        maintenance=maintenance,
        trouble=shared.trouble,
        sharing=Sharing((shared.guests.refresh, hold.refresh, shared.trouble.refresh)),
        is_low_on_credits=shared.provider.is_low,
        ffmpeg=shared.ffmpeg,
        clockwatch=ClockWatch(shared.outside.moved, seconds_asleep, poller.nudge),
        metrics=metrics,
        now=now,
    )


def _hooked(shared: Shared, dispatch: Dispatch) -> Hooked | None:
    hook, store = hook_of(shared.settings), shared.store
    if hook is None:
        return None
    registration = Registration(shared.telegram.bot, hook, store.webhook, store.keep_webhook)
    return Hooked(hook, Webhook(dispatch, shared.metrics), registration)


def _maintenance(shared: Shared, nudge: Callable[[], None]) -> Maintenance:
    presence, trouble = shared.presence, shared.trouble

    def database_refuses() -> None:
        """Let one replica tell of it, which nothing can tell the others: the one that led last."""
        if presence.led_last:
            trouble.begins(Kind.DATABASE)

    ttl = shared.settings.transcript_ttl_hours * 3600
    usable = (database_refuses, partial(trouble.ends, Kind.DATABASE))
    around = (shared.outside.now, shared.outside.moved, ttl, shared.looks.learned)
    return Maintenance(shared.store, shared.metrics, *around, *usable, nudge, lambda: presence.leads)

"""The life of the process: start everything, serve, and leave within seconds with nothing lost."""

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack

from telegram import BotCommand
from telegram.error import TelegramError

from bot.app import App
from bot.config import SettingsError
from bot.errors import VerbatimError
from bot.http import serving
from bot.log import get_logger
from bot.telegram.failures import failure
from bot.text.sentences import COMMANDS

log = get_logger(__name__)

GRACE_SECONDS = 3.0  # steps get to end on a stop; with the rest of it, well below the 8 s that are promised
GOODBYE_SECONDS = 2.0
LONGEST_PAUSE = 30.0
COMMANDS_AGAIN_SECONDS = 3600.0


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
        work = [
            asyncio.create_task(coroutine) for coroutine in (_receive(app), app.poller.run(), app.maintenance.run())
        ]
        await _first(stop, work)
        log.info("stopping")
        await _stop(app, work)
        log.info("stopped")


async def _serve_health(app: App, port: int, stack: AsyncExitStack) -> None:
    def received() -> float:
        return app.now() - app.receiver.last_success_at

    def written() -> float:
        return app.now() - app.store.last_write_at

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
    receiving, polling, maintenance = work
    receiving.cancel()
    maintenance.cancel()
    app.store.stop_waiting()
    await app.poller.stop(GRACE_SECONDS)
    await asyncio.gather(receiving, polling, maintenance, return_exceptions=True)
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

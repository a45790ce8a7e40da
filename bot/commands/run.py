"""The life of the process: start everything, serve, and leave within seconds with nothing lost."""

import asyncio
import math
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack, suppress
from dataclasses import asdict
from functools import partial
from typing import Any

from bot.app import App
from bot.config import SettingsError
from bot.engine import patience
from bot.engine.guests import owners_link
from bot.errors import TemporaryError, VerbatimError
from bot.log import get_logger
from bot.media.ffmpeg import Ffmpeg
from bot.telegram.application import introduce, take_webhook_back
from bot.telegram.menu import offer_menus
from bot.text.rooms.trouble import Kind
from storage.errors import StorageUnavailableError
from storage.retry import repeat_until_stored
from storage.store import Store

log = get_logger(__name__)


async def run(app: App, stop: asyncio.Event) -> None:
    """Serve until `stop` is set, then leave within seconds with nothing lost."""
    if app.settings.access == "open" and not app.settings.allowed_chats:
        log.warning("everyone.allowed", hint="set ACCESS=invited, or strangers spend your credits")
    await app.presence.begin(app.maintenance.set_clock)
    async with AsyncExitStack() as stack:
        if app.settings.http_port is not None or app.settings.metrics_port is not None:
            await _listen_where_asked(app, stack)
        loops = [
            _receive(app),
            app.poller.run(),
            app.errands.run(),
            app.maintenance.run(),
            app.maintenance.watch(),
            app.clockwatch.run(),
            app.trouble.run(app.is_low_on_credits),
        ]
        if app.presence.beside_others:
            loops += [app.presence.run(), app.sharing.run()]
        work = [asyncio.create_task(loop) for loop in loops]
        if await _wait_for_the_end(stop, app.store, work):
            await _tell_of_damage(app)
        log.info("stopping")
        await _stop(app, work)


async def _listen_where_asked(app: App, stack: AsyncExitStack) -> None:
    """Serve what the settings ask for. A port that takes updates is public, and has no metrics."""
    from bot import http  # noqa: PLC0415 - a server is much code, and most bots need none

    settings, hooked = app.settings, app.hooked
    routes = [_health(app), http.rendered(app.metrics)]
    if settings.metrics_port is not None:
        log.info("health.serving", port=await _listen(app, stack, "METRICS_PORT", settings.metrics_port, routes))
        routes = []
    elif hooked is None and settings.http_port is not None:
        log.info("health.serving", port=await _listen(app, stack, "HTTP_PORT", settings.http_port, routes))
    if hooked is not None and settings.http_port is not None:
        route = http.webhook(hooked.hook.path, hooked.hook.secret, hooked.webhook.take, app.metrics)
        port = await _listen(app, stack, "HTTP_PORT", settings.http_port, [*routes[:1], route])
        log.info("webhook.serving", port=port, path=hooked.hook.path)


async def _listen(app: App, stack: AsyncExitStack, name: str, port: int, routes: Sequence[Any]) -> int:
    """Listen on the port that a setting names, and return it, as 0 is any one."""
    from bot import http  # noqa: PLC0415 - as above

    try:
        return await stack.enter_async_context(http.serving(app.settings.http_host, port, routes))
    except OSError as error:
        raise SettingsError([f"{name} {port} cannot be listened on: {error.strerror}"]) from None


def _health(app: App) -> Any:
    """Return the route that tells how old the last poll is, if the bot polls, and the last write to the database."""
    from bot import http  # noqa: PLC0415 - as above

    def received() -> float | None:
        return app.now() - app.receiver.last_success_at if app.presence.leads else None

    def written() -> float:
        try:
            app.store.require_place()
        except StorageUnavailableError:
            return math.inf  # whatever is written now is lost
        return app.now() - app.store.last_write_at

    if (hooked := app.hooked) is None:
        return http.health(written, partial(_tell, app), received=received)
    return http.health(written, partial(_tell, app), takes_updates=lambda: hooked.webhook.is_open)


def _tell(app: App) -> Mapping[str, object]:
    """Tell how updates come, and what is known of the replicas."""
    presence = app.presence
    if not presence.beside_others:
        return {"mode": presence.receives}
    known = presence.known_now()
    replicas = [asdict(each) | {"lag": round(each.lag, 1)} for each in known]
    leader = next((each.name for each in known if each.leads), None)
    return {"mode": presence.receives, "replica": presence.name, "leader": leader, "replicas": replicas}


async def _wait_for_the_end(stop: asyncio.Event, store: Store, work: Sequence[asyncio.Task[None]]) -> bool:
    """Wait for the stop, for damage (True), or for the end of a loop that should never end, which is a bug."""
    stopped, damaged = asyncio.create_task(stop.wait()), asyncio.create_task(store.until_damaged())
    done, _ = await asyncio.wait([stopped, damaged, *work], return_when=asyncio.FIRST_COMPLETED)
    stopped.cancel()
    damaged.cancel()
    if damaged in done:
        log.error("database.damaged", error=str(damaged.result()))
    for task in done - {stopped, damaged}:
        log.error("loop.ended", exc_info=task.exception())
    return damaged in done


async def _tell_of_damage(app: App) -> None:
    """Tell the owner, who else would hear nothing any more."""
    app.trouble.begins(Kind.DATABASE)
    with suppress(TimeoutError):
        async with asyncio.timeout(patience.CONFIRM_TIMEOUT):
            await app.trouble.turn()


async def _stop(app: App, work: Sequence[asyncio.Task[None]]) -> None:
    """Stop in time, also where a step waits for a lock that a replica holds which stands still."""
    app.store.stop_waiting()
    try:
        async with asyncio.timeout(patience.STOP_WORK_WITHIN):
            await _end_work(app, work)
    except TimeoutError:
        log.warning("stop.cut_short", hint="a step waits for something; its job goes on as after a death")
    for last in (app.presence.leave, app.maintenance.keep_learned):
        with suppress(
            StorageUnavailableError, TimeoutError
        ):  # it is soon taken for dead; what it learned is learned again
            async with asyncio.timeout(patience.LEAVE_WITHIN):
                await last()
    await app.telegram.shutdown()


async def _end_work(app: App, work: Sequence[asyncio.Task[None]]) -> None:
    receiving, polling, *others = work
    for task in (receiving, *others):
        task.cancel()
    await asyncio.gather(_finish(app), _hand_over(app, receiving))
    await asyncio.gather(polling, *others, return_exceptions=True)


async def _finish(app: App) -> None:
    """Finish what a webhook has taken, then the steps."""
    if app.hooked is not None:
        await app.hooked.webhook.finish(patience.CONFIRM_TIMEOUT)
    await asyncio.gather(app.poller.stop(patience.STOP_GRACE), app.replies.stop(patience.STOP_GRACE))


async def _hand_over(app: App, receiving: asyncio.Task[None]) -> None:
    """Let another replica lead, which need not wait for our steps."""
    await asyncio.gather(receiving, return_exceptions=True)
    if not app.presence.leads:
        return
    if app.hooked is None:
        await _confirm(app)
    with suppress(StorageUnavailableError):  # its right to lead soon ends
        await app.presence.resign()


async def _confirm(app: App) -> None:
    """Tell Telegram what was handled last."""
    try:
        async with asyncio.timeout(patience.CONFIRM_TIMEOUT):
            await app.receiver.confirm()
    except (VerbatimError, TimeoutError) as error:
        log.info("confirm.failed", kind=type(error).__name__)  # the updates come again and are known already


async def _choose_ffmpeg(ffmpeg: Ffmpeg) -> None:
    """Choose one before the first recording needs it; what is wrong with it is logged."""
    with suppress(TemporaryError):
        await ffmpeg.path()


async def _receive(app: App) -> None:
    await introduce(app.telegram)
    await repeat_until_stored(app.take_up, lambda error: log.error("storage.unavailable", error=str(error)))
    async with asyncio.TaskGroup() as group:
        if app.presence.beside_others:
            group.create_task(_take_up_from_others(app))
        group.create_task(_choose_ffmpeg(app.ffmpeg))
        group.create_task(_lead_at_times(app) if app.presence.beside_others else _lead(app))
        if app.hooked is not None:
            await app.hooked.webhook.run()


async def _take_up_from_others(app: App) -> None:
    """Go on with what replicas leave unfinished that die while this one lives."""
    while True:
        await asyncio.sleep(patience.SHARED_READ_EVERY)
        with suppress(StorageUnavailableError):
            await app.take_up()


async def _lead_at_times(app: App) -> None:
    """Do what only one replica does, whenever this one leads."""
    while True:
        await app.presence.until_leading()
        leading = asyncio.create_task(_lead(app))
        ending = asyncio.create_task(app.presence.until_leading(leads=False))
        try:
            await asyncio.wait([leading, ending], return_when=asyncio.FIRST_COMPLETED)
            if leading.done():
                leading.result()
        finally:
            leading.cancel()
            ending.cancel()
            await asyncio.wait([leading, ending])


async def _lead(app: App) -> None:
    """Ask for updates, or have them brought, keep the menus, and go on with what an earlier leader has begun."""
    app.receiver.begin()
    if (secret := app.guests.invitation) is not None:
        link = owners_link(app.telegram.bot.username, secret)
        log.warning("owner.wanted", link=link, hint="open the link in Telegram to own this bot; it works once")
    await app.joining.resume()
    async with asyncio.TaskGroup() as group:
        group.create_task(offer_menus(app.telegram))
        if app.hooked is not None:
            await app.hooked.registration.keep()
        else:
            await take_webhook_back(app.telegram)
            await app.receiver.run()

"""python-telegram-bot's application: its types and its dispatch, with our own network, pace and receiving."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from telegram.ext import Application

from bot.errors import VerbatimError
from bot.log import get_logger
from bot.metrics import Metrics
from bot.outgoing.session import Session
from bot.telegram.calls import counting
from bot.telegram.failures import pause_after, translated
from bot.telegram.pace import Pace
from bot.telegram.request import AiohttpRequest

log = get_logger(__name__)

Telegram = Application[Any, Any, Any, Any, Any, Any]


def build_telegram(token: str, api_url: str, session: Session, metrics: Metrics, pace: Pace) -> Telegram:
    """Build the application; it talks to nobody before `introduce`."""
    request = AiohttpRequest(session, counting(metrics))
    return (
        Application.builder()
        .token(token)
        .base_url(f"{api_url}/bot")
        .base_file_url(f"{api_url}/file/bot")
        .request(request)
        .get_updates_request(request)
        .rate_limiter(pace)
        .updater(None)
        .build()
    )


async def try_token(telegram: Telegram) -> tuple[str, bool]:
    """Return the bot's user name, and whether privacy mode is on; a failure raises one of `bot.errors`."""
    with translated():
        await telegram.initialize()
    me = telegram.bot.bot
    await telegram.shutdown()
    return str(me.username), not me.can_read_all_group_messages


async def introduce(telegram: Telegram) -> None:
    """Make the bot known to itself; as long as that takes."""
    await _until_done(telegram.initialize)
    sees_all = telegram.bot.bot.can_read_all_group_messages
    log.info("telegram.ready", username=telegram.bot.username, sees_plain_voices_in_groups=sees_all)


async def take_webhook_back(telegram: Telegram) -> None:
    """Make updates come by getUpdates, those that wait included; as long as that takes."""
    await _until_done(telegram.bot.delete_webhook)


async def _until_done(call: Callable[[], Awaitable[object]]) -> None:
    failures = 0
    while True:
        try:
            with translated():
                await call()
        except VerbatimError as error:
            pause = pause_after(error, failures)
            failures += 1
            log.error("telegram.not_ready", error=str(error), again_in=pause)
            await asyncio.sleep(pause)
        else:
            return

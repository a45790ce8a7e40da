"""The registration of the webhook at Telegram: looked at now and then, and set where it is not as it should be."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from telegram import WebhookInfo
from telegram.error import BadRequest
from telegram.ext import ExtBot

from bot.errors import VerbatimError
from bot.log import get_logger
from bot.telegram.failures import pause_after, translated
from bot.telegram.receiving.receiver import ALLOWED_UPDATES
from storage.errors import StorageUnavailableError

log = get_logger(__name__)

MOST_CONNECTIONS = 40  # updates that Telegram brings at once: its own default
LOOK_EVERY = 60.0  # seconds; another program may take the webhook away, and a proxy may stop working
UNAUTHORIZED = "401 Unauthorized"  # Telegram's words for our answer to another secret


@dataclass(frozen=True, slots=True)
class Hook:
    """Where Telegram brings updates, and the secret that comes with them.

    `mark` stands for both where they are remembered, and tells neither.
    """

    url: str
    path: str
    secret: str = field(repr=False)
    mark: str


class Registration:
    """Keeps the webhook set. Telegram does not tell its secret, so `remember` stores the mark of what was set."""

    def __init__(
        self,
        bot: ExtBot[str],
        hook: Hook,
        remembered: Callable[[], Awaitable[str | None]],
        remember: Callable[[str], Awaitable[object]],
    ) -> None:
        self._bot = bot
        self._hook = hook
        self._remembered = remembered
        self._remember = remember
        self._last_error: object = None  # the moment of the last one that is known
        self._has_looked = False

    async def keep(self) -> None:
        """Look at it, and set it where it differs, until cancelled. Only one process does so at a time."""
        failures = 0
        while True:
            pause = LOOK_EVERY
            try:
                with translated():
                    await self.settle()
                failures = 0
            except (VerbatimError, StorageUnavailableError) as error:
                pause = pause_after(error, failures)
                failures += 1
                log.warning("webhook.unknown", error=str(error), again_in=round(pause, 1))
            await asyncio.sleep(pause)

    async def settle(self) -> None:
        """Look at it once, and set it where it differs."""
        info = await self._bot.get_webhook_info()
        has_failed = self._tell(info)
        is_another_secret = has_failed and (info.last_error_message or "").endswith(UNAUTHORIZED)
        if self._fits(info) and not is_another_secret and await self._remembered() == self._hook.mark:
            return
        try:
            await self._bot.set_webhook(
                self._hook.url,
                secret_token=self._hook.secret,
                allowed_updates=ALLOWED_UPDATES,
                max_connections=MOST_CONNECTIONS,
                drop_pending_updates=False,
            )
        except BadRequest as error:
            log.error("webhook.refused", url=self._hook.url, because_of=error.message)
            return
        await self._remember(self._hook.mark)
        log.info("webhook.set", url=self._hook.url)

    def _tell(self, info: WebhookInfo) -> bool:
        """Tell the operator what Telegram says of its last failure; True if it is a new one.

        Telegram goes on telling of it when all is well again, so at the first look it counts only if something waits.
        """
        is_old = info.last_error_date in {None, self._last_error} or not (self._has_looked or info.pending_update_count)
        self._last_error, self._has_looked = info.last_error_date, True
        if info.url != self._hook.url or is_old:
            return False
        log.warning("webhook.failing", because_of=info.last_error_message, waiting=info.pending_update_count)
        return True

    def _fits(self, info: WebhookInfo) -> bool:
        return (
            info.url == self._hook.url
            and set(info.allowed_updates or ()) == set(ALLOWED_UPDATES)
            and info.max_connections in {MOST_CONNECTIONS, None}
        )

"""Delivery of updates to the bot's webhook, as the Bot API server does it (its WebhookActor).

Each chat has a queue, whose next update is sent after a success for the one before it; several queues go side by side.
An update that is not taken is sent again at once, then after 2, 4, 8, … seconds, or when the answer says.
"""

import asyncio
import itertools
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from bot.playground.telegram.faults import WEBHOOK, Faults
from bot.playground.telegram.state import State, Webhook
from bot.playground.telegram.updates import Waiting

PATIENCE = aiohttp.ClientTimeout(total=60)
LONGEST_WAIT = 60
LONGEST_ASKED_WAIT = 3600
MESSAGES = frozenset({"message", "edited_message", "channel_post", "edited_channel_post"})
BAD_GATEWAY = "Wrong response from the webhook: 502 Bad Gateway"  # of a proxy, where no address behind it answers


class Refused(Exception):  # noqa: N818 - it is what the bot did
    """An update was not taken: why, and after how many seconds it is to be sent again, if that was said."""

    def __init__(self, why: str, again_after: int = 0) -> None:
        super().__init__(why)
        self.why = why
        self.again_after = again_after


class Deliveries:
    """Delivers to the webhook that is set; a `second` of its waits lasts so many real ones."""

    def __init__(self, state: State, faults: Faults, second: float) -> None:
        self._state = state
        self._faults = faults
        self._second = second
        self._busy: set[object] = set()  # queues that are worked off
        self._turns = itertools.count()

    async def run(self) -> None:
        """Deliver until this is cancelled; wait while no webhook is set."""
        async with aiohttp.ClientSession(timeout=PATIENCE) as session, asyncio.TaskGroup() as group:
            while True:
                await self._state.notifier.wait_for(self._idle)
                for queue in self._idle():
                    self._busy.add(queue)
                    group.create_task(self._work_off(session, queue))

    def _idle(self) -> set[object]:
        """Return the queues in which something waits, and of which nothing is on its way."""
        if self._state.webhook is None:
            return set()
        return {_queue_of(each) for each in self._state.updates.waiting} - self._busy

    async def _work_off(self, session: aiohttp.ClientSession, queue: object) -> None:
        try:
            while (webhook := self._state.webhook) is not None:
                waiting = (each for each in self._state.updates.waiting if _queue_of(each) == queue)
                if (update := next(waiting, None)) is None:
                    return
                await self._deliver(session, webhook, update)
        finally:
            self._busy.discard(queue)
            self._state.notifier.notify()

    async def _deliver(self, session: aiohttp.ClientSession, webhook: Webhook, update: Waiting) -> None:
        """Deliver an update, again and again until it is taken, is too old, or another webhook is set."""
        delay = 1
        for failures in itertools.count():
            try:
                async with webhook.places:
                    await self._try(session, webhook, update.content)
            except Refused as refused:
                webhook.last_error = (self._state.clock(), refused.why)
                self._state.notifier.notify()
                wait = min(refused.again_after, LONGEST_ASKED_WAIT)
                if not wait and failures:
                    wait = delay = min(2 * delay, LONGEST_WAIT)
                if await self._is_void_within(wait, webhook, update):
                    return
            else:
                self._state.updates.take_out(update)
                return

    async def _is_void_within(self, seconds: float, webhook: Webhook, update: Waiting) -> bool:
        def is_void() -> bool:
            return self._state.webhook is not webhook or update not in self._state.updates.waiting

        try:
            async with asyncio.timeout(seconds * self._second):
                await self._state.notifier.wait_for(is_void)
        except TimeoutError:
            return is_void()
        return True

    async def _try(self, session: aiohttp.ClientSession, webhook: Webhook, update: Any) -> None:
        await self._faults.call_watchers(WEBHOOK, "before", update)
        fault = self._faults.take(WEBHOOK, None)
        if fault is None or fault.after_effect:
            await self._send(session, webhook, update)
            await self._faults.call_watchers(WEBHOOK, "after", update)
        if fault is not None:
            raise Refused("Connection closed" if fault.drop else BAD_GATEWAY)

    async def _send(self, session: aiohttp.ClientSession, webhook: Webhook, update: Any) -> None:
        if not self._state.upstreams:
            if not self._state.plain_webhooks:
                raise Refused("Failed to resolve host: Name or service not known")  # it reaches no other machine
            return await _send_directly(session, webhook, update)
        path = urlsplit(webhook.url).path or "/"
        first = next(self._turns)
        for turn in range(len(self._state.upstreams)):
            upstream = self._state.upstreams[(first + turn) % len(self._state.upstreams)]
            try:
                return await _post(session, f"{upstream}{path}", webhook, update)
            except aiohttp.ClientConnectorError:
                continue
            except (aiohttp.ClientError, OSError):
                break
        raise Refused(BAD_GATEWAY)


async def _send_directly(session: aiohttp.ClientSession, webhook: Webhook, update: Any) -> None:
    try:
        await _post(session, webhook.url, webhook, update)
    except TimeoutError:
        raise Refused("Read timeout expired") from None
    except aiohttp.ClientConnectorError:
        raise Refused("Connection refused") from None
    except (aiohttp.ClientError, OSError):
        raise Refused("Connection closed") from None


async def _post(session: aiohttp.ClientSession, url: str, webhook: Webhook, update: Any) -> None:
    headers = {"X-Telegram-Bot-Api-Secret-Token": webhook.secret_token} if webhook.secret_token else {}
    async with session.post(url, json=update, headers=headers) as answer:
        if not answer.ok:
            asked = answer.headers.get("Retry-After", "")
            why = f"Wrong response from the webhook: {answer.status} {answer.reason}"
            raise Refused(why, int(asked) if asked.isdecimal() else 0)


def _queue_of(waiting: Waiting) -> object:
    """Return what its order is kept in: its chat, for a message; for a pressed button, the person."""
    update = waiting.content if isinstance(waiting.content, dict) else {}
    for kind, content in update.items():
        if isinstance(content, dict):
            whose = content.get("chat" if kind in MESSAGES else "from")
            if isinstance(whose, dict):
                return (kind in MESSAGES or kind, whose.get("id"))
    return waiting.number

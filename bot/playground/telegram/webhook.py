"""Delivery of updates to the bot's webhook, in order, each repeated until it succeeds."""

import asyncio

import aiohttp

from bot.playground.telegram.state import State, Webhook

PATIENCE = aiohttp.ClientTimeout(total=60)


async def deliver_to_webhook(state: State, redelivery_delay: float) -> None:
    """Deliver updates until this is cancelled; wait while no webhook is set."""
    async with aiohttp.ClientSession(timeout=PATIENCE) as session:
        while True:
            await state.notifier.wait_for(lambda: state.webhook is not None and state.updates.pending)
            webhook = state.webhook
            if webhook is not None and not await _deliver(session, state, webhook):
                await asyncio.sleep(redelivery_delay)


async def _deliver(session: aiohttp.ClientSession, state: State, webhook: Webhook) -> bool:
    update = state.updates.pending[0]
    headers = {"X-Telegram-Bot-Api-Secret-Token": webhook.secret_token} if webhook.secret_token else {}
    try:
        async with session.post(webhook.url, json=update, headers=headers) as answer:
            refused = None if answer.ok else f"Wrong response from the webhook: {answer.status} {answer.reason}"
    except (aiohttp.ClientError, TimeoutError) as failure:
        refused = f"Connection failed: {type(failure).__name__}"
    if refused is None:
        state.updates.confirm(update["update_id"] + 1)
        return True
    webhook.last_error = (state.clock(), refused)
    state.notifier.notify()
    return False

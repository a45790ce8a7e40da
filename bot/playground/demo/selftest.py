"""The self-test: it sends a sample through /sim, as the page would, and expects the words in it from the bot."""

import asyncio
import time
from typing import Any

import aiohttp

from bot.playground.demo.demo import Demo, demo
from bot.playground.demo.options import DemoOptions
from bot.playground.demo.ports import Say
from bot.playground.samples import SAMPLES, Sample
from bot.playground.telegram import Chat

PATIENCE_SECONDS = 60
ENOUGH = 0.7  # of the words, in any order, as another engine may spell some differently


async def selftest(options: DemoOptions, say: Say) -> bool:
    """Run the self-test, report each step to `say`, and return whether it succeeded."""
    began = time.monotonic()
    sample = SAMPLES[0]
    async with demo(options, say) as running, aiohttp.ClientSession(running.url) as session:
        async with session.get("/") as page:
            say(f"The page answers {page.status} after {time.monotonic() - began:.1f} s.")
        heard = await _heard(running, session, sample)
        say(f"The bot's message after {time.monotonic() - began:.1f} s: {heard}")
        well = page.ok and alike(sample.text, heard)
        say("All is well." if well else f"Expected was: {sample.text}")
        return well


async def _heard(running: Demo, session: aiohttp.ClientSession, sample: Sample) -> str:
    """Send a sample, and return the text that the bot finally shows, or why there is none."""
    chat = next(one for one in running.playground.telegram.chats if one.type == "private")
    form = aiohttp.FormData({"from": str(chat.id), "kind": "voice"})
    form.add_field("file", sample.path.read_bytes(), filename=sample.file)
    async with session.post(f"/sim/chats/{chat.id}/files", data=form) as answer:
        if not answer.ok:
            return str((await answer.json())["error"])
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            return await running.playground.notifier.wait_for(lambda: _final_text(chat) or _given_up(running))
    except TimeoutError:
        return f"nothing within {PATIENCE_SECONDS} s"


def _given_up(running: Demo) -> str:
    """Return why there will never be an answer, if that is known."""
    process = running.playground.process.as_json() if running.playground.process else {}
    return str(process["note"]) if process.get("state") == "stopped" else ""


def _final_text(chat: Chat) -> str:
    """Return the text of the first message that is not a placeholder; only placeholders have a cancel button."""
    final = [message for message in chat.bot_messages if not _can_be_cancelled(message)]
    return str(final[0]["text"]) if final else ""


def _can_be_cancelled(message: dict[str, Any]) -> bool:
    rows = message.get("reply_markup", {}).get("inline_keyboard", [])
    return any("cancel" in button.get("callback_data", "") for row in rows for button in row)


def alike(expected: str, heard: str) -> bool:
    """Return whether enough of the expected words were heard."""
    words = expected.lower().split()
    return sum(word in heard.lower() for word in words) >= ENOUGH * len(words)

"""One round without a browser: the page is there, and a sample sent through it comes back as the words in it."""

import time

import aiohttp

from bot.playground.demo.demo import demo
from bot.playground.demo.options import DemoOptions
from bot.playground.demo.ports import Say
from bot.playground.samples import SAMPLES, Sample

PATIENCE_SECONDS = 60
ENOUGH = 0.7  # of the words, in any order: another engine may write some of them another way


async def selftest(options: DemoOptions, say: Say) -> bool:
    """Whether all went well; a line is said about each step."""
    began = time.monotonic()
    sample = SAMPLES[0]
    async with demo(options, say) as running, aiohttp.ClientSession(running.url) as session:
        async with session.get("/") as page:
            say(f"The page answers {page.status} after {time.monotonic() - began:.1f} s.")
        heard = await _heard(session, sample)
        say(f"The bot's message after {time.monotonic() - began:.1f} s: {heard}")
        well = page.ok and alike(sample.text, heard)
        say("All is well." if well else f"Expected was: {sample.text}")
        return well


async def _heard(session: aiohttp.ClientSession, sample: Sample) -> str:
    """What the bot makes of a sample: the first text that is no promise of one any more, or why there is none."""
    async with session.get("/sim/state") as answer:
        chat = next(one for one in (await answer.json())["chats"] if one["type"] == "private")
    form = aiohttp.FormData({"from": str(chat["id"]), "kind": "voice"})
    form.add_field("file", sample.path.read_bytes(), filename=sample.file)
    async with session.post(f"/sim/chats/{chat['id']}/files", data=form) as answer:
        if not answer.ok:
            return str((await answer.json())["error"])
    where = {"contains": max(sample.text.split()[1:], key=len), "wait": str(PATIENCE_SECONDS)}
    async with session.get(f"/sim/chats/{chat['id']}/messages", params=where) as answer:
        told = await answer.json()
    return str(told[-1]["text"] if answer.ok else told["error"])


def alike(expected: str, heard: str) -> bool:
    """Enough of the expected words are there."""
    words = expected.lower().split()
    return sum(word in heard.lower() for word in words) >= ENOUGH * len(words)

"""The demo: both fakes, the real bot connected to them, and the page; no account and no network is needed."""

import asyncio
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.playground.demo import environment
from bot.playground.demo.browser import open_page
from bot.playground.demo.options import DemoOptions, new_key, new_token
from bot.playground.demo.ports import PAGE_PORT, Say, listen
from bot.playground.demo.process import BotProcess
from bot.playground.demo.starting_chats import add_starting_chats
from bot.playground.engines import pick_engine
from bot.playground.notifier import Notifier
from bot.playground.sim import Playground, Provider, serving
from bot.playground.speech import FakeSpeech
from bot.playground.telegram import FakeTelegram

LATENCY_SECONDS = 1.2  # about what the real provider needs for a short note


@dataclass(frozen=True, slots=True)
class Demo:
    """A running demo: the address of its page, and its playground."""

    url: str
    playground: Playground


async def run_demo(options: DemoOptions, stop: asyncio.Event, say: Say) -> None:
    """Run the demo until `stop` is set. Raises PortTakenError, and NoEngineError if no speech engine is installed."""
    async with demo(options, say) as running:
        say(f"The demo is at {running.url} and ends with Ctrl-C.")
        if options.browser:
            open_page(running.url, options.environment)
        await stop.wait()


@asynccontextmanager
async def demo(options: DemoOptions, say: Say) -> AsyncIterator[Demo]:
    """Run a demo as long as the context lasts. The bot is ready about a second after it is entered.

    No process and no file is left at its end.
    """
    notifier = Notifier()
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="verbatim-demo-")))
        token = new_token()
        telegram = await stack.enter_async_context(FakeTelegram(token, notifier=notifier))
        add_starting_chats(telegram)
        provider, settings = await _provider(options, notifier, stack, say)
        settings |= {"TELEGRAM_BOT_TOKEN": token, "TELEGRAM_API_URL": telegram.url, "ACCESS": "open"}
        process = BotProcess(environment.for_bot(options.environment, folder, settings), folder, notifier, time.time)
        playground = Playground(telegram, provider, notifier, time.time, (token, settings["AIMLAPI_KEY"]), process)
        url = await open_page_server(playground, options.port, stack, say)
        stack.push_async_callback(_end, asyncio.create_task(process.run()))
        yield Demo(url, playground)


async def open_page_server(playground: Playground, asked: int | None, stack: AsyncExitStack, say: Say) -> str:
    """Serve the page until the stack is closed, and return its address."""

    async def start(port: int) -> int:
        return await stack.enter_async_context(serving(playground, port))

    return f"http://127.0.0.1:{await listen(start, asked, PAGE_PORT, say)}/"


async def _provider(
    options: DemoOptions, notifier: Notifier, stack: AsyncExitStack, say: Say
) -> tuple[Provider, dict[str, str]]:
    """Return the provider, and the settings with which the bot uses it."""
    if options.real_key:
        say("AIMLAPI_KEY is set, so the real AI/ML API hears, and every recording costs.")
        settings = {"AIMLAPI_KEY": options.real_key}
        return Provider("the real AI/ML API"), settings | (
            {"AIMLAPI_URL": options.real_url} if options.real_url else {}
        )
    engine = pick_engine(options.whisper)
    if engine.note:
        say(engine.note)
    server = FakeSpeech(key=new_key(), notifier=notifier)
    server.latency = LATENCY_SECONDS
    await stack.enter_async_context(server)
    return Provider(engine.name, server, engine.recognise), {"AIMLAPI_KEY": server.key, "AIMLAPI_URL": server.url}


async def _end(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)

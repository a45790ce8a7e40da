"""The fakes and the page without a bot, for developers who test their own."""

import asyncio
import shlex
import time
from contextlib import AsyncExitStack

from bot.playground.demo.demo import LATENCY_SECONDS, open_page_server
from bot.playground.demo.options import PlaygroundOptions
from bot.playground.demo.ports import SPEECH_PORT, TELEGRAM_PORT, Say, listen
from bot.playground.demo.starting_chats import add_starting_chats
from bot.playground.engines import pick_engine
from bot.playground.notifier import Notifier
from bot.playground.sim import Playground, Provider
from bot.playground.speech import FakeSpeech
from bot.playground.telegram import FakeTelegram


async def run_playground(options: PlaygroundOptions, stop: asyncio.Event, say: Say) -> None:
    """Run a playground until `stop` is set. Raises PortTakenError, and NoEngineError without a speech engine."""
    notifier = Notifier()
    telegram = FakeTelegram(options.token, notifier=notifier, plain_webhooks=True)
    speech = FakeSpeech(options.key, notifier=notifier)
    speech.latency = LATENCY_SECONDS
    add_starting_chats(telegram)
    engine = pick_engine(options.whisper)
    if engine.note:
        say(engine.note)
    async with AsyncExitStack() as stack:
        stack.push_async_callback(telegram.stop)
        stack.push_async_callback(speech.stop)
        await listen(telegram.start, options.telegram_port, TELEGRAM_PORT, say)
        await listen(speech.start, options.speech_port, SPEECH_PORT, say)
        provider = Provider(engine.name, speech, engine.recognise)
        playground = Playground(telegram, provider, notifier, time.time, (options.token, options.key))
        url = await open_page_server(playground, options.port, stack, say)
        say(f"The Bot API is at {telegram.url}, for the token {options.token}.")
        say(f"The AI/ML API is at {speech.url}, for the key {options.key}.")
        say("Paste this into the shell or the .env of your bot, under the names that it reads:")
        for line in settings(telegram, speech):
            say(line)
        say(f"The page and /sim are at {url} and all end with Ctrl-C.")
        await stop.wait()


def settings(telegram: FakeTelegram, speech: FakeSpeech) -> list[str]:
    """Return the lines that let this bot use both servers, for a shell as well as for a .env."""
    values = {
        "TELEGRAM_BOT_TOKEN": telegram.state.token,
        "TELEGRAM_API_URL": telegram.url,
        "AIMLAPI_KEY": speech.key,
        "AIMLAPI_URL": speech.url,
        "ACCESS": "open",
    }
    return [f"export {name}={shlex.quote(value)}" for name, value in values.items()]

"""A request that sends a voice note and kills the bot in the middle of the job, a moment that nobody hits by hand."""

import asyncio

from aiohttp import web

from bot.playground.samples import SAMPLES
from bot.playground.sim import bodies, views
from bot.playground.sim.faults import NOT_RUNNING
from bot.playground.sim.find import chat_with, check_topic, playground_of, process_of, sender_in
from bot.playground.sim.playground import Playground, Process
from bot.playground.sim.refusal import SimError

SAMPLE = SAMPLES[0]
IN_VAIN = "The provider did not accept a recording within {:g} seconds, so the bot was not killed."


async def kill_in_the_middle(request: web.Request) -> web.Response:
    """Send a sample as somebody in a chat, and kill the bot as soon as the provider has accepted it."""
    wanted, process = await bodies.read(request, bodies.Middle), process_of(request)
    chat = chat_with(request, wanted.chat)
    sender = sender_in(request, chat, wanted.sender)
    check_topic(chat, wanted.thread)
    if process.as_json()["pid"] is None:
        raise SimError(409, NOT_RUNNING)
    before = _latest(process)
    length = max(1, round(SAMPLE.seconds))
    message = chat.send_voice(sender, SAMPLE.path.read_bytes(), duration=length, thread=wanted.thread)
    job = await _submitted_job(playground_of(request), process, before)
    if not process.kill():
        raise SimError(409, NOT_RUNNING)
    answer = {"job": job, "message": views.message_view(chat, message), "process": process.as_json()}
    return web.json_response(answer)


def _latest(process: Process) -> int:
    """Return the number of the latest line of the log; 0 if there is none."""
    return int(process.lines[-1]["number"]) if process.lines else 0


async def _submitted_job(playground: Playground, process: Process, before: int) -> int:
    """Wait until a job that was accepted after the line `before` is at the provider, and return its id.

    A wait in vain is no 408: browsers repeat a request that is answered so, and each would send another note.
    """
    try:
        async with asyncio.timeout(playground.middle_seconds):
            return (await playground.notifier.wait_for(lambda: _submitted_after(process, before)))[0]
    except TimeoutError:
        raise SimError(409, IN_VAIN.format(playground.middle_seconds)) from None


def _submitted_after(process: Process, before: int) -> list[int]:
    lines = [line for line in process.lines if line["number"] > before]
    accepted = {line["job"] for line in lines if line["event"] == "job.accepted"}
    return [int(line["job"]) for line in lines if line["event"] == "job.submitted" and line["job"] in accepted]

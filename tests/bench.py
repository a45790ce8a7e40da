"""`make bench`: the real process against the fakes; a table for people, JSON for machines. Not a test.

Added latency is what the bot adds: the moment the transcript is visible minus the moment the provider had it.
"""

import asyncio
import json
import math
import os
import random
import statistics
import sys
import tempfile
import time
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import psutil

from bot.playground.speech import FakeSpeech
from bot.playground.telegram import Chat, FakeTelegram
from storage.outcomes import Waiting
from storage.sqlite.engine import open_store
from storage.words import NewJob, Options
from tests.patience import until
from tests.world import KEY, other_voice

MEDIAN_SECONDS = 2.0
SIGMA = 0.5  # of the lognormal speech time: nine in ten between 0.9 s and 4.6 s
COLD = 30  # voices right after the first start ever
CROWDS = (1, 30, 300)
WARM_UP = 32  # voices beforehand: connections are open and the model's pace is known, as on any day but the first
PENDING = (1_000, 100_000)
GIVE_UP_SECONDS = 180


@dataclass(frozen=True)
class Figures:
    """One crowd: everybody sends a voice note at the same moment."""

    voices: int
    warm_up: int
    added_p50_s: float
    added_p95_s: float
    all_answered_s: float
    gets_per_job: float
    writes_per_voice: float
    cpu_ms_per_voice: float
    peak_rss_mb: float


@dataclass(frozen=True)
class ClaimCost:
    """Medians over 50 claims of ten jobs each."""

    pending: int
    claim_ten_ms: float
    record_one_ms: float


async def crowd(voices: int, *, warm_up: int = WARM_UP) -> Figures:
    """A fresh process and database; `warm_up` voices of the same kind come before those that are measured."""
    chance = random.Random(voices)
    async with FakeTelegram() as telegram, FakeSpeech(key=KEY) as speech:
        speech.latency = lambda _model, _data: MEDIAN_SECONDS * math.exp(chance.gauss(0.0, SIGMA))
        with tempfile.TemporaryDirectory() as folder:
            process = await start(telegram, speech, Path(folder))
            try:
                await send(telegram, speech, warm_up)
                return replace(await measure(telegram, speech, voices, psutil.Process(process.pid)), warm_up=warm_up)
            finally:
                process.terminate()
                await process.wait()


async def start(telegram: FakeTelegram, speech: FakeSpeech, folder: Path) -> asyncio.subprocess.Process:
    environment = {
        **{name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ},
        "PYTHONPATH": str(Path(__file__).parents[1]),
        "TELEGRAM_BOT_TOKEN": telegram.state.token,
        "AIMLAPI_KEY": KEY,
        "TELEGRAM_API_URL": telegram.url,
        "AIMLAPI_URL": speech.url,
        "DATABASE_URL": f"sqlite:///{folder / 'verbatim.db'}",
    }
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "run"), cwd=folder, env=environment, stderr=asyncio.subprocess.DEVNULL
    )
    await until(telegram, lambda: telegram.calls_of("getUpdates"), quiet_seconds=30)
    return process


async def send(telegram: FakeTelegram, speech: FakeSpeech, voices: int) -> list[tuple[float, float]]:
    """Everybody at once; for each voice when its text was visible and when the provider had it."""
    said: dict[bytes, str] = {}
    chats: dict[str, Chat] = {}
    for _ in range(voices):
        person = telegram.user("Somebody")
        data, text = other_voice(), f"These are the words of person {person.id}."
        said[data], chats[text] = text, telegram.private(person)
        speech.hears(data, text)
        chats[text].send_voice(person, data)
    waiting = dict(chats)

    def answered() -> bool:
        for text, chat in list(waiting.items()):
            if chat.history and chat.history[-1].text == text:
                del waiting[text]
        return not waiting

    await until(telegram, answered, quiet_seconds=GIVE_UP_SECONDS)
    ready = {
        said[upload.data]: speech.generations[upload.generation_id].ready_at
        for upload in speech.uploads
        if upload.data in said
    }
    return [(chat.history[-1].at, ready[text]) for text, chat in chats.items()]


async def measure(telegram: FakeTelegram, speech: FakeSpeech, voices: int, process: psutil.Process) -> Figures:
    fetches, calls, cpu, started = len(speech.fetches), len(telegram.calls), cpu_seconds(process), time.time()
    moments = await send(telegram, speech, voices)
    added = sorted(visible - ready for visible, ready in moments)
    writes = [call for call in telegram.calls[calls:] if call.method.startswith(("send", "edit"))]
    return Figures(
        voices=voices,
        warm_up=WARM_UP,
        added_p50_s=round(statistics.median(added), 3),
        added_p95_s=round(added[math.ceil(0.95 * len(added)) - 1], 3),
        all_answered_s=round(max(visible for visible, _ in moments) - started, 2),
        gets_per_job=round((len(speech.fetches) - fetches) / voices, 2),
        writes_per_voice=round(len(writes) / voices, 2),
        cpu_ms_per_voice=round(1000 * (cpu_seconds(process) - cpu) / voices, 1),
        peak_rss_mb=round(peak_rss_mb(process), 1),
    )


def cpu_seconds(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


def peak_rss_mb(process: psutil.Process) -> float:
    """The most memory the process ever had, as Linux keeps it."""
    status = Path(f"/proc/{process.pid}/status").read_text("utf-8")
    line = next(line for line in status.splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) / 1024


async def claiming(pending: int) -> ClaimCost:
    """What it costs to claim ten due jobs, and to record their outcomes, with so many others pending."""
    with tempfile.TemporaryDirectory() as folder:
        store = await open_store(Path(folder) / "bench.db", time.time)
        try:
            for number in range(pending):
                await store.accept(job_number(number), time.time() - 1)
            claims, records = [], []
            for _ in range(50):
                now = time.time()
                started = time.perf_counter()
                claim = await store.claim(now, now + 600, 10)
                claims.append(time.perf_counter() - started)
                started = time.perf_counter()
                for job in claim.jobs:
                    await store.record(job, Waiting(now - 1), now)
                records.append((time.perf_counter() - started) / 10)
            return ClaimCost(
                pending, round(1000 * statistics.median(claims), 3), round(1000 * statistics.median(records), 3)
            )
        finally:
            await store.close()


def job_number(number: int) -> NewJob:
    return NewJob(
        chat_id=number,
        message_id=1,
        thread_id=None,
        user_id=number,
        kind="voice",
        file_id="file",
        file_unique_id=f"unique {number}",
        claimed_bytes=None,
        model="nova-2-general",
        options=Options(),
    )


def table(rows: list[dict[str, float]]) -> str:
    names = list(rows[0])
    lines = [names, *([str(row[name]) for name in names] for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(names))]
    return "\n".join("  ".join(text.rjust(width) for text, width in zip(line, widths, strict=True)) for line in lines)


async def main() -> None:
    crowds = [asdict(await crowd(COLD, warm_up=0)), *[asdict(await crowd(voices)) for voices in CROWDS]]
    claims = [asdict(await claiming(pending)) for pending in PENDING]
    print(table(crowds), "", table(claims), "", sep="\n")
    print(json.dumps({"crowds": crowds, "claims": claims}))


if __name__ == "__main__":
    asyncio.run(main())

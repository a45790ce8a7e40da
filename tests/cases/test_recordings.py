"""Every recording in tests/audio, through the real program: what its chat shows, and what the provider got."""

import asyncio
import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from bot.playground.speech.recognition import Recognition, spoken
from bot.playground.telegram import Chat
from storage.apology import Reason
from tests.cases.table import Record, Row
from tests.crash.conftest import scene, zygote
from tests.crash.scene import Scene, answered
from tests.english import ENGLISH
from tests.levels import Level, level_of
from tests.world import AUDIO

__all__ = ["scene", "zygote"]

# Whatever is not listed here becomes its text.
OTHERWISE = {
    **dict.fromkeys(("broken.mp3", "random.bin", "text.mp3", "playlist.mp3", "concat.ogg"), Reason.NOT_AUDIO),
    **dict.fromkeys(("subtitles.mp4", "truncated.mp4"), Reason.NOT_AUDIO),
    "video_silent.mp4": Reason.NO_SOUND,
    "empty.ogg": Reason.EMPTY,
}
SILENT = ("silence.", "silent")
LEVEL_KEPT = 6.0  # dB
LENGTH_KEPT = 0.3  # seconds


async def test_every_recording_becomes_what_it_should(scene: Scene, record: Record):
    scene.speech.recognise = numbered
    sent = dict(_send(scene))
    await scene.start()
    await scene.until(lambda: all(answered(chat) for chat in sent.values()))
    assert await scene.life.stop() == 0

    wrong = []
    alike = Counter(map(_shown, sent.values()))
    for name, chat in sent.items():
        row, faults = await _judge(scene, name, chat, alike[_shown(chat)])
        record(row)
        wrong += [f"{name}: {fault}" for fault in faults]
    assert wrong == []


async def numbered(data: bytes, _model: str, _options: object) -> Recognition:
    """Hear in each upload words of its own, by which it is found again."""
    return spoken(_words(data))


def _words(data: bytes) -> str:
    return f"words of {hashlib.sha256(data).hexdigest()}"


def _send(scene: Scene) -> Iterator[tuple[str, Chat]]:
    """Send every file in a chat of its own, and leave it to the bot to find out what it is."""
    for path in sorted(AUDIO.iterdir()):
        if path.name not in {"make.sh", "README.md"}:
            person = scene.telegram.user(path.name)
            chat = scene.telegram.private(person)
            chat.send_document(person, path.read_bytes(), file_name=path.name, mime_type="application/octet-stream")
            yield path.name, chat


def _shows(name: str) -> str | None:
    """Return what the chat of this file must show; None for the words that are heard in it."""
    if name.startswith(SILENT):
        return ENGLISH.answers.no_speech()
    return ENGLISH.apologies.apology(OTHERWISE[name], {}) if name in OTHERWISE else None


def _shown(chat: Chat) -> str:
    return " | ".join(answered(chat))


async def _judge(scene: Scene, name: str, chat: Chat, alike: int) -> tuple[Row, list[str]]:
    """Return the row of a file, and what is wrong with it; so many files have the same sound, or show the same."""
    shown, wanted = _shown(chat), _shows(name)
    uploads = [upload.data for upload in scene.speech.uploads if _words(upload.data) == shown]
    row = Row(name, shown, creates=len(uploads) // alike, calls=_calls(scene, chat))
    if wanted is not None:
        return row, [] if shown == wanted else [f"shows {shown!r}"]
    if len(uploads) != alike:
        return row, [f"shows {shown!r}, of {alike} files with {len(uploads)} creates"]
    before, after = await asyncio.to_thread(_played, AUDIO / name), await asyncio.to_thread(level_of, uploads[0])
    measured = {"seconds_in": before.seconds, "seconds_out": after.seconds}
    measured |= {"level_in": before.mean, "level_out": after.mean}
    return replace(row, shows="its text", **measured), list(_lost(before, after))


def _calls(scene: Scene, chat: Chat) -> int:
    return sum(call.params.get("chat_id") == chat.id for call in scene.telegram.calls)


def _played(path: Path) -> Level:
    """Measure the track of a file that a player plays: the loudest of the first two, as no file here has more."""
    return max(level_of(path, track=track) for track in (0, 1))


def _lost(before: Level, after: Level) -> Iterator[str]:
    if abs(before.mean - after.mean) > LEVEL_KEPT:
        yield f"{before.mean:.1f} dB became {after.mean:.1f} dB"
    if abs(before.seconds - after.seconds) > LENGTH_KEPT:
        yield f"{before.seconds:.2f} s became {after.seconds:.2f} s"

"""Every file of three recordings, as it was looked at by people and read by other programs.

The answers have the words, times and confidences that the provider sends. To write the files anew after a change that
is meant: `python -m tests.unit.documents.test_golden`, and read the difference.
"""

import html
import json
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pysubs2
import pytest
import srt
import webvtt

from bot.documents.document import Ending, make
from bot.documents.known import Known
from bot.machine.subprocesses import bundled_ffmpeg
from bot.speech.aimlapi.answers import read_fetched
from bot.speech.provider import Done

GOLDEN = Path(__file__).parent / "golden"
RECORDINGS = {
    "english": {"sender": "Anna Kovács", "names": {"0": "Anna"}},
    "arabic": {"sender": "أحمد"},
    "japanese": {"asked_language": "ja"},
}


def known(recording):
    answer = read_fetched(json.loads((GOLDEN / f"{recording}.answer.json").read_text("utf-8")))
    assert isinstance(answer, Done)
    sent = datetime(2026, 3, 5, 23, 30, tzinfo=UTC)
    return Known(answer.transcript, "nova-2-general", sent, **RECORDINGS[recording])


@pytest.mark.parametrize("ending", Ending)
@pytest.mark.parametrize("recording", RECORDINGS)
def test_a_file_is_as_it_was(recording, ending):
    assert make(ending, known(recording)).content.decode() == (GOLDEN / f"{recording}.{ending}").read_bytes().decode()


@pytest.mark.parametrize("recording", RECORDINGS)
def test_three_other_programs_read_the_same_subtitles(recording):
    subtitles = (GOLDEN / f"{recording}.srt").read_text("utf-8")
    cues = list(srt.parse(subtitles))
    assert srt.compose(cues, reindex=False).rstrip("\n") == subtitles.rstrip("\n")
    captions = webvtt.from_string((GOLDEN / f"{recording}.vtt").read_text("utf-8")).captions
    events = pysubs2.SSAFile.from_string(subtitles, "srt")
    assert len(cues) == len(captions) == len(events) > 5
    for cue, caption, event in zip(cues, captions, events, strict=True):
        assert cue.content.removeprefix(f"{caption.voice}: ") == html.unescape(caption.text)
        assert event.plaintext == cue.content
    others = pysubs2.SSAFile.from_string((GOLDEN / f"{recording}.vtt").read_text("utf-8"), "vtt")
    assert [(each.start, each.end) for each in others] == [(each.start, each.end) for each in events]


@pytest.mark.process
@pytest.mark.parametrize("ending", ["srt", "vtt"])
@pytest.mark.parametrize("recording", RECORDINGS)
def test_ffmpeg_reads_the_same_subtitles(recording, ending):
    command = [bundled_ffmpeg(), "-v", "warning", "-i", GOLDEN / f"{recording}.{ending}", "-f", "srt", "-"]
    ended = subprocess.run(command, capture_output=True, timeout=30, check=True)
    assert ended.stderr == b""
    cues = list(srt.parse((GOLDEN / f"{recording}.srt").read_text("utf-8")))
    read = list(srt.parse(ended.stdout.decode()))
    assert [(each.start, each.end) for each in read] == [(each.start, each.end) for each in cues]


if __name__ == "__main__":
    for recording in RECORDINGS:
        for ending in Ending:
            (GOLDEN / f"{recording}.{ending}").write_bytes(make(ending, known(recording)).content)

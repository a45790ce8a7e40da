"""Subtitles as SRT and as WebVTT."""

import re
from collections.abc import Sequence
from itertools import chain

from bot.documents.cues import Cue, Cues
from bot.documents.known import Known
from bot.documents.written import in_utc, on_one_line

ESTIMATED = "The times are estimates: only the text is known, and it is spread over the recording."

_ARROW = re.compile("-{2,}>")
_STAMP = re.compile(r"(\d{1,2}:\d{1,2}:\d{1,2}[.,])(\d)")


def as_srt(cues: Sequence[Cue]) -> str:
    """Return cues without any escaping, as the form has none. A speaker's name is before the first cue of each turn."""
    speakers = chain([None], (cue.speaker for cue in cues))
    blocks = (_srt(number, *each) for number, each in enumerate(zip(cues, speakers, strict=False), 1))
    return "\n".join(blocks) or "\n"


def _srt(number: int, cue: Cue, speaker_before: str | None) -> str:
    text = _ARROW.sub("→", "\n".join(map(_not_a_timing, cue.lines)))
    if cue.speaker is not None and cue.speaker != speaker_before:
        text = f"{_ARROW.sub('→', cue.speaker)}: {text}"
    return f"{number}\n{_clock(cue.start, ',')} --> {_clock(cue.end, ',')}\n{text}\n"


def as_vtt(known: Known, cues: Cues) -> str:
    """Return cues with a voice each, after notes on where they come from."""
    notes = [_provenance(known)] + [f"NOTE {ESTIMATED}\n"] * cues.are_estimated
    return "\n".join(chain(["WEBVTT\n"], notes, map(_vtt, cues.cues)))


def _provenance(known: Known) -> str:
    about = {
        "Sender": known.sent_by,
        "Date": in_utc(known.date),
        "Model": known.model,
        "Language": known.language,
    }
    lines = (f"{name}: {_ARROW.sub('→', on_one_line(value))}" for name, value in about.items() if value)
    return "\n".join(["NOTE", *lines, ""])


def _vtt(cue: Cue) -> str:
    voice = "" if cue.speaker is None else f"<v {_escaped(cue.speaker)}>"
    text = "\n".join(_escaped(_not_a_timing(line)) for line in cue.lines)
    return f"{_clock(cue.start, '.')} --> {_clock(cue.end, '.')}\n{voice}{text}\n"


def _not_a_timing(line: str) -> str:
    """Return a line in which nobody finds two times: some programs know the timing of a cue by nothing else."""
    return _STAMP.sub(r"\1 \2", line) if len(_STAMP.findall(line)) > 1 else line


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _clock(milliseconds: int, point: str) -> str:
    seconds, rest = divmod(milliseconds, 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}{point}{rest:03}"

"""The streams in a file, told by the head of ffmpeg's `framecrc` output.

ffmpeg writes that head itself, from numbers and names of its own. No text from the file gets into it, while the list
of streams on the error output stands among titles and tags, which can look like a part of it. Which of several
sounds is the default is told there alone, and so is how long the file claims to be; a file that lies about that fools
nobody but its sender.
"""

import re
from dataclasses import dataclass

_LINE = re.compile(r"^#(media_type|codec_id|sample_rate|channel_layout_name) (\d+): (.+)$", re.MULTILINE)
_NUMBERED = re.compile(r"(\d+) channels")
_AMBISONIC = re.compile(r"ambisonic (\d+)")
_SPEAKERS = re.compile(r"\d+(?:\.\d+)+")  # 5.1 has five and one
_NAMED = {"mono": 1, "stereo": 2, "downmix": 2, "quad": 4, "hexagonal": 6, "octagonal": 8, "cube": 8}
_UNKNOWN = 64  # the most that recordings have; taken for layouts with a name of their own

# ffmpeg lists what it writes once more for people, in lines that begin like no line of a title or a tag.
_LISTED = "\nOutput #0, framecrc"
_CLAIMED = re.compile(r"^  Duration: (\d+):(\d\d):(\d\d)\.", re.MULTILINE)
_DEFAULT = re.compile(r"^  Stream #0:(\d+)\S*: Audio: .*\(default\)", re.MULTILINE)

# Sound first, and of the pictures those that move: V leaves out the cover of a song. Nothing is decoded.
LISTING = ("-map", "0:a?", "-map", "0:V?", "-c", "copy", "-t", "0", "-f", "framecrc", "pipe:1")
SOUND_LISTING = ("-map", "0:a?", "-c", "copy", "-t", "0", "-f", "framecrc", "pipe:1")


@dataclass(frozen=True, slots=True)
class Sound:
    """One stream of sound: its codec as ffmpeg names it, the samples a second, and how many channels have them."""

    codec: str
    rate: int
    channels: int


@dataclass(frozen=True, slots=True)
class Streams:
    """The streams of sound in their order, whether there are moving pictures, and which sound a player plays.

    `claimed` is how many seconds the file says that it lasts, None if it says nothing.
    """

    sounds: tuple[Sound, ...]
    has_video: bool
    default: int = 0
    claimed: float | None = None

    def by_preference(self) -> list[int]:
        """Return the numbers of the sounds: first the one that a player plays, then the others."""
        return sorted(range(len(self.sounds)), key=lambda number: number != self.default)


def parse(output: str, errors: str = "") -> Streams:
    """Return the streams that an output of `framecrc` begins with; of two lines about one fact the first counts.

    `errors` is the error output, which alone tells the default and the length.
    """
    facts: dict[int, dict[str, str]] = {}
    for name, number, value in _LINE.findall(output):
        facts.setdefault(int(number), {}).setdefault(name, value)
    sounds = (
        Sound(
            codec=fact.get("codec_id", ""),
            rate=_number(fact.get("sample_rate", "")),
            channels=_channels(fact.get("channel_layout_name", "")),
        )
        for fact in facts.values()
        if fact.get("media_type") == "audio"
    )
    default = _DEFAULT.search(errors.rpartition(_LISTED)[2])
    has_video = any(fact.get("media_type") == "video" for fact in facts.values())
    return Streams(tuple(sounds), has_video, int(default[1]) if default else 0, _claimed(errors))


def _claimed(errors: str) -> float | None:
    found = _CLAIMED.search(errors)
    return int(found[1]) * 3600.0 + int(found[2]) * 60 + int(found[3]) if found else None


def _number(text: str) -> int:
    return int(text) if text.isdecimal() else 0


def _channels(layout: str) -> int:
    """Return how many channels a layout has, by the name that ffmpeg gives it."""
    if match := _NUMBERED.match(layout):
        return int(match[1])
    if match := _AMBISONIC.match(layout):
        return (int(match[1]) + 1) ** 2
    if match := _SPEAKERS.match(layout):
        return sum(int(number) for number in match[0].split("."))
    return _NAMED.get(layout.partition("(")[0], _UNKNOWN)

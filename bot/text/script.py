"""What a chat shows of the paragraphs of a transcript: when each was said, and by whom.

The apps of Telegram make a place to listen to of a time in a message that replies to a recording. They know it by
figures of ASCII at the beginning of a line, with a space after it and not a colon, that are no later than the end of
the recording.
"""

import unicodedata
from collections.abc import Callable, Mapping, Sequence

from bot.text.turns import Paragraph
from bot.text.words import one_line
from storage.naming import LONGEST_NAME

_ISOLATE, _POP = "\u2068", "\u2069"
_FROM_RIGHT, _FROM_LEFT = frozenset({"R", "AL"}), frozenset({"L"})


def time(seconds: float, duration: float | None = None) -> str:
    """Return a moment of a recording as `0:35`, and as `1:02:07` from an hour on."""
    whole = int(min(seconds, duration) if duration else seconds)
    minutes, second = divmod(whole, 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours}:{minute:02}:{second:02}" if hours else f"{minute}:{second:02}"


def script(paragraphs: Sequence[Paragraph], *, times: bool, duration: float | None, names: Mapping[str, str]) -> str:
    """Return paragraphs below each other, with their times if wanted, and a name where somebody begins to speak."""
    written, before = [], None
    for each in paragraphs:
        name = names.get(each.speaker, "") if each.speaker is not None and each.speaker != before else ""
        moment = f"{time(each.start, duration)} " if times else ""
        written.append(f"{moment}{_called(name, each.text)}{each.text}")
        before = each.speaker
    return "\n\n".join(written)


def names_of(speakers: Sequence[str], names: Mapping[str, str], numbered: Callable[[int], str]) -> Mapping[str, str]:
    """Return what each speaker is called: by name, else by a number in their order."""
    return {
        speaker: one_line(names.get(speaker, ""), LONGEST_NAME) or numbered(number)
        for number, speaker in enumerate(speakers, 1)
    }


def _called(name: str, text: str) -> str:
    """Return a name as it stands before a text; one of the other direction leaves the order of the line alone."""
    if not name:
        return ""
    return f"{_ISOLATE}{name}{_POP}: " if _goes(name) != _goes(text) else f"{name}: "


def _goes(text: str) -> bool | None:
    """Tell whether the first letter of a text goes from right to left; None for a text without letters."""
    for character in text:
        direction = unicodedata.bidirectional(character)
        if direction in _FROM_RIGHT or direction in _FROM_LEFT:
            return direction in _FROM_RIGHT
    return None

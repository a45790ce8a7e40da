"""Reading a finished result, in whichever of the known shapes it comes, into a Transcript.

Everything here takes JSON somebody else wrote and believes none of it: what has the wrong type is left out,
what has no readable text at all is None.
"""

import re
from collections.abc import Iterator
from typing import Any

from storage.transcript import Transcript, Word

SECONDS = 1.0
MILLISECONDS = 0.001
LONGEST = 1e8  # a day in milliseconds, three years in seconds: a larger number is not a time

_LANGUAGE = re.compile(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*")

Channel = tuple[str, tuple[Word, ...]]


def read_transcript(result: object) -> Transcript | None:
    """None when this is no result in any shape we know. Silence is a result: its text is empty."""
    fields = as_object(result)
    if "results" in fields:
        return _deepgram(as_object(fields["results"]), fields)
    if "channels" in fields:
        return _deepgram(fields, fields)
    return _flat(fields)


def as_object(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def as_text(value: object) -> str | None:
    """Text that every store and every wire can carry: no NUL, no half of a surrogate pair."""
    if not isinstance(value, str):
        return None
    if value.isprintable():  # nearly all words are, and this is the cheapest question
        return value
    return value.replace("\0", "").encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def as_seconds(value: object, unit: float = SECONDS) -> float | None:
    """A moment or a span in seconds; None for what is no number, not finite, negative or absurd."""
    if type(value) is not float and type(value) is not int:  # exact: a bool is an int too
        return None
    # Compared before it is multiplied: false for NaN, and an integer may be too large for a float.
    return value * unit if 0 <= value <= LONGEST else None


def _deepgram(results: dict[str, Any], fields: dict[str, Any]) -> Transcript | None:
    """Nova and Whisper. The samples have a list of channels, the specification has one object."""
    channels = [as_object(channel) for channel in _as_list(results.get("channels"))]
    spoken = [read for channel in channels if (read := _channel(channel)) is not None]
    if not spoken and (read := _utterances(results.get("utterances"), SECONDS)) is not None:
        spoken = [read]
    if not spoken:
        return None
    text, words = _joined(spoken)
    languages = (_language(channel.get("detected_language")) for channel in channels)
    duration = as_seconds(as_object(fields.get("metadata")).get("duration"))
    return Transcript(text, next(filter(None, languages), None), duration, words)


def _channel(channel: dict[str, Any]) -> Channel | None:
    """The best alternative comes first; a channel without a readable one says nothing about what was said."""
    best = as_object(next(iter(_as_list(channel.get("alternatives"))), None))
    words = _words(best.get("words"), SECONDS)
    text = _readable(best)
    if text is None and not words:
        return None
    return (" ".join(word.text for word in words) if text is None else text), words


def _readable(alternative: dict[str, Any]) -> str | None:
    """The transcript, set in paragraphs where the answer has them and they say the same.

    They say something else when speakers are told apart: then the text of the paragraphs has "Speaker 0:"
    before each turn, which nobody said.
    """
    transcript = as_text(alternative.get("transcript"))
    for paragraphs in _as_list(alternative.get("paragraphs")):
        for text in _set_in_paragraphs(as_object(paragraphs)):
            if text and (not transcript or _letters(text) == _letters(transcript)):
                return text
    return None if transcript is None else transcript.strip()


def _set_in_paragraphs(paragraphs: dict[str, Any]) -> Iterator[str]:
    """The same text as the answer set it, and as its sentences give it."""
    yield (as_text(paragraphs.get("transcript")) or "").strip()
    yield "\n\n".join(_sentences(as_object(one)) for one in _as_list(paragraphs.get("paragraphs")))


def _sentences(paragraph: dict[str, Any]) -> str:
    sentences = (as_text(as_object(one).get("text")) for one in _as_list(paragraph.get("sentences")))
    return " ".join(filter(None, sentences))


def _joined(spoken: list[Channel]) -> Channel:
    """Several channels into one: what each side said, one after the other, and all words in order of time.

    Channels that are silent or repeat another one (a voice recorded in stereo) are dropped; each that
    remains is a speaker of its own, known by its number.
    """
    told = {text: words for text, words in reversed(spoken) if text}
    if len(told) < 2:
        return next(iter(told.items()), spoken[0])
    sides = list(reversed(told.items()))
    words = [
        Word(word.text, word.start, word.end, str(number)) for number, (_, side) in enumerate(sides) for word in side
    ]
    words.sort(key=lambda word: word.start)
    return "\n\n".join(text for text, _ in sides), tuple(words)


def _flat(fields: dict[str, Any]) -> Transcript | None:
    """AssemblyAI's `{text, words, ...}`, whose words are in milliseconds, and the bare `{text, usage}`."""
    text = as_text(fields.get("text"))
    words = _words(fields.get("words"), MILLISECONDS)
    if text is None:
        read = _utterances(fields.get("utterances"), MILLISECONDS)
        if read is None:
            return None
        text, words = read[0], words or read[1]
    language = _language(fields.get("language_code")) or _language(fields.get("language"))
    return Transcript(text.strip(), language, _flat_duration(fields), words)


def _flat_duration(fields: dict[str, Any]) -> float | None:
    """Seconds, also where the words are in milliseconds."""
    usage = as_object(fields.get("usage"))
    for value in (fields.get("audio_duration"), fields.get("duration"), usage.get("seconds")):
        if (seconds := as_seconds(value)) is not None:
            return seconds
    return None


def _utterances(utterances: object, unit: float) -> Channel | None:
    """What was said in turns, for answers that have nothing better."""
    turns = [as_object(turn) for turn in _as_list(utterances)]
    texts = (as_text(turn.get("transcript")) or as_text(turn.get("text")) or "" for turn in turns)
    said = list(filter(None, map(str.strip, texts)))
    words = tuple(word for turn in turns for word in _words(turn.get("words"), unit))
    return ("\n".join(said), words) if said else None


def _words(items: object, unit: float) -> tuple[Word, ...]:
    """What is sound among `items`; ten thousand for an hour of speech, so their path is a short one."""
    if not isinstance(items, list):
        return ()
    return tuple([word for item in items if (word := _word(item, unit)) is not None])


def _word(item: object, unit: float) -> Word | None:
    """None for a word without text or without its time; an end before the start is the start."""
    if not isinstance(item, dict):
        return None
    text = as_text(item.get("punctuated_word") or item.get("word") or item.get("text"))
    start = as_seconds(item.get("start"), unit)
    end = as_seconds(item.get("end"), unit)
    if not text or start is None or end is None:
        return None
    return Word(text, start, max(start, end), _speaker(item.get("speaker")))


def _speaker(value: object) -> str | None:
    """Deepgram counts speakers from 0, AssemblyAI letters them from A."""
    if isinstance(value, str):
        return as_text(value) or None
    number = as_seconds(value)
    return None if number is None else str(int(number))


def _language(value: object) -> str | None:
    """`en_us` and `en-US` are the same tag; what does not look like one is not one."""
    if not isinstance(value, str) or not _LANGUAGE.fullmatch(value):
        return None
    base, *rest = value.replace("_", "-").split("-")
    return "-".join([base.lower(), *(part.upper() if len(part) == 2 else part for part in rest)])


def _as_list(value: object) -> list[Any]:
    """A list as it is; one object where a list should be is a list of one."""
    if isinstance(value, list):
        return value
    return [value] if isinstance(value, dict) else []


def _letters(text: str) -> str:
    return "".join(text.split())

"""The shapes that finished results come in, and how each is read into a Transcript.

All values are JSON from another server and may have any type. A value of the wrong type is left out, and a result
without any readable text is None.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any

from bot.speech.apart import Turn, begins_with_label, told_apart, without_labels
from storage.transcript import LONGEST_TEXT, Segment, Transcript, Word

# The units of times in an answer, in seconds.
SECONDS = 1.0
MILLISECONDS = 0.001
LONGEST = 1e8  # in either unit: a day of milliseconds or three years of seconds; no recording is longer
SLICE = 16_384  # characters

_OTHERS = re.compile(r"\W+")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*")


@dataclass(frozen=True, slots=True)
class Said:
    """What was said in one channel of sound: its text, its words, and segments where it has none."""

    text: str
    words: tuple[Word, ...] = ()
    segments: tuple[Segment, ...] = ()


def read_transcript(result: object) -> Transcript | None:
    """Read a result of any known shape; None if it has none of them. Silence is a result with an empty text."""
    fields = as_object(result)
    if "results" in fields:
        return _read_deepgram(as_object(fields["results"]), fields)
    if "channels" in fields:
        return _read_deepgram(fields, fields)
    return _read_flat(fields)


def as_object(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def as_text(value: object) -> str | None:
    """Return the text without NUL and lone surrogates, which databases and JSON refuse; None if it is no text.

    No more of it than can be of use is looked at: twice LONGEST_TEXT, as there may be white space around it.
    """
    if not isinstance(value, str):
        return None
    value = value[: 2 * LONGEST_TEXT]
    if value.isprintable():  # nearly all words are, and this is the quickest check
        return value
    # In slices, as other threads wait for each, and a thousand surrogates take half a millisecond.
    return "".join(_storable(value[at : at + SLICE]) for at in range(0, len(value), SLICE))


def _storable(text: str) -> str:
    return text.replace("\0", "").encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def as_seconds(value: object, unit: float = SECONDS) -> float | None:
    """Return a time given in `unit` in seconds; None for no number, a negative one, or one above LONGEST."""
    if type(value) is not float and type(value) is not int:  # isinstance would take a bool for an int
        return None
    # The comparison comes first: it is false for NaN, and a huge integer cannot be multiplied by a float.
    return value * unit if 0 <= value <= LONGEST else None


def _read_deepgram(results: dict[str, Any], fields: dict[str, Any]) -> Transcript | None:
    """Read a result of Nova or Whisper. `channels` is a list in the samples, and one object in the specification."""
    channels = [as_object(channel) for channel in _as_list(results.get("channels"))]
    spoken = [read for channel in channels if (read := _read_channel(channel)) is not None]
    if not any(each.words or each.segments for each in spoken) and (turns := _read_turns(results, SECONDS)) is not None:
        spoken = [turns if not spoken else replace(turns, text=_join_channels(spoken).text)]
    if not spoken:
        return None
    if len(spoken) == 1:
        spoken = [replace(spoken[0], words=told_apart(spoken[0].words, _turns_of(results.get("utterances"), SECONDS)))]
    said = _join_channels(spoken)
    language, confidence = next(filter(None, map(_detected, channels)), (None, None))
    duration = as_seconds(as_object(fields.get("metadata")).get("duration"))
    return Transcript(said.text, language, _length(duration, said), said.words, confidence, said.segments)


def _detected(channel: dict[str, Any]) -> tuple[str, float | None] | None:
    """Read the language that was heard in a channel, and how sure that is."""
    language = _language_tag(channel.get("detected_language"))
    return None if language is None else (language, _as_confidence(channel.get("language_confidence")))


def _as_confidence(value: object) -> float | None:
    confidence = as_seconds(value)  # which is a number that is not below 0
    return confidence if confidence is not None and confidence <= 1 else None


def _length(told: float | None, said: Said) -> float | None:
    """Return the duration that the answer tells, or else the end of the last word; None without either."""
    if told is not None:
        return told
    ends = chain((word.end for word in said.words), (segment.end for segment in said.segments))
    return max(ends, default=None)


def _read_channel(channel: dict[str, Any]) -> Said | None:
    """Read the first alternative of a channel, which is the best one; None if it has neither text nor words."""
    best = as_object(next(iter(_as_list(channel.get("alternatives"))), None))
    within = [as_object(one).get("paragraphs") for one in _as_list(best.get("paragraphs"))]
    turns = [turn for paragraphs in within for turn in _turns_of(paragraphs, SECONDS)]
    words = told_apart(_read_words(best.get("words"), SECONDS), turns)
    text = _read_text(best, words)
    if text is None and not words:
        return None
    segments = () if words else _read_sentences(best)
    return Said(" ".join(word.text for word in words) if text is None else text, words, segments)


def _turns_of(turns: object, unit: float) -> list[Turn]:
    """Read when who speaks, of turns or paragraphs that tell."""
    told = []
    for turn in map(as_object, _as_list(turns)):
        start, end = as_seconds(turn.get("start"), unit), as_seconds(turn.get("end"), unit)
        speaker = _speaker(turn.get("speaker"))
        if start is not None and end is not None and speaker is not None:
            told.append((start, end, speaker))
    return told


def _read_text(alternative: dict[str, Any], words: Sequence[Word]) -> str | None:
    """Return the text in paragraphs, if the answer has paragraphs of the same text; else as one piece.

    In answers that tell speakers apart the paragraphs have another text: "Speaker 0:" precedes each turn, which
    nobody said.
    """
    transcript = _as_said(as_text(alternative.get("transcript")), words)
    said = _without_space(transcript or "")
    for paragraphs in _as_list(alternative.get("paragraphs")):
        for written in _paragraphed_texts(as_object(paragraphs)):
            text = written if transcript else without_labels(written)
            if text and (not transcript or _without_space(text) == said):
                return text
    return None if transcript is None else transcript.strip()


def _as_said(text: str | None, words: Sequence[Word]) -> str | None:
    """Return a text without labels of speakers that are not among its words."""
    if text is None or not begins_with_label(text):
        return text
    unlabelled = without_labels(text)
    said = _letters("".join(word.text for word in words))
    return unlabelled if _letters(unlabelled) == said else text


def _paragraphed_texts(paragraphs: dict[str, Any]) -> Iterator[str]:
    """Yield the text in paragraphs as the answer has it, then the same text made of its sentences."""
    yield (as_text(paragraphs.get("transcript")) or "").strip()
    yield "\n\n".join(_join_sentences(as_object(one)) for one in _as_list(paragraphs.get("paragraphs")))


def _join_sentences(paragraph: dict[str, Any]) -> str:
    sentences = (as_text(as_object(one).get("text")) for one in _as_list(paragraph.get("sentences")))
    return " ".join(filter(None, sentences))


def _read_sentences(alternative: dict[str, Any]) -> tuple[Segment, ...]:
    """Read the sentences of the paragraphs, each with the speaker of its paragraph; none where they have no times."""
    within = [as_object(one) for one in _as_list(alternative.get("paragraphs"))]
    paragraphs = [as_object(one) for each in within for one in _as_list(each.get("paragraphs"))]
    return tuple(
        segment
        for one in paragraphs
        for sentence in _as_list(one.get("sentences"))
        if (segment := _read_segment({"speaker": one.get("speaker")} | as_object(sentence), SECONDS)) is not None
    )


def _join_channels(spoken: list[Said]) -> Said:
    """Join the channels of a recording: their texts one after the other, their words in order of time.

    Channels without text, and those with the text of another one (a voice recorded in stereo), are dropped. If
    several remain, each is a speaker, who is named by the number of the channel among them.
    """
    by_text = {each.text: each for each in reversed(spoken) if each.text}  # of equal texts the first channel stays
    if len(by_text) < 2:
        return next(iter(by_text.values()), spoken[0])
    speakers = list(reversed(by_text.values()))
    words = [
        Word(word.text, word.start, word.end, str(number), word.confidence)
        for number, said in enumerate(speakers)
        for word in said.words
    ]
    words.sort(key=lambda word: word.start)
    segments = [replace(each, speaker=str(number)) for number, said in enumerate(speakers) for each in said.segments]
    segments.sort(key=lambda segment: segment.start)
    return Said("\n\n".join(each.text for each in speakers), tuple(words), tuple(segments))


def _read_flat(fields: dict[str, Any]) -> Transcript | None:
    """Read AssemblyAI's `{text, words, ...}`, whose words are in milliseconds, or the shorter `{text, usage}`."""
    text = as_text(fields.get("text"))
    words = _read_words(fields.get("words"), MILLISECONDS)
    turns = None if words and text is not None else _read_turns(fields, MILLISECONDS)
    if text is None and turns is None:
        return None
    words = told_apart(words, _turns_of(fields.get("utterances"), MILLISECONDS))
    said = Said(text or "", words) if turns is None or words else turns
    text = (turns.text if turns is not None else "") if text is None else text.strip()
    language = _language_tag(fields.get("language_code")) or _language_tag(fields.get("language"))
    confidence = _as_confidence(fields.get("language_confidence"))
    return Transcript(text, language, _length(_flat_duration(fields), said), said.words, confidence, said.segments)


def _flat_duration(fields: dict[str, Any]) -> float | None:
    # Durations are in seconds, also where the words are in milliseconds.
    usage = as_object(fields.get("usage"))
    for value in (fields.get("audio_duration"), fields.get("duration"), usage.get("seconds")):
        if (seconds := as_seconds(value)) is not None:
            return seconds
    return None


def _read_turns(fields: dict[str, Any], unit: float) -> Said | None:
    """Read the turns of the speakers, or else the segments of an OpenAI answer, which are in seconds.

    They are for answers that have no words of their own, or no other text. None without any text.
    """
    return _read_utterances(fields.get("utterances"), unit) or _read_utterances(fields.get("segments"), SECONDS)


def _read_utterances(utterances: object, unit: float) -> Said | None:
    """Read turns, of whose text each is a line; those without words become segments. None without any text."""
    texts: list[str] = []
    words: list[Word] = []
    segments: list[Segment] = []
    for turn in map(as_object, _as_list(utterances)):
        said = _read_words(turn.get("words"), unit)
        words += said
        if text := _turn_text(turn):
            texts.append(text)
            segments += [] if said else filter(None, [_read_segment(turn, unit)])
    return Said("\n".join(texts), tuple(words), tuple(segments)) if texts else None


def _turn_text(turn: dict[str, Any]) -> str:
    return (as_text(turn.get("transcript")) or as_text(turn.get("text")) or "").strip()


def _read_segment(turn: dict[str, Any], unit: float) -> Segment | None:
    """Read one sentence or turn; None without text or time. An end before the start becomes the start."""
    text = _turn_text(turn)
    start, end = as_seconds(turn.get("start"), unit), as_seconds(turn.get("end"), unit)
    if not text or start is None or end is None:
        return None
    return Segment(text, start, max(start, end), _speaker(turn.get("speaker")))


def _read_words(items: object, unit: float) -> tuple[Word, ...]:
    """Read the words among `items`, and leave out what is no word with text and time."""
    if not isinstance(items, list):
        return ()
    # A list is built faster than a generator is read, and an hour of speech has ten thousand words.
    return tuple([word for item in items if (word := _read_word(item, unit)) is not None])


def _read_word(item: object, unit: float) -> Word | None:
    """Read one word; None without text or time. An end before the start becomes the start."""
    if not isinstance(item, dict):
        return None
    text = as_text(item.get("punctuated_word") or item.get("word") or item.get("text"))
    start = as_seconds(item.get("start"), unit)
    end = as_seconds(item.get("end"), unit)
    if not text or start is None or end is None:
        return None
    return Word(text, start, max(start, end), _speaker(item.get("speaker")), _as_confidence(item.get("confidence")))


def _speaker(value: object) -> str | None:
    # Deepgram gives speakers numbers from 0, AssemblyAI letters from A.
    if isinstance(value, str):
        return as_text(value) or None
    number = as_seconds(value)
    return None if number is None else str(int(number))


def _language_tag(value: object) -> str | None:
    """Return a language tag in its usual spelling, such as `en-US` for `en_us`; None for any other value."""
    if not isinstance(value, str) or not _LANGUAGE.fullmatch(value):
        return None
    base, *rest = value.replace("_", "-").split("-")
    return "-".join([base.lower(), *(part.upper() if len(part) == 2 else part for part in rest)])


def _as_list(value: object) -> list[Any]:
    """Return a list as it is, one object as a list of one, and an empty list for any other value."""
    if isinstance(value, list):
        return value
    return [value] if isinstance(value, dict) else []


def _without_space(text: str) -> str:
    return "".join(text.split())


def _letters(text: str) -> str:
    return _OTHERS.sub("", text).lower()

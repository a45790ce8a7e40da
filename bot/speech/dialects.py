"""The shapes that finished results come in, and how each is read into a Transcript.

A value of the wrong type is left out, and a result
without any readable text is None.
"""

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any

from bot.speech.apart import Turn, begins_with_label, told_apart, without_labels
from bot.speech.between import Told, filled_in
from bot.speech.values import (
    MILLISECONDS,
    SECONDS,
    as_confidence,
    as_language,
    as_list,
    as_object,
    as_seconds,
    as_speaker,
    as_text,
)
from storage.transcript import Segment, Transcript, Word

_OTHERS = re.compile(r"\W+")


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


def _read_deepgram(results: dict[str, Any], fields: dict[str, Any]) -> Transcript | None:
    """Read a result of Nova or Whisper. `channels` is a list in the samples, and one object in the specification."""
    channels = [as_object(channel) for channel in as_list(results.get("channels"))]
    duration = as_seconds(as_object(fields.get("metadata")).get("duration"))
    spoken = [read for channel in channels if (read := _read_channel(channel, _until(duration))) is not None]
    if not any(each.words or each.segments for each in spoken):
        turns = _read_turns(results, SECONDS, _until(duration))
        if turns is not None:
            spoken = [turns if not spoken else replace(turns, text=_join_channels(spoken).text)]
    if not spoken:
        return None
    if len(spoken) == 1:
        spoken = [replace(spoken[0], words=told_apart(spoken[0].words, _turns_of(results.get("utterances"), SECONDS)))]
    said = _join_channels(spoken)
    language, confidence = next(filter(None, map(_detected, channels)), (None, None))
    return Transcript(said.text, language, _length(duration, said), said.words, confidence, said.segments)


def _detected(channel: dict[str, Any]) -> tuple[str, float | None] | None:
    """Read the language that was heard in a channel, and how sure that is."""
    language = as_language(channel.get("detected_language"))
    return None if language is None else (language, as_confidence(channel.get("language_confidence")))


def _until(duration: float | None) -> float:
    """Return the end of a recording; none known is never."""
    return math.inf if duration is None else duration


def _length(told: float | None, said: Said) -> float | None:
    """Return the duration that the answer tells, or else the end of the last word; None without either."""
    if told is not None:
        return told
    ends = chain((word.end for word in said.words), (segment.end for segment in said.segments))
    return max(ends, default=None)


def _read_channel(channel: dict[str, Any], until: float) -> Said | None:
    """Read the first alternative of a channel, which is the best one; None if it has neither text nor words."""
    best = as_object(next(iter(as_list(channel.get("alternatives"))), None))
    within = [as_object(one).get("paragraphs") for one in as_list(best.get("paragraphs"))]
    turns = [turn for paragraphs in within for turn in _turns_of(paragraphs, SECONDS)]
    words = told_apart(_read_words(best.get("words"), SECONDS, until=until), turns)
    text = _read_text(best, words)
    if text is None and not words:
        return None
    segments = () if words else _read_sentences(best, until)
    return Said(" ".join(word.text for word in words) if text is None else text, words, segments)


def _turns_of(turns: object, unit: float) -> list[Turn]:
    """Read when who speaks, of turns or paragraphs that tell."""
    told = []
    for turn in map(as_object, as_list(turns)):
        start, end = as_seconds(turn.get("start"), unit), as_seconds(turn.get("end"), unit)
        speaker = as_speaker(turn.get("speaker"))
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
    for paragraphs in as_list(alternative.get("paragraphs")):
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
    yield "\n\n".join(_join_sentences(as_object(one)) for one in as_list(paragraphs.get("paragraphs")))


def _join_sentences(paragraph: dict[str, Any]) -> str:
    sentences = (as_text(as_object(one).get("text")) for one in as_list(paragraph.get("sentences")))
    return " ".join(filter(None, sentences))


def _read_sentences(alternative: dict[str, Any], until: float) -> tuple[Segment, ...]:
    """Read the sentences of the paragraphs, each with the speaker of its paragraph; none where they have no times."""
    within = [as_object(one) for one in as_list(alternative.get("paragraphs"))]
    paragraphs = [as_object(one) for each in within for one in as_list(each.get("paragraphs"))]
    sentences = [
        {"speaker": one.get("speaker")} | as_object(sentence)
        for one in paragraphs
        for sentence in as_list(one.get("sentences"))
    ]
    return _read_segments(sentences, [()] * len(sentences), SECONDS, until)


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
    duration = _flat_duration(fields)
    words = _read_words(fields.get("words"), MILLISECONDS, until=_until(duration))
    turns = None if words and text is not None else _read_turns(fields, MILLISECONDS, _until(duration))
    if text is None and turns is None:
        return None
    words = told_apart(words, _turns_of(fields.get("utterances"), MILLISECONDS))
    said = Said(text or "", words) if turns is None or words else turns
    text = (turns.text if turns is not None else "") if text is None else text.strip()
    language = as_language(fields.get("language_code")) or as_language(fields.get("language"))
    confidence = as_confidence(fields.get("language_confidence"))
    return Transcript(text, language, _length(duration, said), said.words, confidence, said.segments)


def _flat_duration(fields: dict[str, Any]) -> float | None:
    # Durations are in seconds, also where the words are in milliseconds.
    usage = as_object(fields.get("usage"))
    for value in (fields.get("audio_duration"), fields.get("duration"), usage.get("seconds")):
        if (seconds := as_seconds(value)) is not None:
            return seconds
    return None


def _read_turns(fields: dict[str, Any], unit: float, until: float) -> Said | None:
    """Read the turns of the speakers, or else the segments of an OpenAI answer, which are in seconds.

    They are for answers that have no words of their own, or no other text. None without any text.
    """
    return _read_utterances(fields.get("utterances"), unit, until) or _read_utterances(
        fields.get("segments"), SECONDS, until
    )


def _read_utterances(utterances: object, unit: float, until: float) -> Said | None:
    """Read turns, of whose text each is a line; those without words become segments. None without any text."""
    turns = [as_object(turn) for turn in as_list(utterances)]
    texts = [text for turn in turns if (text := _turn_text(turn))]
    if not texts:
        return None
    spoken = [_read_words_of(turn, unit, until) for turn in turns]
    segments = _read_segments(turns, spoken, unit, until)
    return Said("\n".join(texts), tuple(chain.from_iterable(spoken)), segments)


def _turn_text(turn: dict[str, Any]) -> str:
    return (as_text(turn.get("transcript")) or as_text(turn.get("text")) or "").strip()


def _read_words_of(turn: dict[str, Any], unit: float, until: float) -> tuple[Word, ...]:
    """Read the words of a turn, which are said within it."""
    start, end = as_seconds(turn.get("start"), unit), as_seconds(turn.get("end"), unit)
    return _read_words(turn.get("words"), unit, start or 0.0, until if end is None else end)


def _read_segments(
    turns: Sequence[dict[str, Any]], spoken: Sequence[Sequence[Word]], unit: float, until: float
) -> tuple[Segment, ...]:
    """Read the sentences or turns that have a text, and no words of their own in `spoken`.

    Those without a time are placed between their neighbours. None where no time at all is known.
    """
    texts = map(_turn_text, turns)
    said = [each for each in zip(turns, texts, spoken, strict=True) if each[1]]
    told = [
        Told(text, words[0].start, words[-1].end) if words else _told(turn, text, unit) for turn, text, words in said
    ]
    return tuple(
        Segment(text, start, end, as_speaker(turn.get("speaker")))
        for (turn, text, words), (start, end) in zip(said, filled_in(told, until=until), strict=False)
        if not words
    )


def _told(item: dict[str, Any], text: str, unit: float) -> Told:
    return Told(text, as_seconds(item.get("start"), unit), as_seconds(item.get("end"), unit))


def _read_words(items: object, unit: float, since: float = 0.0, until: float = math.inf) -> tuple[Word, ...]:
    """Read the words among `items`, and leave out what is no word with a text; none where no time at all is known.

    Words without a time are placed between their neighbours, or `since` and `until`.
    """
    if not isinstance(items, list):
        return ()
    # A list is built faster than a generator is read, and an hour of speech has ten thousand words.
    words = tuple([word for item in items if (word := _read_word(item, unit)) is not None])
    return words if len(words) == len(items) else _read_untimed(items, unit, since, until)


def _read_word(item: object, unit: float) -> Word | None:
    """Read one word; None without text or time. An end before the start becomes the start."""
    if not isinstance(item, dict):
        return None
    text = _word_text(item)
    start = as_seconds(item.get("start"), unit)
    end = as_seconds(item.get("end"), unit)
    if not text or start is None or end is None:
        return None
    return Word(text, start, max(start, end), as_speaker(item.get("speaker")), as_confidence(item.get("confidence")))


def _word_text(item: dict[str, Any]) -> str | None:
    return as_text(item.get("punctuated_word") or item.get("word") or item.get("text"))


def _read_untimed(items: Sequence[object], unit: float, since: float, until: float) -> tuple[Word, ...]:
    """Read words of which some have no time."""
    said = [(item, text) for item in map(as_object, items) if (text := _word_text(item))]
    times = filled_in([_told(item, text, unit) for item, text in said], since, until)
    return tuple(
        Word(text, start, end, as_speaker(item.get("speaker")), as_confidence(item.get("confidence")))
        for (item, text), (start, end) in zip(said, times, strict=False)
    )


def _without_space(text: str) -> str:
    return "".join(text.split())


def _letters(text: str) -> str:
    return _OTHERS.sub("", text).lower()

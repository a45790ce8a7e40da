"""A program of its own: hears English in raw sound from standard input and writes its words, as JSON, to the output.

The sound is mono, 16 bits, RATE samples a second. It is run by its path and knows nothing of this project, so it
starts quickly and takes no more memory than pocketsphinx does.
"""

import json
import re
import sys
from collections.abc import Iterator
from typing import Any

from pocketsphinx import Decoder, Endpointer, Vad

RATE = 16_000
SAMPLE_BYTES = 2
CONTEXT_SECONDS = 0.3  # before and after a stretch of speech: shorter, and first words are lost or misheard
MOST_GUESSES = 3_000  # at a time; in noise there would be ten times as many, slower by far and no better
LONGEST_STRETCH = 60 * RATE  # as the memory of the decoder grows with what it hears at once
_FRAMES_PER_SECOND = 100
_FILLER = re.compile(r"<.*>|\[.*\]|\+\+.*\+\+")
_PRONUNCIATION = re.compile(r"\(\d+\)$")

Stretch = tuple[int, int]


def speech(sound: bytes) -> Iterator[Stretch]:
    """Where somebody speaks, in samples; a decoder left alone with silence hears words in it."""
    ears = Endpointer(window=0.3, ratio=0.6, vad_mode=Vad.MEDIUM_STRICT, sample_rate=RATE)
    last = max(len(sound) - 1, 0) // ears.frame_bytes * ears.frame_bytes
    for place in range(0, last, ears.frame_bytes):
        spoke = ears.in_speech
        ears.process(sound[place : place + ears.frame_bytes])
        if spoke and not ears.in_speech:
            yield round(ears.speech_start * RATE), round(ears.speech_end * RATE)
    if ears.in_speech:
        ears.end_stream(sound[last:])
        yield round(ears.speech_start * RATE), round(ears.speech_end * RATE)


def in_context(stretches: Iterator[Stretch], samples: int) -> list[Stretch]:
    """The stretches with some of what is around them, none longer than LONGEST_STRETCH, and no two overlapping."""
    context = round(CONTEXT_SECONDS * RATE)
    widened: list[Stretch] = []
    for start, end in stretches:
        begin, until = max(0, start - context), min(samples, end + context)
        if widened and begin <= widened[-1][1]:
            begin = widened.pop()[0]
        widened.append((begin, until))
    return [
        (begin, min(begin + LONGEST_STRETCH, until))
        for start, until in widened
        for begin in range(start, until, LONGEST_STRETCH)
    ]


def words(decoder: Decoder, sound: bytes, stretch: Stretch) -> Iterator[dict[str, Any]]:
    """What is said in a stretch, with seconds from the beginning of the sound."""
    start, end = stretch
    decoder.start_utt()
    decoder.process_raw(sound[start * SAMPLE_BYTES : end * SAMPLE_BYTES], full_utt=True)
    decoder.end_utt()
    for heard in decoder.seg() if decoder.hyp() else ():
        if not _FILLER.fullmatch(heard.word):
            yield {
                "text": _PRONUNCIATION.sub("", heard.word),
                "start": round(start / RATE + heard.start_frame / _FRAMES_PER_SECOND, 3),
                "end": round(min(end / RATE, start / RATE + (heard.end_frame + 1) / _FRAMES_PER_SECOND), 3),
            }


def main() -> None:
    sound = sys.stdin.buffer.read()
    found = in_context(speech(sound), len(sound) // SAMPLE_BYTES)
    decoder = Decoder(loglevel="FATAL", maxhmmpf=MOST_GUESSES) if found else None
    json.dump({"words": [word for stretch in found for word in words(decoder, sound, stretch)]}, sys.stdout)


if __name__ == "__main__":
    main()

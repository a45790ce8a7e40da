"""A program that recognises English in the raw sound on its standard input, and writes the words to its output as JSON.

The sound is mono, 16 bits, RATE samples a second. The program is run by its path and imports nothing of this project,
so it starts quickly and takes no more memory than pocketsphinx does.
"""

import json
import re
import sys
from collections.abc import Iterator
from typing import Any

from pocketsphinx import Decoder, Endpointer, Vad

RATE = 16_000
SAMPLE_BYTES = 2
CONTEXT_SECONDS = 0.3  # before and after a stretch of speech; with less, first words are lost or wrong
MOST_GUESSES = 3_000  # at a time; noise causes ten times as many, which is slower and no better
LONGEST_STRETCH = 60 * RATE  # the memory of the decoder grows with the length of its input
_FRAMES_PER_SECOND = 100
_FILLER = re.compile(r"<.*>|\[.*\]|\+\+.*\+\+")
_PRONUNCIATION = re.compile(r"\(\d+\)$")

Stretch = tuple[int, int]


def find_speech(sound: bytes) -> Iterator[Stretch]:
    """Find the stretches of speech, in samples. Without this the decoder recognises words in silence."""
    endpointer = Endpointer(window=0.3, ratio=0.6, vad_mode=Vad.MEDIUM_STRICT, sample_rate=RATE)
    last = max(len(sound) - 1, 0) // endpointer.frame_bytes * endpointer.frame_bytes
    for place in range(0, last, endpointer.frame_bytes):
        spoke = endpointer.in_speech
        endpointer.process(sound[place : place + endpointer.frame_bytes])
        if spoke and not endpointer.in_speech:
            yield round(endpointer.speech_start * RATE), round(endpointer.speech_end * RATE)
    if endpointer.in_speech:
        endpointer.end_stream(sound[last:])
        yield round(endpointer.speech_start * RATE), round(endpointer.speech_end * RATE)


def with_context(stretches: Iterator[Stretch], samples: int) -> list[Stretch]:
    """Widen the stretches by CONTEXT_SECONDS on both sides.

    Stretches that then overlap are joined. One that is longer than LONGEST_STRETCH is cut into pieces of that length.
    """
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


def recognise(decoder: Decoder, sound: bytes, stretch: Stretch) -> Iterator[dict[str, Any]]:
    """Recognise the words in a stretch; their times are seconds from the beginning of the sound."""
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
    found = with_context(find_speech(sound), len(sound) // SAMPLE_BYTES)
    decoder = Decoder(loglevel="FATAL", maxhmmpf=MOST_GUESSES) if found else None
    json.dump({"words": [word for stretch in found for word in recognise(decoder, sound, stretch)]}, sys.stdout)


if __name__ == "__main__":
    main()

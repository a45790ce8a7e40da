"""Values as the text that a column holds. Only what these encoders wrote, perhaps newer ones, is ever decoded."""

import json
from dataclasses import asdict, fields

from storage.apology import Apology, Notice, Reason
from storage.transcript import Transcript, Word
from storage.words import Options


def encode_apology(apology: Apology) -> str:
    return json.dumps({"reason": apology.reason, "facts": dict(apology.facts)})


def decode_apology(text: str) -> Apology:
    """Read an apology; the reason of one that a newer program wrote may be unknown, and is INTERNAL."""
    stored = json.loads(text)
    known = next((reason for reason in Reason if reason == stored["reason"]), None)
    return Apology(known, stored["facts"]) if known else Apology(Reason.INTERNAL)


def encode_transcript(transcript: Transcript) -> str:
    """Encode words as rows without names: an hour of speech has ten thousand of them."""
    stored = {
        "text": transcript.text,
        "language": transcript.language,
        "duration": transcript.duration,
        "words": [(word.text, word.start, word.end, word.speaker) for word in transcript.words],
    }
    return json.dumps(stored, ensure_ascii=False, separators=(",", ":"))


def decode_transcript(text: str) -> Transcript:
    stored = json.loads(text)
    words = tuple(Word(*row) for row in stored["words"])
    return Transcript(stored["text"], stored["language"], stored["duration"], words)


def encode_options(options: Options) -> str:
    return json.dumps(asdict(options), separators=(",", ":"))


def decode_options(text: str) -> Options:
    """Read options, but for those that only a newer program knows."""
    known = {each.name for each in fields(Options)}
    return Options(**{name: value for name, value in json.loads(text).items() if name in known})


def decode_notice(text: str) -> Notice:
    """Read a notice; one that this program does not know is NONE."""
    return next((notice for notice in Notice if notice == text), Notice.NONE)

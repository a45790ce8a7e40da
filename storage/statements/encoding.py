"""Values as the text that a column holds. Only what the encoders here wrote is ever decoded."""

import json
from dataclasses import asdict

from storage.apology import Apology, Notice, Reason
from storage.transcript import Transcript, Word
from storage.words import Options


def encode_apology(apology: Apology) -> str:
    return json.dumps({"reason": apology.reason, "facts": dict(apology.facts)})


def decode_apology(text: str) -> Apology:
    fields = json.loads(text)
    return Apology(Reason(fields["reason"]), fields["facts"])


def encode_transcript(transcript: Transcript) -> str:
    """Encode words as rows without names: an hour of speech has ten thousand of them."""
    fields = {
        "text": transcript.text,
        "language": transcript.language,
        "duration": transcript.duration,
        "words": [(word.text, word.start, word.end, word.speaker) for word in transcript.words],
    }
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":"))


def decode_transcript(text: str) -> Transcript:
    fields = json.loads(text)
    words = tuple(Word(*row) for row in fields["words"])
    return Transcript(fields["text"], fields["language"], fields["duration"], words)


def encode_options(options: Options) -> str:
    return json.dumps(asdict(options), separators=(",", ":"))


def decode_options(text: str) -> Options:
    return Options(**json.loads(text))


def decode_notice(text: str) -> Notice:
    """Read a notice; one that this program does not know is NONE."""
    return next((notice for notice in Notice if notice == text), Notice.NONE)

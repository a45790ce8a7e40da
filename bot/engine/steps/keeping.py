"""What is made of a transcript that is known: how long it answers for its file, and whether anybody said it."""

from bot.engine import patience
from bot.speech.catalogue import Family, find
from bot.text.invented import is_invented
from bot.text.layout import says_something
from storage.outcomes import Ready
from storage.transcript import Transcript


def ready(transcript: Transcript, model: str, now: float, transcript_ttl: float, *, is_faint: bool) -> Ready:
    """Make the outcome of a transcript that is known, kept for `transcript_ttl` seconds unless its chat has chosen.

    A recording without speech is not kept: who sends it again believes that there is speech in it. It still answers
    those who sent the same meanwhile. `is_faint` tells that hardly anything can be heard in the recording.
    """
    text = transcript.text[: patience.LONG_TEXT]
    has_speech = says_something(text)
    invented = has_speech and is_invented(text, is_faint=is_faint, gets_stuck=_gets_stuck(model))
    return Ready(transcript, now + transcript_ttl if has_speech else now, has_speech, invented)


def _gets_stuck(model: str) -> bool:
    """Tell whether a model is known to repeat a phrase that nobody said; who says one again is left alone."""
    found = find(model)
    return found is not None and found.family is Family.WHISPER

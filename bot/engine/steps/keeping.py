"""How long a transcript is kept as the answer for its file."""

from bot.engine import patience
from bot.text.layout import says_something
from storage.outcomes import Ready
from storage.transcript import Transcript


def ready(transcript: Transcript, now: float, transcript_ttl: float) -> Ready:
    """Make the outcome of a transcript that is known, kept for `transcript_ttl` seconds unless its chat has chosen.

    A recording without speech is not kept: who sends it again believes that there is speech in it. It still answers
    those who sent the same meanwhile.
    """
    has_speech = says_something(transcript.text[: patience.LONG_TEXT])
    return Ready(transcript, now + transcript_ttl if has_speech else now, has_speech)

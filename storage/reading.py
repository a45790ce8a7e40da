"""What can be read of jobs and of their transcripts."""

from collections.abc import Mapping
from typing import Protocol

from storage.transcript import Transcript
from storage.words import Generation, Job


class Reading(Protocol):
    """Reads jobs and transcripts."""

    async def job(self, job_id: int) -> Job | None: ...

    async def job_at(self, chat_id: int, message_id: int) -> Job | None:
        """Return the job that a message shows, as its answer or as a page of it; else that of a recording.

        Of several jobs of a recording it is the newest one whose text is shown, or else the newest one.
        """

    async def generations(self, job: Job) -> tuple[Generation, ...]: ...

    async def pages(self, job: Job) -> Mapping[int, int]:
        """Return the message ids of pages by number: those after the first, and 0 for that once it is shown."""

    async def transcript(self, transcript_id: int) -> Transcript | None: ...

    async def text(self, transcript_id: int) -> str | None:
        """Return the text of a transcript without its words, which are most of it."""

    async def transcript_without_words(self, transcript_id: int) -> Transcript | None:
        """Return a transcript as `transcript` does, but for its words and segments, which are most of it."""

    async def duration(self, transcript_id: int) -> float | None:
        """Return the seconds of sound of a transcript, if it has them."""

    async def language(self, transcript_id: int) -> str | None:
        """Return the language of a transcript; None if it has none, or is not kept any more."""

    async def transcript_size(self, transcript_id: int) -> int:
        """Return the characters that a transcript takes up in the database; 0 if there is none."""

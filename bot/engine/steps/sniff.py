"""The first step of a document whose name and type leave open what it is: a look at its first bytes."""

from dataclasses import dataclass

from bot.media.listened_to import Says, bytes_say
from bot.telegram.downloading.files import Files
from storage.apology import Apology, Reason
from storage.outcomes import Hopeless, Outcome, Sniffed
from storage.words import Job


@dataclass(frozen=True, slots=True)
class Sniff:
    """Tells recordings from other documents, before anything is said and without a slot at the provider.

    First bytes that nobody knows are taken for a recording in a private chat, where ffmpeg decides and the sender
    expects an answer. In a group they are not.
    """

    files: Files

    async def __call__(self, job: Job) -> Outcome:
        head = await self.files.head(job.file_id)
        if not head:
            return Hopeless(Apology(Reason.EMPTY))
        match bytes_say(head):
            case Says.RECORDING:
                return Sniffed()
            case Says.NOTHING if not job.is_quiet:
                return Sniffed()
            case _:
                return Hopeless(Apology(Reason.NOT_AUDIO))

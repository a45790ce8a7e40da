"""What is told of a recording before its text is there."""

import math

from bot.text.room import Room, marked
from bot.text.words import short_host
from storage.apology import Notice
from storage.host import Whose

_PLACEHOLDERS: dict[Notice, str] = {
    Notice.NONE: marked("Transcribing…"),
    Notice.FAILED: marked("Transcribing once more…"),
    Notice.RETRYING: marked(
        "The speech service is not answering at the moment. "
        "I will keep trying by myself; there is nothing you need to do."
    ),
    Notice.TELEGRAM: marked(
        "Telegram does not hand this file over at the moment. "
        "I will keep trying by myself; there is nothing you need to do."
    ),
    Notice.MACHINE: marked(
        "Something on the machine this bot runs on is not working at the moment. "
        "I will keep trying by myself; there is nothing you need to do."
    ),
    Notice.ROOM: marked(
        "The disk of the machine this bot runs on has no space for this recording at the moment. "
        "I will go on by myself as soon as there is some; there is nothing you need to do."
    ),
    Notice.DELAYED: marked(
        "This takes longer than usual. I will keep trying by myself; there is nothing you need to do."
    ),
    Notice.PAUSED: marked(
        "Transcription is paused for a reason the operator of this bot has to fix. "
        "It will continue by itself after that; there is no need to send this again."
    ),
}


_CELLS = 10
_HEARD, _TO_COME = "▓", "░"  # which have no direction: the bar grows from where a language begins to read


class Waiting(Room):
    """Placeholders, and the answer to more recordings than a chat may have without an answer."""

    def placeholder(self, notice: Notice, host: str | None = None) -> str:
        """Return what stands in the chat until the answer is there; `host` is where it is, if that is told."""
        if host is None or notice is not Notice.NONE:
            return self.gettext(_PLACEHOLDERS[notice])
        return self.gettext("Transcribing the recording at {host}…").format(host=self.isolated(short_host(host)))

    def heard(self, heard: float, total: float, left: float | None) -> str:
        """Return how far a recording is: the seconds that are heard, of how many, and those that the rest will take."""
        minutes, of = math.floor(heard / 60), max(1, math.ceil(round(total / 60, 3)))
        told = {"bar": self._bar(heard, total), "heard": minutes, "total": of}
        if left is None:
            return self.gettext("{bar} {heard} of {total} min").format(**told)
        if left < 60:
            return self.gettext("{bar} {heard} of {total} min, less than a minute left").format(**told)
        n = math.ceil(left / 60)
        return self.ngettext(
            "{bar} {heard} of {total} min, about {n} min left", "{bar} {heard} of {total} min, about {n} min left", n
        ).format(n=n, **told)

    def _bar(self, heard: float, total: float) -> str:
        full = min(_CELLS, math.floor(_CELLS * heard / total)) if total > 0 else 0
        return _HEARD * full + _TO_COME * (_CELLS - full)

    def ahead(self, n: int, most: int) -> str:
        """Return how many other recordings come before this one; of more than `most` that there are more."""
        told = str(n) if n <= most else f"{most}+"
        return self.ngettext("{n} ahead", "{n} ahead", n).format(n=told)

    def too_many(self, most_open: int) -> str:
        return self.ngettext(
            "I am still working on {n} recording of this chat and take no more at once, so I left this one out, "
            "and any that follow it now. Please send those again later, when I have answered some.",
            "I am still working on {n} recordings of this chat and take no more at once, so I left this one out, "
            "and any that follow it now. Please send those again later, when I have answered some.",
            most_open,
        ).format(n=most_open)

    def too_often(self, whose: Whose, most: int, seconds: float) -> str:
        """Return what is told to a chat or a person that sends more recordings than may be sent in a minute."""
        if whose is Whose.PERSON:
            told = self.ngettext(
                "You may send {n} recording a minute, so I left this one out. Please send it again in {wait}.",
                "You may send {n} recordings a minute, so I left this one out. Please send it again in {wait}.",
                most,
            )
        else:
            told = self.ngettext(
                "This chat may send {n} recording a minute, so I left this one out. Please send it again in {wait}.",
                "This chat may send {n} recordings a minute, so I left this one out. Please send it again in {wait}.",
                most,
            )
        return told.format(n=most, wait=self.wait(seconds))

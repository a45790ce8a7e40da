"""Why there will be no transcript, and what to do: each in one sentence, both in at most 300 characters."""

import math
from collections.abc import Callable, Mapping

from bot.text.room import Room, marked
from bot.text.words import one_line, short_host
from storage.apology import Fact, Reason

SOME_LEFT = 1 / 60  # minutes
_LARGEST = 1_000_000  # of a number in a sentence; a larger one is no fact

_APOLOGIES: dict[Reason, str] = {
    Reason.TOO_BIG: marked(
        "This file is too big for me. Please send a smaller one, or the recording in several parts."
    ),
    Reason.EMPTY: marked(
        "This file is empty, so there is nothing to transcribe. Please record it once more and send the new recording."
    ),
    Reason.NOT_AUDIO: marked(
        "I could not read this file as audio or video. "
        "Please send it as a voice note or in a common format, such as MP3, M4A, OGG, WAV or MP4."
    ),
    Reason.NO_SOUND: marked(
        "This video has no sound track, so there is nothing to transcribe. "
        "If it should have sound, please check the original and send it once more."
    ),
    Reason.TOO_LONG: marked(
        "This recording is too long for me. Please cut it into shorter parts and send them one by one."
    ),
    Reason.TOO_DEMANDING: marked(
        "Reading this file takes more time or memory than I may spend on one. "
        "Please convert it to a common format, such as MP3, M4A or OGG, or cut it into shorter parts."
    ),
    Reason.FILE_GONE: marked(
        "Telegram no longer has this file for me, or does not hand it over. "
        "Please upload the recording once more; forwarding the old message may not be enough."
    ),
    Reason.LINK_UNREACHABLE: marked(
        "The speech service could not get a recording from this link. Please check that it leads to the audio or "
        "video file itself and opens without a login, or send me the file."
    ),
    Reason.REFUSED: marked(
        "The speech service did not accept this recording. "
        "Please choose another model with /model and send it once more, or send it in another format."
    ),
    Reason.PROVIDER_FAILED: marked(
        "The speech service could not transcribe this recording. "
        "Please send it once more, or choose another model with /model first."
    ),
    Reason.UNREADABLE: marked(
        "The speech service finished this recording, but its answer had nothing in it that I could read. "
        "Please send it once more later, or choose another model with /model first."
    ),
    Reason.PROVIDER_DOWN: marked(
        "The speech service did not answer, although I tried for a long time. Please send the recording again later."
    ),
    Reason.TELEGRAM_DOWN: marked(
        "Telegram did not hand this file over to me, although I tried for a long time. "
        "Please send the recording again later."
    ),
    Reason.TOO_SLOW: marked(
        "The speech service took this recording but did not finish it in time. "
        "Please send it again later, or choose another model with /model first."
    ),
    Reason.PAUSED: marked(
        "Transcription was paused for too long, for a reason only the operator of this bot can fix. "
        "Please let the operator know, and send the recording again later."
    ),
    Reason.OVER_LIMIT: marked(
        "This recording is more than may be transcribed here today. Please send it again at 00:00 UTC."
    ),
    Reason.MACHINE: marked(
        "Something on the machine this bot runs on kept me from transcribing this. "
        "Please send the recording again later; if it fails again, please tell the operator of this bot."
    ),
    Reason.NO_ROOM: marked(
        "The disk of the machine this bot runs on has no space for this recording. "
        "Please tell the operator of this bot to make room for it (TMPDIR), or send a smaller file."
    ),
    Reason.DEADLY: marked(
        "I stopped working each time I opened this recording, so I have put it aside. "
        "Please send it in another format, and tell the operator of this bot."
    ),
    Reason.INTERRUPTED: marked(
        "I was stopped again and again while I worked on this recording. Please send it again later."
    ),
    Reason.INTERNAL: marked(
        "Something in this bot went wrong, several times in a row. "
        "Please send the recording once more; if it fails again, please tell the operator of this bot."
    ),
    Reason.CANCELLED: marked("Cancelled."),
}


class Apologies(Room):
    """What is delivered instead of a transcript."""

    def apology(self, reason: Reason, facts: Mapping[str, Fact]) -> str:
        """Return the apology with as many of the facts as are known and can be true."""
        match reason:
            case Reason.TOO_BIG:
                detailed = self._too_big(facts)
            case Reason.TOO_LONG:
                detailed = self._too_long(facts)
            case Reason.OVER_LIMIT:
                detailed = self._over_limit(facts)
            case Reason.LINK_UNREACHABLE:
                detailed = self._unreachable(facts)
            case _:
                detailed = None
        return detailed or self.gettext(_APOLOGIES[reason])

    def _too_big(self, facts: Mapping[str, Fact]) -> str | None:
        if (megabytes := _number(facts.get("telegram_limit_mb"))) is not None:
            told = self.gettext(
                "This file is too big: Telegram gives bots files of up to {megabytes} MB. "
                "Please send a smaller one, or the recording in several parts."
            )
        elif (megabytes := _number(facts.get("limit_mb"))) is not None:
            told = self.gettext(
                "This file is too big: the operator of this bot lets me take up to {megabytes} MB. "
                "Please send a smaller one, or the recording in several parts."
            )
        else:
            return None
        return told.format(megabytes=f"{megabytes:.1f}".removesuffix(".0"))

    def _too_long(self, facts: Mapping[str, Fact]) -> str | None:
        length, limit = _number(facts.get("minutes")), _number(facts.get("limit_minutes"))
        if limit is None:
            return None
        if length is None:
            return self.gettext(
                "This recording is too long: the operator of this bot lets me take up to {limit}. "
                "Please cut it into shorter parts and send them one by one."
            ).format(limit=self._span(limit, math.floor))
        return self.gettext(
            "This recording of {length} is too long: the operator of this bot lets me take up to {limit}. "
            "Please cut it into shorter parts and send them one by one."
        ).format(length=self._span(length, math.ceil), limit=self._span(limit, math.floor))

    def _span(self, minutes: float, whole: Callable[[float], int]) -> str:
        return self.seconds(whole(minutes * 60)) if minutes < 1 else self.minutes(whole(minutes))

    def _over_limit(self, facts: Mapping[str, Fact]) -> str | None:
        limit, left = _number(facts.get("limit_minutes")), _number(facts.get("left_minutes"))
        opens_in, whose = _number(facts.get("opens_in")), facts.get("whose")
        if limit is None or left is None or opens_in is None:
            return None
        if whose == "person" and left < SOME_LEFT:
            told = self.gettext(
                "You have used up the {limit} that may be transcribed for you in a day. "
                "Please send it again at 00:00 UTC, in {wait}."
            )
        elif whose == "person":
            told = self.gettext(
                "This recording is longer than what is left for you today: {left} of {limit}. "
                "Please send it again at 00:00 UTC, in {wait}."
            )
        elif left < SOME_LEFT:
            told = self.gettext(
                "This chat has used up the {limit} that may be transcribed for it in a day. "
                "Please send it again at 00:00 UTC, in {wait}."
            )
        else:
            told = self.gettext(
                "This recording is longer than what is left for this chat today: {left} of {limit}. "
                "Please send it again at 00:00 UTC, in {wait}."
            )
        spans = {"limit": self._span(limit, math.floor), "left": self._span(left, math.floor)}
        return told.format(**spans, wait=self.wait(opens_in))

    def _unreachable(self, facts: Mapping[str, Fact]) -> str | None:
        host = facts.get("host")
        if host is None:
            return None
        return self.gettext(
            "The speech service could not get a recording from this link to {host}. Please check that it leads to the "
            "audio or video file itself and opens without a login, or send me the file."
        ).format(host=self.isolated(short_host(one_line(str(host), len(str(host))))))


def _number(fact: Fact | None) -> float | None:
    """Return a number that can stand in a sentence; None for anything else."""
    return fact if isinstance(fact, int | float) and 0 <= fact <= _LARGEST else None

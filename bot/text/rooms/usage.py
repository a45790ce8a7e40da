"""How much of the bot is used, and how much may be."""

import math
from collections.abc import Sequence

from bot.text.layout import utf16_length
from bot.text.room import Room
from bot.text.words import one_line
from storage.host import Amount

CAPTION_LIMIT = 1024  # UTF-16 units
LONGEST_NAME = 24  # characters, so that ten names fit


class Usage(Room):
    """Amounts in whole minutes, rounded up, as a recording of seconds is not nothing; what is left adds up to them."""

    def of_chat(self, today: Amount, month: Amount) -> str:
        told = self.gettext("This chat today: {today}\nThis month: {month}")
        return told.format(today=self._amount(today), month=self._amount(month))

    def left_to_chat(self, used: float, limit: float) -> str:
        """Tell what is left of a day of which so many seconds are used."""
        told = self.gettext("Left for this chat until 00:00 UTC: {left} of {limit}")
        return told.format(left=self._left(used, limit), limit=self._minutes(limit))

    def left_to_person(self, used: float, limit: float) -> str:
        told = self.gettext("Left for you until 00:00 UTC: {left} of {limit}")
        return told.format(left=self._left(used, limit), limit=self._minutes(limit))

    def no_limit(self) -> str:
        return self.gettext("There is no limit to how much may be transcribed.")

    def of_all(self, of_chat: str, month: Amount, chats: Sequence[tuple[str, Amount]]) -> str:
        """Tell below what one chat has used what all have, and the largest by name: the caption of a picture."""
        head = self.gettext("All chats this month: {month}").format(month=self._amount(month))
        below = self.gettext("Minutes a day in the last 30 days are in the picture.")
        rows = [self._row(number, name, amount) for number, (name, amount) in enumerate(chats, 1)]
        while utf16_length(caption := "\n".join((of_chat, "", head, *rows, below))) > CAPTION_LIMIT:
            rows.pop()
        return caption

    def _row(self, number: int, name: str, amount: Amount) -> str:
        return f"{number}. {self.isolated(one_line(name, LONGEST_NAME))}: {self._amount(amount)}"

    def _amount(self, amount: Amount) -> str:
        recordings = self.ngettext("{n} recording", "{n} recordings", amount.recordings).format(n=amount.recordings)
        return self.gettext("{recordings}, {minutes}").format(
            recordings=recordings, minutes=self._minutes(amount.seconds)
        )

    def _minutes(self, seconds: float) -> str:
        return self.minutes(_whole(seconds))

    def _left(self, used: float, limit: float) -> str:
        return self.minutes(max(0, _whole(limit) - _whole(used)))


def _whole(seconds: float) -> int:
    """Return minutes, rounded up; sums of fractions are not exact."""
    return math.ceil(round(seconds / 60, 6))

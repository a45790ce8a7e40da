"""What stands around the text of a recording, or instead of it."""

from bot.text.counts import Count
from bot.text.room import Room


class Answers(Room):
    """Words about an answer: there is none, it is not all of it, it is shown elsewhere."""

    def no_speech(self) -> str:
        return self.gettext(
            "I heard no speech in this recording. If there is some, try another model: /models lists them."
        )

    def speaker(self, n: int | str) -> str:
        return self.gettext("Speaker {n}").format(n=n)

    def perhaps_invented(self, text: str, how: str = "") -> str:
        """Return a text that perhaps nobody said, with that before it, and how it can be had again."""
        doubt = self.gettext("[Perhaps nobody said this: models write such words where they hear no speech.]")
        return f"{doubt}{how and f' {how}'}\n\n{text}"

    def again_behind(self, button: str, model: str) -> str:
        """Return where it is offered to have a text again with a model."""
        offered = self.gettext("[{button} offers to transcribe it again with {model}.]")
        return offered.format(button=button, model=self.isolated(model))

    def cut_short(self) -> str:
        return self.gettext(
            "[The speech service gave me more text than can be said in a day. The rest of it is not shown.]"
        )

    def no_files(self) -> str:
        return self.gettext("[This is not all of it. The rest would be a file, and this chat takes none from me.]")

    def not_shown(self) -> str:
        return self.gettext("I could not show the answer in this chat, as Telegram does not let me write here.")

    def ready(self, seconds: float | None, count: Count) -> str:
        """Return what rings once a text is there; `seconds` of the recording, if they are known."""
        amount = self._amount(count)
        if seconds is None:
            return self.gettext("Ready: {amount}").format(amount=amount)
        length = self.seconds(round(seconds)) if seconds < 60 else self.minutes(round(seconds / 60))
        return self.gettext("Ready: {length}, {amount}").format(length=length, amount=amount)

    def _amount(self, count: Count) -> str:
        if count.is_words:
            sentence = self.ngettext("{n} word", "{n} words", count.n)
        else:
            sentence = self.ngettext("{n} character", "{n} characters", count.n)
        return sentence.format(n=f"{count.n:,}".replace(",", "\u202f"))

    def in_private(self, text: str, link: str | None) -> str:
        """Return what its sender is told of a recording in a chat that takes no messages; `link` leads to it."""
        if link is None:
            where = self.gettext("You sent a recording in a chat where I may not write, so I answer here.")
        else:
            where = self.gettext(
                "You sent a recording in a chat where I may not write, so I answer here: {link}"
            ).format(link=self.isolated(link))
        return f"{where}\n\n{text}"

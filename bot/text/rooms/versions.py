"""Other texts of a recording, by another model or in another language: the choice, and what comes of it."""

from bot.text.room import Room


class Versions(Room):
    """Sentences as replies or as alerts, which have at most 200 characters, and what is on buttons."""

    def button(self) -> str:
        return self.gettext("Again with…")

    def button_with(self, model: str) -> str:
        """Return what is on a button that offers one model."""
        return self.gettext("Again with {model}").format(model=self.isolated(model))

    def which(self) -> str:
        return self.gettext(
            "With which model, or in which language? I transcribe the recording again, which costs as much as before."
        )

    def begun(self, model: str) -> str:
        return self.gettext("I transcribe it again, with this model: {model}").format(model=self.isolated(model))

    def under_way(self) -> str:
        return self.gettext("I am already working on that.")

    def there(self) -> str:
        return self.gettext("This text is there already.")

    def how(self) -> str:
        """Return how the command /again is used."""
        return self.gettext(
            "Reply to a recording, or to its text, with /again and the name of a model. /models lists them."
        )

    def gone(self) -> str:
        return self.gettext(
            "I do not have this recording any more. Reply to the recording itself with /again, or send it once more."
        )

"""The button under an apology to try the recording again, and what a press of it comes to."""

from bot.text.room import Room


class Again(Room):
    """The label of the button, and toasts, which have at most 200 characters."""

    def button(self) -> str:
        return self.gettext("Try again")

    def begun(self) -> str:
        return self.gettext("I am trying it again.")

    def not_yours(self) -> str:
        return self.gettext(
            "Only the person who sent this recording, or an admin of this chat, can have it tried again."
        )

    def gone(self) -> str:
        return self.gettext("I cannot try this one again any more. Please send the recording once more.")

    def too_many(self) -> str:
        return self.gettext("I am still working on other recordings of this chat. Please press it again later.")

    def too_often(self, seconds: float) -> str:
        return self.gettext("That is more than may be sent here in a minute. Please press it again in {wait}.").format(
            wait=self.wait(seconds)
        )

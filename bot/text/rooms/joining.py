"""What the bot says in a group of what it is there."""

from bot.text.room import Room


class Joining(Room):
    def introduction(self, *, sees: bool) -> str:
        """Return the first words in a group; `sees` is whether the bot sees its voice notes."""
        if sees:
            return self.gettext(
                "Hello! I turn voice notes, audio files and video messages into text, "
                "and I see those that are sent in this group.\n\n"
                "Which ones shall I transcribe? An admin of this group can choose."
            )
        return self.gettext(
            "Hello! I turn voice notes, audio files and video messages into text, "
            "but I do not see those that are sent in this group.\n\n"
            "Reply /transcribe to any of them, which works at once. "
            "Or make me an admin with the button below, and I see them all; I need no other right.\n\n"
            "Which ones shall I transcribe when I see them? An admin of this group can choose."
        )

    def sees_now(self) -> str:
        return self.gettext("From now on I see every voice note in this group.")

    def sees_no_longer(self) -> str:
        return self.gettext(
            "I do not see the voice notes in this group any more, as I am no admin here. "
            "Reply /transcribe to any of them, or make me an admin again with the button below."
        )

    def make_admin(self) -> str:
        """Return the label of a button that leads to where the bot is made an admin."""
        return self.gettext("Make me an admin")

    def every(self) -> str:
        """Return the label of a button, as the following ones: which recordings of a group become text."""
        return self.gettext("Every voice note")

    def when_asked(self) -> str:
        return self.gettext("Only when asked")

    def none(self) -> str:
        return self.gettext("Off")

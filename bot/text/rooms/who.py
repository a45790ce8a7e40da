"""Who speaks in a text: the question, and what is made of the answer."""

from bot.text.room import Room

QUESTION = "👤"  # what a question for a name begins with, and no other message of the bot's
LIST = "👥"  # the same for the list of those who may be named


class Who(Room):
    """What is on buttons, alerts, which have at most 200 characters, and sentences as replies."""

    def button(self) -> str:
        return self.gettext("Who is who?")

    def which(self) -> str:
        """Return what is above a button for each speaker."""
        return f"{LIST} {self.gettext('Whom do you want to name?')}"

    def tap_first(self) -> str:
        """Return what is said to a name that replies to the list of speakers."""
        return self.gettext(
            "Please tap the one whom you mean first, and reply with the name to the question that comes."
        )

    def ask(self, speaker: str) -> str:
        asked = self.gettext("What is the name of {speaker}? Reply to this message with it, or with - to take it away.")
        return f"{QUESTION} {asked.format(speaker=self.isolated(speaker))}"

    def placeholder(self) -> str:
        """Return what stands in the field for the answer."""
        return self.gettext("A name")

    def named(self, name: str) -> str:
        return self.gettext("I write {name} from now on, in the text and in its files.").format(
            name=self.isolated(name)
        )

    def unnamed(self) -> str:
        return self.gettext("I have taken the name away.")

    def unknown(self) -> str:
        """Return what is said to a name of which nobody knows any more whose it is."""
        return self.gettext("I do not know any more whom I asked about. Please tap “{button}” once more.").format(
            button=self.button()
        )

    def nobody(self) -> str:
        return self.gettext("I cannot tell several people apart in this text.")

    def not_shown(self) -> str:
        return self.gettext(
            "I know the names now, and files of this text have them, but Telegram does not let me change its message "
            "any more."
        )

    def for_the_chat(self) -> str:
        return self.gettext("Use these names in this chat from now on")

    def not_for_the_chat(self) -> str:
        return self.gettext("Use no names in this chat any more")

    def used(self) -> str:
        return self.gettext("Later recordings of this chat get these names.")

    def not_used(self) -> str:
        return self.gettext("Later recordings of this chat get no names.")

"""What is wrong with a link."""

from bot.links import Flaw
from bot.text.room import Room, marked

_FLAWS: dict[Flaw, str] = {
    Flaw.NO_LINK: marked(
        "Send /transcribe and behind it one link to an audio or video file, which begins with https:// or http://."
    ),
    Flaw.TOO_LONG: marked("This link is too long for me: I take links of up to 2,048 characters."),
    Flaw.CHARACTERS: marked("I do not take this link, as it has a backslash or an invisible character in it."),
    Flaw.CREDENTIALS: marked(
        "I do not take links with a user name or a password in them, or with an @ in their place."
    ),
    Flaw.PORT: marked("I do not take this link, as it names another port than 80 or 443."),
    Flaw.IP_ADDRESS: marked(
        "I take links to public websites by their names only, and this one has an IP address instead."
    ),
    Flaw.NO_NAME: marked("I do not take this link, as there is no website with such a name."),
    Flaw.NOT_PUBLIC: marked("I take links to public websites only, and this one leads into a private network."),
}


class Links(Room):
    """Each is one sentence."""

    def off(self) -> str:
        return self.gettext("The operator of this bot has switched links off, so please send me the recording itself.")

    def flaw(self, flaw: Flaw) -> str:
        """Return why a text is no link that is passed on, or how to send one."""
        return self.gettext(_FLAWS[flaw])

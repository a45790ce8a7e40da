"""What the owner is told of trouble: what has happened, and what to do."""

from enum import StrEnum

from bot.text.room import Room, marked


class Kind(StrEnum):
    """A kind of trouble."""

    KEY = "key"  # the provider does not accept it
    CREDITS = "credits"  # there are none left
    LOW_CREDITS = "low_credits"
    SETUP = "setup"  # the provider refuses everything for another reason
    PROVIDER = "provider"  # it has not answered for a while
    DATABASE = "database"  # it takes no writes
    BUG = "bug"


_BEGINS = {
    Kind.KEY: marked(
        "The AI/ML API does not accept the key of this bot. Please check AIMLAPI_KEY; recordings wait until then."
    ),
    Kind.CREDITS: marked(
        "The AI/ML API says that the credits are used up. Please add some; recordings wait until then."
    ),
    Kind.LOW_CREDITS: marked("The AI/ML API says that few credits are left. Please add some before they are used up."),
    Kind.SETUP: marked(
        "The AI/ML API refuses everything that this bot asks for. Please see its log, and check AIMLAPI_URL."
    ),
    Kind.PROVIDER: marked(
        "The AI/ML API has not answered for 10 minutes. Recordings wait, and there is nothing you need to do."
    ),
    Kind.DATABASE: marked(
        "The database of this bot cannot be used. Please see its log and check the disk; new messages wait at Telegram."
    ),
    Kind.BUG: marked("Something went wrong in this bot that should not have. Please see its log for what it was."),
}
_ENDS = {
    Kind.KEY: marked("The AI/ML API accepts the key of this bot again."),
    Kind.CREDITS: marked("The AI/ML API transcribes again: there are credits."),
    Kind.LOW_CREDITS: marked("The AI/ML API says that enough credits are left again."),
    Kind.SETUP: marked("The AI/ML API takes recordings again."),
    Kind.PROVIDER: marked("The AI/ML API answers again."),
    Kind.DATABASE: marked("The database of this bot can be used again."),
    Kind.BUG: marked("Nothing has gone wrong in this bot for an hour."),
}


class Trouble(Room):
    """Not a word in it comes from anybody else."""

    def begins(self, kind: Kind) -> str:
        return self.gettext(_BEGINS[kind])

    def ends(self, kind: Kind) -> str:
        return self.gettext(_ENDS[kind])

"""What the bot says of itself, and the menu of its commands."""

from bot.text.room import Room, marked
from bot.text.words import lines

# The menu of commands, in this order.
COMMANDS = (
    ("start", marked("What this bot does")),
    ("help", marked("How to use it, also in groups")),
    ("model", marked("Show or change the model of this chat")),
    ("models", marked("List the models to choose from")),
    ("transcribe", marked("Transcribe a recording on the web by its link")),
)


class Commands(Room):
    """The greeting, the help, the menu."""

    def menu(self) -> tuple[tuple[str, str], ...]:
        """Return the names of the commands, and what each does in at most 256 characters."""
        return tuple((name, self.gettext(description)) for name, description in COMMANDS)

    def start(self, model_name: str) -> str:
        return self.gettext(
            "Send or forward me a voice note, an audio file or a video, and I will reply with what is said in it.\n\n"
            "This chat uses the model {model}. /help tells you more."
        ).format(model=self.isolated(model_name))

    def help(self, limit_mb: int, limit_minutes: int, *, links: bool) -> str:
        how = self.gettext(
            "Send or forward me a voice note, an audio file, a video or a video message, and I will reply with what is "
            "said in it. A long text arrives folded, a very long one as a text file."
        )
        limits = self.gettext("A file can be up to {megabytes} MB in size and {length} long.").format(
            megabytes=limit_mb, length=self.minutes(limit_minutes)
        )
        by_link = self.gettext(
            "A recording on the web is transcribed too: send me the link to its file, "
            "or in any chat /transcribe and the link."
        )
        models = lines(
            self.gettext("/model shows the model this chat uses; /model and a name changes it."),
            self.gettext("/models lists the models and the languages they know."),
        )
        groups = self.gettext(
            "In a group I see voice notes only if I am an admin there, or if my privacy mode is turned off "
            "(the operator of this bot does that with @BotFather, and then adds me to the group again)."
        )
        return "\n\n".join((how, limits, *((by_link,) if links else ()), models, groups))

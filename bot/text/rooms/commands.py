"""What the bot says of itself, and the menu of its commands."""

from bot.text.menu import Audience, commands_for
from bot.text.room import Room


class Commands(Room):
    """The greeting, the help, the menus."""

    def menu(self, audience: Audience) -> tuple[tuple[str, str], ...]:
        """Return the names of the commands in a menu, and what each does."""
        return tuple((command.name, self.gettext(command.description)) for command in commands_for(audience))

    def start(self, model_name: str) -> str:
        return self.gettext(
            "Send or forward me a voice note, an audio file or a video, and I will reply with what is said in it.\n\n"
            "This chat uses the model {model}. /help tells you more."
        ).format(model=self.isolated(model_name))

    def help(self, audience: Audience, limit_mb: int, limit_minutes: int, *, links: bool) -> str:
        """Return what can be sent, how much of it, the commands of a menu, and what groups need."""
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
        listed = "\n".join(
            f"{self.isolated(command.usage)} — {self.gettext(command.description)}"
            for command in commands_for(audience)
        )
        groups = self.gettext(
            "In a group I see voice notes only if I am an admin there, or if my privacy mode is turned off "
            "(the operator of this bot does that with @BotFather, and then adds me to the group again)."
        )
        return "\n\n".join((how, limits, *((by_link,) if links else ()), listed, groups))

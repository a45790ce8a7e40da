"""The cancel button, the command /cancel, and what they come to."""

from bot.text.room import Room


class Cancelling(Room):
    """The label of the button, toasts, which have at most 200 characters, and answers to the command."""

    def button(self) -> str:
        return self.gettext("Cancel")

    def done(self) -> str:
        return self.gettext("Cancelled.")

    def several_done(self, n: int) -> str:
        return self.ngettext("I have cancelled {n} recording.", "I have cancelled {n} recordings.", n).format(n=n)

    def nothing_runs(self) -> str:
        return self.gettext("Nothing of yours is being transcribed here, so there is nothing to cancel.")

    def nothing_runs_there(self) -> str:
        return self.gettext(
            "I am not working on that message. Reply with /cancel to a recording or to the message that says that I am "
            "transcribing it, or send /cancel alone."
        )

    def ask_again(self) -> str:
        return self.gettext("Telegram did not tell me whether you are an admin here. Please send it again in a minute.")

    def not_yours(self) -> str:
        return self.gettext("Only the person who sent this recording, or an admin of this chat, can cancel it.")

    def admin_unknown(self) -> str:
        return self.gettext(
            "Telegram did not tell me whether you are an admin here. Please press it again in a minute."
        )

    def too_late(self) -> str:
        return self.gettext("It is too late to cancel: this one is already finished.")

    def orphan_removed(self) -> str:
        return self.gettext("This message was left over, so I have removed it. The answer will come in another one.")

    def no_answer_removed(self) -> str:
        return self.gettext("I could not show the answer in this chat, so I have removed this message.")

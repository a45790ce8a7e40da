"""The cancel button and what a press of it comes to."""

from bot.text.room import Room


class Cancelling(Room):
    """The label of the button, and toasts, which have at most 200 characters."""

    def button(self) -> str:
        return self.gettext("Cancel")

    def done(self) -> str:
        return self.gettext("Cancelled.")

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

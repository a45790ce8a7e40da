"""What can be had of a text: the buttons under it, and what a tap or a command comes to."""

from enum import Enum, auto
from typing import assert_never

from bot.text.room import Room


class Left(Enum):
    """Why Telegram does not let the bot delete a message."""

    TOO_OLD = auto()
    FROM_BEFORE = auto()  # the group became a supergroup
    NOT_ALLOWED = auto()


class More(Room):
    """What is on buttons, toasts and alerts, which have at most 200 characters, and sentences as replies."""

    def not_yours(self) -> str:
        return self.gettext("Only the person who sent this recording, or an admin of this chat, can do that.")

    def here(self) -> str:
        """Return what is above the buttons of a text that was in the group before it became a supergroup."""
        return self.gettext("The text is from before this group became a supergroup. What I can do with it:")

    def sending(self, ending: str) -> str:
        return self.gettext("I am sending the {ending} file.").format(ending=self.isolated(f".{ending}"))

    def sent_already(self) -> str:
        return self.gettext("In this form already sent above.")

    def how_to_export(self) -> str:
        """Return how the command /export is used."""
        return self.gettext(
            "Reply to a text of mine, or to its recording, and name a form: txt, srt, vtt, md or json. For example: "
            "/export srt"
        )

    def no_text_there(self) -> str:
        return self.gettext("I have no text of the message that you replied to. Reply to a text, or to its recording.")

    def no_text_of_recording(self) -> str:
        return self.gettext(
            "I have no text of this recording here. Reply to it with /transcribe, and ask for the file when the text "
            "is there."
        )

    def elsewhere(self) -> str:
        """Return what is said of a text that is in another chat than the command which replies to it."""
        return self.gettext("The message that you replied to is in another chat. Please ask me there.")

    def not_yet(self) -> str:
        return self.gettext("The text is not there yet. Please ask again when it is.")

    def not_kept(self) -> str:
        return self.gettext("I do not keep this text any more. From the recording I can make it again.")

    def no_files(self) -> str:
        return self.gettext("I cannot send the file, as this chat takes no files from me.")

    def estimated(self) -> str:
        return self.gettext("The times are estimates, as the model told only the text.")

    def failed(self) -> str:
        return self.gettext("I could not do what you asked for. Please ask me again later.")

    def may_have_come(self) -> str:
        """Return what is said of a file that was sent as often as it may be, and of which nobody knows if it came."""
        return self.gettext("I was interrupted while I sent the file. If it is not here, please ask me for it again.")

    def delete(self) -> str:
        return self.gettext("Delete")

    def ask_delete(self) -> str:
        return self.gettext("Shall I delete this text here, and what I have stored of it?")

    def delete_it(self) -> str:
        return self.gettext("Yes, delete it")

    def keep_it(self) -> str:
        return self.gettext("No, keep it")

    def deleting(self) -> str:
        return self.gettext("I am deleting it.")

    def not_deleted(self, left: Left, *, is_private: bool) -> str:
        """Return what is said where only the stored text is deleted: why, and who can delete its message."""
        erased = self.gettext("I have erased what I had stored of the text.")
        if is_private:
            who = self.gettext("Please delete it yourself.")
        else:
            who = self.gettext("An admin of this chat can delete it.")
        return f"{erased} {self._left(left, is_private=is_private)} {who}"

    def _left(self, left: Left, *, is_private: bool) -> str:
        match left:
            case Left.TOO_OLD:
                return self.gettext("Telegram does not let me delete its message, as that is older than 48 hours.")
            case Left.FROM_BEFORE:
                return self.gettext(
                    "Telegram does not let me delete its message, as that is from before this group became a "
                    "supergroup."
                )
            case Left.NOT_ALLOWED if is_private:
                return self.gettext("Telegram does not let me delete its message.")
            case Left.NOT_ALLOWED:
                return self.gettext("Telegram does not let me delete its message, as I have no right to do that here.")
            case _:
                assert_never(left)

"""What can be had of a text: the buttons under it, and what a tap comes to."""

from bot.text.room import Room


class More(Room):
    """What is on buttons, toasts and alerts, which have at most 200 characters, and sentences as replies."""

    def not_yours(self) -> str:
        return self.gettext("Only the person who sent this recording, or an admin of this chat, can do that.")

    def here(self) -> str:
        """Return what is above the buttons of a text that was in the group before it became a supergroup."""
        return self.gettext("The text is from before this group became a supergroup. What I can do with it:")

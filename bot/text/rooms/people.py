"""What people are told who want no text of their recordings."""

from bot.text.room import Room


class People(Room):
    def opted_out(self) -> str:
        return self.gettext(
            "From now on I leave your recordings alone in all groups, also when somebody forwards them. "
            "/optin changes that again."
        )

    def opted_in(self) -> str:
        return self.gettext("From now on your recordings become text again. /optout changes that.")

    def unknown(self) -> str:
        return self.gettext(
            "I cannot see who you are, as you write in the name of a chat. Please send me this command in private."
        )

    def wants_no_text(self) -> str:
        return self.gettext("The person who said this wants no text of their recordings in groups.")

"""What somebody is told who may not use the bot."""

from collections.abc import Sequence

from bot.text.room import Room


class Access(Room):
    """Refusals, which tell what to ask the owner for, and what the owner is told."""

    def not_allowed(self, chat_id: int) -> str:
        return self.gettext(
            "This is a private bot, and this chat is not on its list. "
            "To use it here, please ask the owner of this bot to allow the chat id {chat_id}."
        ).format(chat_id=self.isolated(chat_id))

    def not_here(self) -> str:
        return self.gettext("This bot does not work in this chat.")

    def yours(self) -> str:
        return self.gettext(
            "This bot is yours now. Send /allow to see who else may use it, and /usage to see how much it is used."
        )

    def owners_only(self) -> str:
        return self.gettext("Only the owner of this bot can do that.")

    def allowed(self, name: str, guest: int) -> str:
        return self.gettext("{who} may use this bot now.").format(who=self._who(name, guest))

    def revoked(self, name: str, guest: int) -> str:
        return self.gettext("{who} may not use this bot any more.").format(who=self._who(name, guest))

    def open_to_all(self) -> str:
        return self.gettext("Everybody may use this bot, as its operator has set ACCESS to open.")

    def is_allowed(self, name: str, guest: int) -> str:
        return self.gettext("{who} may use this bot.").format(who=self._who(name, guest))

    def may_be_allowed(self, name: str, guest: int) -> str:
        return self.gettext("{who} may not use this bot yet.").format(who=self._who(name, guest))

    def added_by_stranger(self, name: str, guest: int, person: str, person_id: int) -> str:
        return self.gettext("{person} has added this bot to the group {who}, where it does not work yet.").format(
            who=self._who(name, guest), person=self._who(person, person_id)
        )

    def is_listed(self, guest: int) -> str:
        return self.gettext(
            "{id} is on the list ALLOWED_CHATS, which only the operator of this bot can change."
        ).format(id=self.isolated(guest))

    def whom_do_you_mean(self) -> str:
        return self.gettext(
            "Please send an id behind the command, such as /allow 123456789, or reply with it to a message."
        )

    def author_hidden(self) -> str:
        return self.gettext(
            "Telegram does not tell who wrote this. Please ask the person to write to this bot, which tells an id."
        )

    def who_shall_own_it(self) -> str:
        return self.gettext(
            "To hand this bot over to another person, send /owner and the id, such as /owner 123456789, "
            "or reply with /owner to a message of the person."
        )

    def really_hand_over(self, name: str, person: int) -> str:
        return self.gettext(
            "Shall {who} own this bot from now on? You may still use it then, but decide nothing any more."
        ).format(who=self._who(name, person))

    def handed_over(self, name: str, person: int) -> str:
        return self.gettext("{who} owns this bot now.").format(who=self._who(name, person))

    def still_yours(self) -> str:
        return self.gettext("This bot is still yours.")

    def guests(self, lines: Sequence[str], *, are_all: bool) -> str:
        """Return the list of those who were let in, each on a line; `are_all` where others may use the bot, too."""
        if are_all:
            return "\n".join((self.open_to_all(), *lines))
        how = self.gettext(
            "To let somebody in, send /allow and the id of a person or a chat, reply with /allow to a message, "
            "or forward me one. To let a group in, send /allow there."
        )
        if not lines:
            return self.gettext("Nobody but you may use this bot.") + "\n\n" + how
        return "\n".join((self.gettext("These may use this bot:"), *lines, "", how))

    def guest(self, name: str, guest: int) -> str:
        return f"• {self._who(name, guest)}"

    def allow_button(self) -> str:
        return self.gettext("Allow")

    def revoke_button(self) -> str:
        return self.gettext("Revoke")

    def hand_over_button(self) -> str:
        return self.gettext("Hand it over")

    def keep_button(self) -> str:
        return self.gettext("Keep it")

    def _who(self, name: str, number: int) -> str:
        """Return a name with its id; the id alone where Telegram did not tell the name."""
        return self.isolated(name if name == str(number) else f"{name} ({number})")

"""What somebody is told who may not use the bot."""

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

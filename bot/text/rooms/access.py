"""What somebody is told who may not use the bot."""

from bot.text.room import Room


class Access(Room):
    """Refusals, which tell what to ask the operator for."""

    def not_allowed(self, chat_id: int) -> str:
        return self.gettext(
            "This is a private bot, and this chat is not on its list. "
            "To use it here, please ask the operator of this bot to allow the chat id {chat_id}."
        ).format(chat_id=self.isolated(chat_id))

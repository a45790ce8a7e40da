"""A strict Bot API server that runs on this machine, with people who write to the bot."""

from bot.playground.telegram.chat import Chat
from bot.playground.telegram.fake import FakeTelegram
from bot.playground.telegram.people import User
from bot.playground.telegram.permissions import Permissions
from bot.playground.telegram.state import Call

__all__ = ["Call", "Chat", "FakeTelegram", "Permissions", "User"]

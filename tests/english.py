"""What the bot says in English, as most tests expect it."""

from bot.text.texts import Texts

ENGLISH = Texts()

"""The table of commands, and the handlers behind it."""

from telegram.ext import CommandHandler

from bot.text.menu import COMMANDS


async def test_every_command_of_the_table_has_a_handler_and_every_handler_stands_in_the_table(world):
    handlers = [each for group in world.app.telegram.handlers.values() for each in group]
    handled = frozenset().union(*(each.commands for each in handlers if isinstance(each, CommandHandler)))
    assert handled == {command.name for command in COMMANDS}

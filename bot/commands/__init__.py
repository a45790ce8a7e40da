"""The commands of the command line: run the bot, check it, and tell an operator what is wrong."""

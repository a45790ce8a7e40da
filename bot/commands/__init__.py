"""What the command line can do with the bot: run it, check it, and tell an operator what is wrong."""

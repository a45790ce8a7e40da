"""The commands that start the playground, alone or with the bot as a process and the page in a browser."""

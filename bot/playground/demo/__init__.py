"""Starting the playground: alone, or with the bot as a process of its own and the page in a browser."""

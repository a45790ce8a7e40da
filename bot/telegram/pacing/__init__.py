"""How fast may be written: the limits of chats and of all of them together, and lines of writes that wait for room."""

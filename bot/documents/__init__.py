"""The files that are made of a transcript, by pure functions, for other programs to read."""

"""Audio: what a file really is, how long it lasts, and what of it is uploaded."""

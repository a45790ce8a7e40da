"""The machine: the process and its children, the clock, files for passing use and the room for them."""

"""The wiring: what is built of what, and passed by constructor; there are no globals."""

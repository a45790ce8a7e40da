"""How /sim says no."""


class SimError(Exception):
    """What was asked for cannot be done; the message is for people."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status

"""The refusals of /sim."""


class SimError(Exception):
    """A request cannot be carried out; the message says why, for people."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status

"""The bot: a message with speech in it becomes one job, and the job becomes text."""

__version__ = "0.1.0"

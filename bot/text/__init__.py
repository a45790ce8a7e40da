"""Text, without input or output: a transcript laid out for Telegram, and every sentence that a user reads."""

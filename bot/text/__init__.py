"""Pure text: a transcript laid out for Telegram, and every sentence a user reads."""

"""Telegram updates, each turned into one call."""

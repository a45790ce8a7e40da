"""Telegram's side: receiving updates, talking to the Bot API, the placeholder and its delivery."""

import os

os.environ.setdefault("PTB_TIMEDELTA", "1")  # without it the library warns whenever Telegram asks for patience

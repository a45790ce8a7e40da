"""Telegram's side: receiving updates and talking to the Bot API."""

import os

os.environ.setdefault("PTB_TIMEDELTA", "1")  # without it the library warns whenever Telegram asks for patience

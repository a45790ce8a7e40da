"""The buttons under messages: what they carry, and reading that back from anybody."""

import re
from typing import Any, NamedTuple

CANCEL_DATA = re.compile(r"cancel:([0-9]{1,18})")  # a job's id, which fits 64 bits


class Button(NamedTuple):
    """What a button says, and the at most 64 bytes that Telegram sends when it is pressed."""

    text: str
    data: str


def cancel_button(job_id: int, label: str) -> Button:
    return Button(label, f"cancel:{job_id}")


def keyboard(button: Button) -> dict[str, Any]:
    """Return the keyboard of one button, as a call has it."""
    return {"inline_keyboard": [[{"text": button.text, "callback_data": button.data}]]}


def job_of_button(data: str) -> int | None:
    """Return the job that a pressed cancel button names; None for other data, as anybody can send some."""
    match = CANCEL_DATA.fullmatch(data)
    return int(match[1]) if match else None

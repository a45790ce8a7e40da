"""The buttons under messages, as calls have them."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from bot.telegram.writing.button_data import CancelJob, Carried, write


class Button(NamedTuple):
    """What a button says, and the at most 64 bytes that Telegram sends when it is pressed."""

    text: str
    data: str


Keyboard = Sequence[Sequence[Button]]  # rows


def button(text: str, carried: Carried) -> Button:
    return Button(text, write(carried))


def cancel_button(job_id: int, label: str) -> Button:
    return button(label, CancelJob(job_id))


def keyboard(rows: Keyboard) -> dict[str, Any]:
    """Return a keyboard as a call has it."""
    return {"inline_keyboard": [[{"text": each.text, "callback_data": each.data} for each in row] for row in rows]}

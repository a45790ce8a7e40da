"""A setting with its values, as buttons carry them and as people type them.

Nothing here waits or writes. A value is a short text; what it stands for in the settings of a chat, its setting tells.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from bot.text.texts import Texts
from storage.chats import ChatSettings

LONGEST_TYPED = 200  # characters that are looked at; anybody can send thousands
ON_OFF = {"on": True, "off": False}
_NUMBER = re.compile(r"[0-9]{1,7}")


class Setting(Protocol):
    """One thing to choose."""

    name: str  # of its command, and in its buttons
    in_a_row: int  # of its buttons
    shown_on: str = ""  # the page of settings that leads to it; no name is that of the first one
    longest_typed: int = LONGEST_TYPED

    def offered(self, chosen: ChatSettings, /) -> Sequence[str]:
        """Return the values that have a button, given what else the chat chose."""

    def current(self, chosen: ChatSettings, /) -> str:
        """Return the value that holds, which may be the operator's."""

    def with_value(self, chosen: ChatSettings, value: str, /) -> ChatSettings | None:
        """Return the settings with that value; None for one that there is not, or not with what else was chosen.

        Repeated it changes nothing.
        """

    def typed(self, words: str, /) -> str | None:
        """Return the value that somebody typed; None for words that mean none."""

    def label(self, value: str, texts: Texts) -> str:
        """Return what a value is called."""
        return texts.settings.value(self.name, value)

    def line(self, chosen: ChatSettings, texts: Texts) -> str:
        """Return the setting with the value that holds."""
        return texts.settings.button(self.name, self.label(self.current(chosen), texts))

    def above(self, chosen: ChatSettings, texts: Texts) -> str:
        """Return what stands above the values: the one that holds, and what is asked."""
        return f"{self.line(chosen, texts)}\n\n{texts.settings.question(self.name)}"

    def told(self, chosen: ChatSettings, texts: Texts) -> str:
        """Return the answer to words that somebody typed and that now hold."""
        return texts.settings.now(self.line(chosen, texts))

    def caution(self, _chosen: ChatSettings, _texts: Texts) -> str:
        """Return what to know of the value that holds, which is told with every answer; nothing of most."""
        return ""

    def better(self, _chosen: ChatSettings) -> str | None:
        """Return a value that is offered beside the one that holds, as it fits what else was chosen; None of most."""
        return None

    def instead(self, _value: str, _chosen: ChatSettings) -> str | None:
        """Return a value that is offered where one cannot be had with what else was chosen; None of most."""
        return None

    def refusal(self, _words: str, _chosen: ChatSettings, texts: Texts) -> str:
        """Return, in one line with an example, why words that somebody typed changed nothing."""
        return texts.settings.wrong(self.name)

    def logged(self, value: str) -> str:
        """Return what the log may have of a value."""
        return value


@dataclass(frozen=True, slots=True)
class Words(Setting):
    """A setting with a few values, each one word. `stored` is what stands for each in `column`."""

    name: str
    column: str
    stored: Mapping[str, Any]
    default: str
    read: Callable[[str], str | None] = str.lower
    in_a_row: int = 1
    shown_on: str = ""

    def offered(self, _: ChatSettings) -> Sequence[str]:
        return tuple(self.stored)

    def current(self, chosen: ChatSettings) -> str:
        held = getattr(chosen, self.column)
        return next(
            (value for value, stored in self.stored.items() if held is not None and stored == held), self.default
        )

    def with_value(self, chosen: ChatSettings, value: str) -> ChatSettings | None:
        return replace(chosen, **{self.column: self.stored[value]}) if value in self.stored else None

    def typed(self, words: str) -> str | None:
        value = self.read(words)
        return value if value in self.stored else None


def number(text: str, least: int, most: int) -> int | None:
    """Read a whole number between two others."""
    found = int(text) if _NUMBER.fullmatch(text) else None
    return found if found is not None and least <= found <= most else None

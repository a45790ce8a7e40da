"""The models, and the choice of one."""

from collections.abc import Sequence

from bot.text.layout import MESSAGE_LIMIT, split, utf16_length
from bot.text.room import Room
from bot.text.words import lines, one_line

_ASKED_LIMIT = 40  # characters of what somebody typed; no name of a model is longer
_MAX_SUGGESTIONS = 5


class Models(Room):
    """What a chat is told of its model and of others."""

    def shown(self, name: str, about: str, language_note: str) -> str:
        current = self.gettext("This chat uses the model {model}.").format(model=self._with_note(name, language_note))
        how = self.gettext("To change it, send /model and a name; /models lists them.")
        return f"{lines(current, about)}\n\n{how}"

    def chosen(self, name: str, about: str) -> str:
        told = self.gettext("From now on this chat uses the model {model}.").format(model=self.isolated(name))
        return lines(told, about)

    def unknown(self, asked: str, suggestions: Sequence[str]) -> str:
        """Return the answer to `asked`, any text that somebody typed; it is shown on one line and cut short."""
        return lines(self._not_known(one_line(asked, _ASKED_LIMIT)), self._suggested(suggestions), self._where())

    def _not_known(self, name: str) -> str:
        if not name:
            return self.gettext("I do not know that model, so nothing was changed.")
        told = self.gettext("I do not know a model called “{name}”, so nothing was changed.")
        return told.format(name=self.isolated(name))

    def _suggested(self, suggestions: Sequence[str]) -> str:
        if not suggestions:
            return ""
        names = ", ".join(map(self.isolated, suggestions[:_MAX_SUGGESTIONS]))
        return self.gettext("Did you mean one of these: {names}?").format(names=names)

    def _where(self) -> str:
        return self.gettext("/models lists the ones I know.")

    def listed(self, rows: Sequence[tuple[str, str, str]]) -> str:
        """Return the list of (name, about, language note) in one message: without the abouts or cut, if it must be."""
        head = self.gettext("Send /model and one of these names to change the model of this chat:") + "\n"
        full = lines(head, *(f"• {self._with_note(name, note)}: {about}" for name, about, note in rows))
        if utf16_length(full) <= MESSAGE_LIMIT:
            return full
        names = lines(head, *(f"• {self.isolated(name)}" for name, _, _ in rows))
        if utf16_length(names) <= MESSAGE_LIMIT:
            return names
        return split(names, MESSAGE_LIMIT - 2)[0] + "\n…"

    def replaced(self, old: str, new: str) -> str:
        return self.gettext(
            "The model this chat had chosen, {old}, no longer exists. I use {new} now. "
            "To choose another one, send /model and a name; /models lists them."
        ).format(old=self.isolated(old), new=self.isolated(new))

    def _with_note(self, name: str, note: str) -> str:
        return f"{self.isolated(name)} ({note})" if note else self.isolated(name)

"""The models, and the choice of one."""

from collections.abc import Sequence

from bot.text.layout import MESSAGE_LIMIT, split, utf16_length
from bot.text.room import Room, marked
from bot.text.words import lines, one_line

_ASKED_LIMIT = 40  # characters of what somebody typed; no name of a model is longer
_MAX_SUGGESTIONS = 5
_ROUNDED_TO = 5  # languages; the vendors add some now and then

_ABOUT: dict[str, str] = {
    "nova-2-general": marked("Everyday speech, fast: the best choice for most voice messages."),
    "nova-2-meeting": marked("Meetings: several people around one microphone."),
    "nova-2-phonecall": marked("Phone calls with low sound quality."),
    "nova-2-voicemail": marked("Voicemail: one speaker on a poor line."),
    "nova-2-video": marked("The sound of videos."),
    "nova-2-finance": marked("Earnings calls and other talk about finance."),
    "nova-2-medical": marked("Medical vocabulary."),
    "nova-2-conversationalai": marked("People talking to voice assistants and phone menus."),
    "nova-2-drivethru": marked("Orders at a drive-through, with engine noise."),
    "nova-2-automotive": marked("Talk about cars and inside them."),
    "whisper-large": marked("Most languages and the fewest mistakes of the Whisper family, slow."),
    "whisper-medium": marked("A little quicker than whisper-large, a little less exact."),
    "whisper-small": marked("Middle of the Whisper family."),
    "whisper-base": marked("Quick, for clear speech."),
    "whisper-tiny": marked("The quickest of the Whisper family, with the most mistakes."),
}


class Models(Room):
    """What a chat is told of its model and of others."""

    def about(self, name: str) -> str:
        """Return for what a model is good, as one sentence on one line; nothing if that is not known."""
        about = _ABOUT.get(name)
        return self.gettext(about) if about else ""

    def languages(self, n: int) -> str:
        """Return how many languages a model knows; one that knows a single one knows English."""
        if n == 1:
            return self.gettext("English only")
        rounded = max(_ROUNDED_TO, round(n / _ROUNDED_TO) * _ROUNDED_TO)
        return self.ngettext("about {n} language", "about {n} languages", rounded).format(n=rounded)

    def shown(self, name: str, languages: int) -> str:
        """Return what a chat's model is, and how many languages it knows."""
        current = self.gettext("This chat uses the model {model}.").format(model=self._with_note(name, languages))
        return lines(current, self.about(name))

    def chosen(self, name: str) -> str:
        told = self.gettext("From now on this chat uses the model {model}.").format(model=self.isolated(name))
        return lines(told, self.about(name))

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

    def listed(self, rows: Sequence[tuple[str, int]]) -> str:
        """Return the list of (name, number of languages) in one message: names alone or cut, if it must be."""
        head = self.gettext("Send /model and one of these names to change the model of this chat:") + "\n"
        full = lines(
            head, *(f"• {self._with_note(name, n)}: {self.about(name)}".removesuffix(": ") for name, n in rows)
        )
        if utf16_length(full) <= MESSAGE_LIMIT:
            return full
        names = lines(head, *(f"• {self.isolated(name)}" for name, _ in rows))
        if utf16_length(names) <= MESSAGE_LIMIT:
            return names
        return split(names, MESSAGE_LIMIT - 2)[0] + "\n…"

    def replaced(self, old: str, new: str) -> str:
        return self.gettext(
            "The model this chat had chosen, {old}, no longer exists. I use {new} now. "
            "To choose another one, send /model and a name; /models lists them."
        ).format(old=self.isolated(old), new=self.isolated(new))

    def _with_note(self, name: str, languages: int) -> str:
        return f"{self.isolated(name)} ({self.languages(languages)})"

"""The settings of a chat: their keyboard, what taps and typed commands come to, and who may change them."""

import math

from bot.text.languages import LANGUAGES
from bot.text.room import Room, marked
from bot.text.words import one_line

_ASKED_LIMIT = 40  # characters of what somebody typed
_ALL_VIDEOS = 86_400  # seconds

# A button for each setting, with what is chosen; as many as a phone shows in a line are about 35 characters.
_BUTTONS = {
    "mode": marked("Transcribe: {value}"),
    "videos": marked("Videos in groups: {value}"),
    "model": marked("Model: {value}"),
    "language": marked("Language: {value}"),
    "answers": marked("Answers: {value}"),
    "quiet": marked("Quiet: {value}"),
    "notify": marked("Notifications: {value}"),
    "interface": marked("My language: {value}"),
    "keep": marked("Keep texts: {value}"),
    "times": marked("Times in texts: {value}"),
    "speakers": marked("Speakers: {value}"),
    "formatting": marked("Smart formatting: {value}"),
    "fillers": marked("Filler words: {value}"),
    "profanity": marked("Profanity filter: {value}"),
    "numerals": marked("Numbers as digits: {value}"),
    "vocabulary": marked("Vocabulary: {value}"),
}

# What stands above the values of a setting.
_QUESTIONS = {
    "mode": marked(
        "Which recordings shall I transcribe in this chat?\n\n"
        "In any case I transcribe one when somebody replies /transcribe to it."
    ),
    "videos": marked(
        "How long may a video in a group be for me to transcribe it without being asked?\n\n"
        "Video messages I always transcribe, unless I am to wait until I am asked."
    ),
    "model": marked(
        "Which model shall transcribe the recordings of this chat?\n\n"
        "Nova models are quick, but only one of them knows more than English. "
        "Whisper models know the most languages. /models tells more of each."
    ),
    "language": marked("Which language is spoken in the recordings of this chat?"),
    "answers": marked("How shall I show the texts?"),
    "quiet": marked(
        "Shall I be quiet while I transcribe?\n\n"
        "Then I react to the recording with 👀 instead of writing “Transcribing…”, and write when I have the text."
    ),
    "notify": marked("In a private chat: shall I ring when a text is ready that took longer than a minute?"),
    "interface": marked("Which language shall I speak in this chat?"),
    "keep": marked("How long shall I keep the texts of this chat after I have shown them?"),
    "times": marked(
        "Shall a time stand at the beginning of each paragraph?\n\n"
        "Where my text is a reply to the recording, you can tap a time to listen from there."
    ),
    "speakers": marked("Shall I tell the speakers of a recording apart, and show who says what?"),
    "formatting": marked(
        "Shall dates, times, amounts of money and the like be written as people write them, and long texts have "
        "paragraphs?"
    ),
    "fillers": marked("Shall words like “uh” and “um” stay in the texts?"),
    "profanity": marked("Shall swear words be replaced or left out?"),
    "numerals": marked("Shall all numbers be written as digits?\n\nSmart formatting writes most of them so already."),
    "vocabulary": marked("Names and other words that are seldom heard are understood better if they stand here."),
}

_VALUES = {
    ("mode", "auto"): marked("Every voice note"),
    ("mode", "ask"): marked("Only when asked"),
    ("mode", "off"): marked("Off"),
    ("language", "auto"): marked("Detect it"),
    ("answers", "auto"): marked("By their length"),
    ("answers", "text"): marked("Always as text"),
    ("answers", "file"): marked("Always as a file"),
    ("interface", "auto"): marked("Automatic"),
    ("keep", "0"): marked("Not at all"),
    ("keep", "operator"): marked("As the operator decided"),
    ("videos", "0"): marked("Only when asked"),
}

_ON_OFF = {"on": marked("On"), "off": marked("Off")}

# How settings are typed that are more than on or off.
_EXAMPLES = {
    "mode": marked("Send /mode auto, /mode ask or /mode off."),
    "videos": marked("Send for example /videos 5 for videos of up to 5 minutes, /videos all or /videos off."),
    "answers": marked("Send /answers auto, /answers text, /answers file, or for example /answers fold 1000."),
    "interface": marked("I do not speak that language. Send for example /interface de, or /interface auto."),
    "keep": marked("Send /keep 0, /keep 1, /keep 7 or /keep 30: for so many days I keep the texts of this chat."),
    "vocabulary": marked(
        "Send for example /vocabulary add Anna Kafka or /vocabulary remove Kafka, or only /vocabulary to see the words."
    ),
}


class Settings(Room):
    """Buttons, and sentences as replies or as alerts, which have at most 200 characters."""

    def title(self) -> str:
        return self.gettext("These are the settings of this chat. Tap one to change it.")

    def button(self, setting: str, value: str) -> str:
        """Return the line of a setting; `value` is what `value` returns."""
        return self.gettext(_BUTTONS[setting]).format(value=value)

    def transcribing(self) -> str:
        """Return what is on the button that leads to the page of transcribing."""
        return self.gettext("Transcription…")

    def title_of_transcribing(self) -> str:
        return self.gettext("This is how the recordings of this chat become text. Tap one to change it.")

    def not_with_model(self, setting: str) -> str:
        """Return the line of a setting that has no effect, because of the model of the chat."""
        return self.gettext("{setting} (not with this model)").format(setting=setting)

    def no_effect(self, model: str) -> str:
        return self.gettext("The model {model} cannot do this, so it changes nothing here.").format(
            model=self.isolated(model)
        )

    def times_from(self, minutes: float) -> str:
        """Return the value of times that stands for: in the texts of recordings with at least so many minutes."""
        n = math.ceil(minutes)
        return self.ngettext("From {n} minute on", "From {n} minutes on", n).format(n=n)

    def question(self, setting: str) -> str:
        return self.gettext(_QUESTIONS[setting])

    def value(self, setting: str, value: str) -> str:
        """Return what a value is called; one without a name is a name itself."""
        if (setting, value) in _VALUES:
            return self.gettext(_VALUES[setting, value])
        if value in _ON_OFF:
            return self.gettext(_ON_OFF[value])
        if setting == "answers":
            n = int(value.removeprefix("fold-"))
            return self.ngettext("Folded from {n} character", "Folded from {n} characters", n).format(n=n)
        if setting == "keep":
            return self.ngettext("{n} day", "{n} days", int(value)).format(n=value)
        if setting == "videos":
            return self._videos(int(value))
        return LANGUAGES[value] if setting == "interface" else self.isolated(value)

    def _videos(self, seconds: int) -> str:
        if seconds >= _ALL_VIDEOS:
            return self.gettext("All")
        n = seconds // 60
        return self.ngettext("Up to {n} minute", "Up to {n} minutes", n).format(n=n)

    def english_only(self, model: str) -> str:
        return self.gettext("{model} (English only)").format(model=self.isolated(model))

    def marked(self, value: str) -> str:
        """Mark the value that is chosen."""
        return f"✓ {value}"

    def offered(self, value: str) -> str:
        """Return what is on a button that offers a better value."""
        return self.gettext("Use {value}").format(value=value)

    def back(self) -> str:
        return self.gettext("↩ Back")

    def earlier(self) -> str:
        return self.gettext("« Earlier")

    def more(self) -> str:
        return self.gettext("More »")

    def saved(self) -> str:
        return self.gettext("Saved.")

    def now(self, line: str) -> str:
        """Return the answer to a typed command; `line` is that of `button`."""
        return self.gettext("Saved for this chat:\n{line}").format(line=line)

    def wrong(self, setting: str) -> str:
        """Return, in one line with an example, how a setting is typed."""
        if setting in _EXAMPLES:
            return self.gettext(_EXAMPLES[setting])
        on, off = (self.isolated(f"/{setting} {value}") for value in _ON_OFF)
        return self.gettext("Send {on} or {off}.").format(on=on, off=off)

    def language_unknown(self, asked: str) -> str:
        """Return the answer to `asked`, any text that somebody typed."""
        return self.gettext(
            "I do not know a language called “{asked}”. Send for example /language German, /language de or "
            "/language auto."
        ).format(asked=self.isolated(one_line(asked, _ASKED_LIMIT)))

    def language_unfit(self, model: str, language: str) -> str:
        return self.gettext(
            "The model {model} does not know {language}, so nothing was changed. You can choose another one: /model"
        ).format(model=self.isolated(model), language=self.isolated(language))

    def value_gone(self) -> str:
        return self.gettext("I no longer have that to choose. Send /settings for what there is.")

    def not_shown(self) -> str:
        return self.gettext("I cannot show that here just now. Please tap it again in a minute, or send /settings.")

    def outdated(self) -> str:
        return self.gettext("This button does not work any more. Send /settings for new ones.")

    def admins_only(self) -> str:
        return self.gettext("Only an admin of this chat can change its settings.")

    def admin_unknown(self) -> str:
        return self.gettext("Telegram did not tell me whether you are an admin here. Please try it again in a minute.")

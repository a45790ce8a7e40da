"""What a person is told in private who sends something that is no recording: each is one sentence."""

from collections.abc import Mapping

from bot.text.room import Room, marked

_CONTENTS: Mapping[str, str] = {
    "animation": marked("This animation has no sound, so send me a voice note, an audio file or a video instead."),
    "photo": marked("I cannot read pictures, only listen, so send me a voice note, an audio file or a video."),
    "sticker": marked("Thank you for the sticker; when you send me a voice note or a video, I reply with its text."),
    "contact": marked("I have no use for contacts, but I turn voice notes, audio files and videos into text."),
    "poll": marked("I do not vote in polls, but I turn voice notes, audio files and videos into text."),
    "location": marked("I have no use for places, but I turn voice notes, audio files and videos into text."),
    "dice": marked("I do not play, but I turn voice notes, audio files and videos into text."),
    "story": marked("I cannot open stories, so send me the video itself, or a voice note or an audio file."),
}
_THE_SAME = {
    "live_photo": "photo",
    "paid_media": "photo",
    "venue": "location",
    "game": "dice",
}


class Hints(Room):
    def content(self, name: str) -> str:
        """Return what is told of what a message has in it, by the name that Telegram gives that."""
        sentence = _CONTENTS.get(_THE_SAME.get(name, name))
        return self.text() if sentence is None else self.gettext(sentence)

    def text(self) -> str:
        return self.gettext(
            "I turn recordings into text: send or forward me a voice note, an audio file or a video, "
            "and I reply with what is said in it."
        )

    def link(self) -> str:
        return self.gettext(
            "I take links only to an audio or video file itself, alone in a message; "
            "if this is one, send /transcribe and behind it the link."
        )

    def unknown_command(self) -> str:
        return self.gettext("I do not know this command; /help lists those that I know.")

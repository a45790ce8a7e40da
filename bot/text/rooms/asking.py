"""What is said to those who ask for a recording in reply to it."""

from bot.text.room import Room


class Asking(Room):
    def under_way(self) -> str:
        return self.gettext("I am already working on this recording. Its text will be a reply to it.")

    def no_recording(self) -> str:
        return self.gettext(
            "There is no recording in the message that you replied to. "
            "I can transcribe voice notes, audio files, videos and video messages."
        )

    def how(self, *, links: bool) -> str:
        """Return how the command /transcribe is used."""
        if not links:
            return self.gettext("Reply to a voice note, an audio file or a video with /transcribe.")
        return self.gettext(
            "Reply to a voice note, an audio file or a video with /transcribe, "
            "or send /transcribe and behind it one link to such a file, which begins with https:// or http://."
        )

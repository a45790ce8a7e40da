"""What is sent where and what is kept, from which `docs/privacy.md` is made, and what /mydata and /forget say."""

from bot.text.room import Room


class Privacy(Room):
    def policy(self, kept_hours: float) -> str:
        """Return the privacy policy; texts are kept for so many hours where a chat has not chosen."""
        return "\n\n".join((*self._what_goes_where(), *self._what_is_kept(kept_hours), *self._what_you_can_do()))

    def _what_goes_where(self) -> tuple[str, ...]:
        return (
            self.gettext(
                "What is sent where: I get your recordings from Telegram and send them to AI/ML API (api.aimlapi.com), "
                "whose models make text of them. Your name and your chats are not sent along. Of a link that you ask "
                "me to transcribe I send the address alone. The text goes back to the chat through Telegram."
            )
            + " "
            + self.gettext(
                "The words of a chat's /vocabulary are sent along with its recordings, and stored with them."
            ),
            self.gettext(
                "What Telegram and AI/ML API keep, they decide themselves; AI/ML API keeps a text for about an hour "
                "for me to fetch it."
            ),
        )

    def _what_is_kept(self, kept_hours: float) -> tuple[str, ...]:
        return (
            self.gettext("Recordings: not kept. They are on my disk only while I prepare and send them."),
            f"{self._texts(kept_hours)} "
            + self.gettext(
                "With /keep 0, 1, 7 or 30 a chat decides for how many days instead. With 0 I erase a text as soon as "
                "I have shown it, and overwrite it within seconds. The same recording in several chats has one text, "
                "which I keep for the shortest time that one of them has chosen."
            ),
            self.gettext(
                "About each recording: the ids of its chat, message, sender and file (of a link its address), its "
                "length, its model, which files of its text were asked for, and when it came and was answered. I keep "
                "this for 7 days, or for as long as its text."
            )
            + " "
            + self.gettext(
                "With its text I keep the names that somebody gave those who speak in it. Names for later recordings "
                "of a chat I keep until somebody there takes them back. What is asked of me by somebody who may be "
                "an admin I keep until I know whether they are, for a day at the most."
            ),
            self.gettext(
                "Also: what a chat has chosen in /settings, until it is changed or erased; how many recordings and "
                "minutes each person had transcribed in each chat on each day, for 13 months; who may use me, and "
                "who does not want texts (/optout). My logs have ids, but no names and no texts, and the operator of "
                "this bot decides how long they are kept."
            ),
        )

    def _texts(self, kept_hours: float) -> str:
        if not kept_hours:
            return self.gettext("Texts: I erase a text as soon as I have shown it.")
        return self.gettext(
            "Texts: kept for {length} after they were made, so that the same recording need not be transcribed twice."
        ).format(length=self.wait(kept_hours * 3600))

    def _what_you_can_do(self) -> tuple[str, ...]:
        return (
            self.gettext(
                "What you can do: /mydata sends you a file of what I have stored about you, or for an admin in a group "
                "about that group. /forget erases it. /optout keeps your recordings in groups from becoming text."
            ),
        )

    def data(self) -> str:
        return self.gettext("This is what I have stored. /privacy says for how long, and /forget erases it.")

    def data_not_sent(self) -> str:
        return self.gettext("I cannot send the file just now. Please try it again in a minute.")

    def admins_only(self) -> str:
        return self.gettext(
            "Only an admin of this chat can do that here. In our private chat you can do it for yourself."
        )

    def ask_in_private(self) -> str:
        return self.gettext(
            "Shall I erase what I have stored about you: the settings of this chat, your recordings and their texts "
            "here and in groups, and your usage? What is being transcribed is cancelled. Messages stay where they are."
        )

    def ask_in_a_chat(self) -> str:
        return self.gettext(
            "Shall I erase what I have stored about this chat: its settings, its recordings and their texts, and its "
            "usage? What is being transcribed is cancelled. Messages stay where they are."
        )

    def erase(self) -> str:
        return self.gettext("Yes, erase it")

    def keep(self) -> str:
        return self.gettext("No, keep it")

    def erased(self) -> str:
        return self.gettext(
            "I am erasing it now, which takes seconds, or minutes where there is much. I keep who may use me and who "
            "sent /optout, and until midnight UTC what was used today, as it counts against the limits of the day."
        )

    def kept(self) -> str:
        return self.gettext("I have erased nothing.")

"""The languages of recordings: what a model makes of them, and the choice of another one for a text."""

from bot.text.room import Room


class Languages(Room):
    """Sentences as replies or as alerts, which have at most 200 characters, and what is on buttons."""

    def english_only(self, model: str) -> str:
        return self.gettext("{model} knows English only: it writes other languages as if they were English.").format(
            model=self.isolated(model)
        )

    def model_misses(self, model: str, language: str) -> str:
        """Return what to know of a model that does not know the language which its chat chose."""
        return self.gettext(
            "{model} does not know {language}, the language of this chat. Choose another model, or send /language auto."
        ).format(model=self.isolated(model), language=self.isolated(language))

    def perhaps_missed(self, model: str, language: str) -> str:
        """Return what a chat is told once, whose recordings may be in a language that its model does not know."""
        return self.gettext(
            "The model of this chat, {model}, does not know {language}. If that is what you speak, choose another one: "
            "/model"
        ).format(model=self.isolated(model), language=self.isolated(language))

    def fallback_used(self, model: str, language: str) -> str:
        """Return what a chat is told once that gets another model than others."""
        return self.gettext(
            "I use the model {model} here, as the usual one does not know {language}. To choose another one: /model"
        ).format(model=self.isolated(model), language=self.isolated(language))

    def wrong(self) -> str:
        """Return what is on the button under a text of which it is doubtful in which language it was spoken."""
        return self.gettext("Wrong language?")

    def which(self) -> str:
        return self.gettext("Which language is it? I transcribe the recording again.")

    def again(self, language: str) -> str:
        return self.gettext("I transcribe it again, in this language: {language}").format(
            language=self.isolated(language)
        )

    def not_yours(self) -> str:
        return self.gettext("Only its sender or an admin can have this recording transcribed again.")

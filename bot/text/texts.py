"""Every sentence that a user reads, in the language of who reads it."""

from bot.text.languages import ENGLISH, fitting
from bot.text.rooms.access import Access
from bot.text.rooms.again import Again
from bot.text.rooms.answers import Answers
from bot.text.rooms.apologies import Apologies
from bot.text.rooms.asking import Asking
from bot.text.rooms.cancelling import Cancelling
from bot.text.rooms.commands import Commands
from bot.text.rooms.hints import Hints
from bot.text.rooms.joining import Joining
from bot.text.rooms.languages import Languages
from bot.text.rooms.links import Links
from bot.text.rooms.models import Models
from bot.text.rooms.more import More
from bot.text.rooms.people import People
from bot.text.rooms.privacy import Privacy
from bot.text.rooms.settings import Settings
from bot.text.rooms.trouble import Trouble
from bot.text.rooms.usage import Usage
from bot.text.rooms.versions import Versions
from bot.text.rooms.vocabulary import Vocabulary
from bot.text.rooms.waiting import Waiting
from bot.text.rooms.who import Who


class Texts:
    """The rooms of sentences in one language, given by any tag; English where there is no catalogue that fits.

    A catalogue is read once. What is passed along is this, or a tag that Telegram or a chat gave.
    """

    def __init__(self, language: str | None = None) -> None:
        self.language = fitting(language) or ENGLISH
        self.access = Access(self.language)
        self.again = Again(self.language)
        self.answers = Answers(self.language)
        self.apologies = Apologies(self.language)
        self.asking = Asking(self.language)
        self.cancelling = Cancelling(self.language)
        self.commands = Commands(self.language)
        self.hints = Hints(self.language)
        self.joining = Joining(self.language)
        self.languages = Languages(self.language)
        self.links = Links(self.language)
        self.models = Models(self.language)
        self.more = More(self.language)
        self.people = People(self.language)
        self.privacy = Privacy(self.language)
        self.settings = Settings(self.language)
        self.trouble = Trouble(self.language)
        self.usage = Usage(self.language)
        self.vocabulary = Vocabulary(self.language)
        self.versions = Versions(self.language)
        self.waiting = Waiting(self.language)
        self.who = Who(self.language)

"""The one table of commands: the menus of Telegram, the list in /help and `docs/commands.md` are made from it."""

from dataclasses import dataclass
from enum import StrEnum

from bot.text.room import marked


class Audience(StrEnum):
    """Whose menu it is; each value is the scope that Telegram calls so. Admins have a menu of their own in groups."""

    PRIVATE = "all_private_chats"
    GROUPS = "all_group_chats"
    ADMINS = "all_chat_administrators"


PRIVATE = frozenset({Audience.PRIVATE})
CHANGES = frozenset({Audience.PRIVATE, Audience.ADMINS})
EVERYWHERE = frozenset(Audience)
OWNER = frozenset[Audience]()  # in nobody's menu: the owner of the bot alone may do it


@dataclass(frozen=True, slots=True)
class Command:
    """A command: its name, whose menus have it, what it does in at most 256 characters, and how it is typed.

    The usage is an example, the same in every language.
    """

    name: str
    audiences: frozenset[Audience]
    description: str
    usage: str


COMMANDS = (
    Command("start", PRIVATE, marked("What this bot does"), "/start"),
    Command("help", EVERYWHERE, marked("How to use it, also in groups"), "/help"),
    Command(
        "transcribe",
        EVERYWHERE,
        marked("Transcribe the recording that you reply to"),
        "/transcribe",
    ),
    Command(
        "again",
        EVERYWHERE,
        marked("Transcribe the recording that you reply to again, with another model"),
        "/again whisper-large",
    ),
    Command(
        "cancel", EVERYWHERE, marked("Cancel all recordings of yours here, or the one that you reply to"), "/cancel"
    ),
    Command("export", EVERYWHERE, marked("Get a text as a file: reply to it and name a form"), "/export srt"),
    Command("optout", EVERYWHERE, marked("Have your recordings left alone in all groups"), "/optout"),
    Command("optin", EVERYWHERE, marked("Have your recordings become text in groups again"), "/optin"),
    Command("settings", CHANGES, marked("See and change all settings of this chat"), "/settings"),
    Command("mode", CHANGES, marked("Choose which recordings become text"), "/mode ask"),
    Command("videos", CHANGES, marked("Choose which videos of a group become text by themselves"), "/videos 5"),
    Command("model", CHANGES, marked("Choose the model"), "/model nova-2-general"),
    Command("models", EVERYWHERE, marked("List the models and how many languages they know"), "/models"),
    Command("language", CHANGES, marked("Choose the language of the recordings"), "/language German"),
    Command("speakers", CHANGES, marked("Choose whether speakers are told apart"), "/speakers on"),
    Command("times", CHANGES, marked("Choose whether texts show times that you can tap"), "/times on"),
    Command(
        "vocabulary", CHANGES, marked("See and change the words to listen for, such as names"), "/vocabulary add Anna"
    ),
    Command(
        "formatting", CHANGES, marked("Choose whether dates, amounts and the like are formatted"), "/formatting off"
    ),
    Command("numerals", CHANGES, marked("Choose whether all numbers are digits"), "/numerals on"),
    Command("fillers", CHANGES, marked("Choose whether words like “uh” stay in the texts"), "/fillers on"),
    Command("profanity", CHANGES, marked("Choose whether swear words are filtered"), "/profanity on"),
    Command("answers", CHANGES, marked("Choose how texts are shown"), "/answers fold 1000"),
    Command("quiet", CHANGES, marked("Choose a reaction instead of a message while you wait"), "/quiet on"),
    Command("notify", CHANGES, marked("Choose whether a message rings after a long wait"), "/notify off"),
    Command("interface", CHANGES, marked("Choose the language that the bot speaks"), "/interface de"),
    Command("keep", CHANGES, marked("Choose for how many days texts are kept"), "/keep 7"),
    Command("usage", EVERYWHERE, marked("See how much this chat has had transcribed, and what is left"), "/usage"),
    Command("privacy", EVERYWHERE, marked("See what is sent where, and what is kept for how long"), "/privacy"),
    Command("mydata", CHANGES, marked("Get a file of what is stored about you or this chat"), "/mydata"),
    Command("forget", CHANGES, marked("Erase what is stored about you or this chat"), "/forget"),
    Command("allow", OWNER, marked("Let a chat or a person use the bot, or see who may"), "/allow 123456789"),
    Command("revoke", OWNER, marked("Let a chat or a person use the bot no longer"), "/revoke 123456789"),
    Command("owner", OWNER, marked("Hand the bot over to another person"), "/owner 123456789"),
)


def commands_for(audience: Audience) -> tuple[Command, ...]:
    return tuple(command for command in COMMANDS if audience in command.audiences)

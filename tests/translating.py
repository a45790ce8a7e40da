"""What is made of the sentences in the code: `python -m tests.translating` makes catalogues and a document anew."""

import io
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.plurals import get_plural
from babel.messages.pofile import read_po, write_po

from bot.config import Settings
from bot.text.catalogues import DOMAIN, FOLDER
from bot.text.languages import ENGLISH, LANGUAGES
from bot.text.menu import COMMANDS, Audience, Command
from bot.text.rooms.privacy import Privacy

SENTENCES = Path("bot/text")
KEYWORDS = {"gettext": None, "ngettext": (1, 2), "marked": None}
COMMANDS_DOCUMENT = Path("docs/commands.md")
PRIVACY_DOCUMENT = Path("docs/privacy.md")
ABOUT_PRIVACY = """This is the privacy policy of the bot, which answers `/privacy` with it in the language of the
chat. The hours are those of `TRANSCRIPT_TTL_HOURS` where the operator has set nothing."""
WHERE = {Audience.PRIVATE: "private chats", Audience.GROUPS: "groups", Audience.ADMINS: "admins of groups"}
ABOUT_COMMANDS = """# Commands

Telegram shows them as a menu, in the language of the reader, and `/help` lists them too. In a group with several bots,
write `/help@name_of_the_bot`.

| Command | In the menu of | What it does | For example |
|---|---|---|---|
"""
TRANSLATIONS = sorted(set(LANGUAGES) - {ENGLISH})


def extracted() -> Catalog:
    """Every sentence in the code, those of a file together."""
    found = Catalog()
    for file, _, sentence, comments, context in extract_from_dir(
        str(SENTENCES), keywords=KEYWORDS, method_map=[("**.py", "python")]
    ):
        found.add(sentence, locations=[((SENTENCES / file).as_posix(), 1)], auto_comments=comments, context=context)
    return found


def place(language: str) -> Path:
    return FOLDER / language / "LC_MESSAGES" / f"{DOMAIN}.po"


def stored(language: str) -> Catalog:
    """What is translated into a language."""
    with place(language).open("rb") as source:
        return read_po(source, locale=language)


def updated(language: str) -> str:
    """The catalogue of a language with all sentences of today, and no others; new ones are not translated yet."""
    catalogue = stored(language) if place(language).exists() else Catalog(locale=language)
    catalogue.update(extracted(), no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    written = io.BytesIO()
    write_po(written, catalogue, width=0, omit_header=True, sort_by_file=True, include_lineno=False)
    return f"{_header(language)}\n{written.getvalue().decode()}"


def _header(language: str) -> str:
    fields = (f"Language: {language}", "Content-Type: text/plain; charset=UTF-8", f"Plural-Forms: {_plural(language)}")
    return 'msgid ""\nmsgstr ""\n' + "".join(f'"{field}\\n"\n' for field in fields)


def _plural(language: str) -> str:
    return str(get_plural(language))


def messages(language: str) -> Iterator[Message]:
    """Every sentence of a catalogue, without its header."""
    return (message for message in stored(language) if message.id)


def untranslated(language: str) -> list[object]:
    """Every sentence that a catalogue lacks, or has not in all its plural forms."""
    translated = {str(message.id) for message in messages(language) if all(_forms(message))}
    return [message.id for message in extracted() if message.id and str(message.id) not in translated]


def _forms(message: Message) -> list[object]:
    return list(message.string) if isinstance(message.string, list | tuple) else [message.string]


def commands_document() -> str:
    """The document that has every command, made from the table that the menus are made from."""
    rows = [
        f"| `/{command.name}` | {_where(command)} | {command.description} | `{command.usage}` |\n"
        for command in COMMANDS
    ]
    return ABOUT_COMMANDS + "".join(rows)


def _where(command: Command) -> str:
    return ", ".join(WHERE[each] for each in Audience if each in command.audiences) or "nobody: for the bot's owner"


def privacy_document() -> str:
    """The privacy policy, made of the sentences that /privacy answers with where nothing was set or chosen."""
    (hours,) = (each.default for each in fields(Settings) if each.name == "transcript_ttl_hours")
    policy = Privacy(ENGLISH).policy(float(str(hours)))
    return f"# Privacy\n\n{ABOUT_PRIVACY}\n\n{policy}\n"


def main() -> None:
    for language in TRANSLATIONS:
        place(language).parent.mkdir(parents=True, exist_ok=True)
        place(language).write_text(updated(language), encoding="utf-8")
        print(f"{language}: {len(untranslated(language))} to translate")  # noqa: T201 - this is what it is for
    COMMANDS_DOCUMENT.write_text(commands_document(), encoding="utf-8")
    PRIVACY_DOCUMENT.write_text(privacy_document(), encoding="utf-8")


if __name__ == "__main__":
    main()

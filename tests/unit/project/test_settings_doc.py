from dataclasses import MISSING, Field, fields

from bot.commands.operator import FAILED, WRONG_SETTINGS
from bot.config import Settings
from tests.unit.project.checkout import table


def default(setting: Field) -> str:
    """How the table writes a default."""
    if setting.default is MISSING:
        return "required"
    return "empty" if setting.default in (None, frozenset()) else f"`{setting.default}`"


def test_the_table_says_what_the_settings_say():
    expected = [[f"`{each.name.upper()}`", default(each), each.metadata["description"]] for each in fields(Settings)]
    assert table("docs/settings.md", "All settings") == expected


def test_the_exit_codes_are_those_of_the_command_line():
    assert [code for code, _ in table("docs/running.md", "Stop")] == ["0", str(FAILED), str(WRONG_SETTINGS)]

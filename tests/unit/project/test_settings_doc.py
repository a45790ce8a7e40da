from bot.commands.operator import FAILED, WRONG_SETTINGS
from bot.config import Settings
from tests.unit.project.checkout import table


def default(name: str) -> str:
    """How the table writes a default."""
    field = Settings.model_fields[name]
    if field.is_required():
        return "required"
    return "empty" if field.default in (None, frozenset()) else f"`{field.default}`"


def test_the_table_says_what_the_settings_say():
    expected = [[f"`{name.upper()}`", default(name), each.description] for name, each in Settings.model_fields.items()]
    assert table("docs/settings.md", "All settings") == expected


def test_the_exit_codes_are_those_of_the_command_line():
    assert [code for code, _ in table("docs/running.md", "Stop")] == ["0", str(FAILED), str(WRONG_SETTINGS)]

import re
from dataclasses import fields

import pytest
from dotenv import dotenv_values

from bot.config import Settings, SettingsError, load_settings, read_settings
from tests.unit.project.checkout import ROOT, text

SECRETS = ["TELEGRAM_BOT_TOKEN", "AIMLAPI_KEY"]


@pytest.fixture
def nothing_set(monkeypatch, tmp_path):
    """A folder and an environment without a single setting."""
    monkeypatch.chdir(tmp_path)
    for each in fields(Settings):
        monkeypatch.delenv(each.name.upper(), raising=False)


def uncommented(folder):
    """The file with every default put in force."""
    everything = folder / "everything.env"
    everything.write_text(re.sub(r"^#(?=[A-Z])", "", text(".env.example"), flags=re.MULTILINE), "utf-8")
    return everything


def test_every_setting_is_named_once_and_explained_by_its_description():
    found = re.findall(r"^# (.*)\n#?([A-Z_]+)=", text(".env.example"), re.MULTILINE)
    assert found == [(each.metadata["description"], each.name.upper()) for each in fields(Settings)]
    assert len(re.findall(r"^#?[A-Z_]+=", text(".env.example"), re.MULTILINE)) == len(found)


def test_only_the_two_secrets_are_in_force_and_they_are_empty():
    assert dotenv_values(ROOT / ".env.example") == dict.fromkeys(SECRETS, "")


def test_the_other_lines_show_the_defaults(tmp_path):
    secrets = {"telegram_bot_token": "123:abc", "aimlapi_key": "a-key"}
    shown = dotenv_values(uncommented(tmp_path))
    given = {name.lower(): value for name, value in shown.items() if value}
    assert read_settings(given | secrets) == Settings(**secrets)
    silent = {name for name, value in shown.items() if value == ""}
    assert silent - set(SECRETS) == {
        each.name.upper() for each in fields(Settings) if each.default in (None, frozenset())
    }


def test_copied_but_not_filled_in_it_asks_for_the_secrets_alone(nothing_set, tmp_path):
    (tmp_path / ".env").write_text(text(".env.example"), "utf-8")
    with pytest.raises(SettingsError) as refused:
        load_settings()
    assert refused.value.lines == [f"{name} is not set (or {name}_FILE)" for name in SECRETS]

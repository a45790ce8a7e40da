import re

import pytest
from dotenv import dotenv_values

from bot.config import Settings, SettingsError, load_settings
from tests.unit.project.checkout import ROOT, text

SECRETS = ["TELEGRAM_BOT_TOKEN", "AIMLAPI_KEY"]


@pytest.fixture
def nothing_set(monkeypatch, tmp_path):
    """A folder and an environment without a single setting."""
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)


def uncommented(folder):
    """The file with every default put in force."""
    everything = folder / "everything.env"
    everything.write_text(re.sub(r"^#(?=[A-Z])", "", text(".env.example"), flags=re.MULTILINE), "utf-8")
    return everything


def test_every_setting_is_named_once_and_explained_by_its_description():
    found = re.findall(r"^# (.*)\n#?([A-Z_]+)=", text(".env.example"), re.MULTILINE)
    assert found == [(each.description, name.upper()) for name, each in Settings.model_fields.items()]
    assert len(re.findall(r"^#?[A-Z_]+=", text(".env.example"), re.MULTILINE)) == len(found)


def test_only_the_two_secrets_are_in_force_and_they_are_empty():
    assert dotenv_values(ROOT / ".env.example") == dict.fromkeys(SECRETS, "")


def test_the_other_lines_show_the_defaults(nothing_set, tmp_path):
    secrets = {"telegram_bot_token": "123:abc", "aimlapi_key": "a-key"}
    shown = Settings(_env_file=uncommented(tmp_path), **secrets)
    assert shown == Settings(_env_file=None, **secrets)
    silent = {name for name, value in dotenv_values(uncommented(tmp_path)).items() if value == ""}
    assert silent - set(SECRETS) == {
        name.upper() for name, each in Settings.model_fields.items() if each.default in (None, frozenset())
    }


def test_copied_but_not_filled_in_it_asks_for_the_secrets_alone(nothing_set, tmp_path):
    (tmp_path / ".env").write_text(text(".env.example"), "utf-8")
    with pytest.raises(SettingsError) as refused:
        load_settings()
    assert refused.value.lines == [f"{name} is not set (or {name}_FILE)" for name in SECRETS]

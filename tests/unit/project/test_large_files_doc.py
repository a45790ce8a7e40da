"""The way to large files: what people are told to write fits the compose file, and the figures are the code's."""

import json
import re
from dataclasses import fields

import pytest

from bot.config import Settings, read_settings
from bot.engine import patience
from bot.media.convert import conversion_bytes
from bot.outgoing.moving import LIMITS
from bot.speech.catalogue import MODELS
from tests.unit.project.checkout import blocks, said, section, text
from tests.unit.project.test_compose import ONE, items, service

DOCUMENT = "docs/large-files.md"
HOUR = 3600
GIGABYTE = 10**9
SECRETS = {"telegram_bot_token": "123456:a-token-of-a-bot", "aimlapi_key": "a-key"}


def written() -> dict[str, str]:
    """What people are told to write into .env."""
    return dict(re.findall(r'^ *echo "(\w+)=(.+)" >> .env$', text(DOCUMENT), re.MULTILINE))


def test_the_bot_and_the_server_understand_what_is_written_into_env():
    mine = {
        name: value for name, value in written().items() if name in {each.name.upper() for each in fields(Settings)}
    }
    others = written().keys() - mine.keys()
    assert others == {"TMPDIR", *re.findall(r"\$\{(\w+):", service(ONE, "telegram"))}
    settings = read_settings(SECRETS | {name.lower(): value for name, value in mine.items()})
    (volume,) = items(ONE, "telegram", "volumes")
    assert str(settings.telegram_local_files) == volume.partition(":")[2]
    (port,) = re.findall(r"--http-port=(\d+)", service(ONE, "telegram"))
    assert settings.telegram_api_url == f"http://telegram:{port}"
    assert (settings.max_file_mb, settings.max_audio_minutes) == (2000, 600)
    assert written()["TMPDIR"] == items(ONE, "verbatim", "volumes")[0].partition(":")[2]


def test_the_commands_name_the_profile():
    commands = [line for block in blocks(text(DOCUMENT)) for line in block.splitlines() if "docker compose" in line]
    assert [line for line in commands if "exec" not in line]
    assert all("--profile large" in line for line in commands if "exec" not in line)


def test_the_group_is_that_of_the_compose_file():
    (group,) = items(ONE, "verbatim", "group_add")
    number = json.loads(group)
    assert f"in the group {number} (`group_add`)" in said(DOCUMENT, "Whose files they are")


@pytest.mark.parametrize(
    ("title", "sentence"),
    [
        ("Disk", f"at the most {conversion_bytes(2 * GIGABYTE, 2 * HOUR, HOUR) / 1e6:.0f} MB for two hours"),
        ("Disk", f"and {conversion_bytes(2 * GIGABYTE, 10 * HOUR, HOUR) / 1e9:.1f} GB for ten"),
        ("Disk", f"after {patience.ROOM_TOLD_AFTER:.0f} seconds"),
        ("How long it takes", f"It gets {LIMITS.local_file / 60:.0f} minutes"),
        ("How long it takes", f"each {LIMITS.local_rate / 1000:.0f} kB"),
        ("Whose files they are", f"waits for an {'hour' if patience.TRIES == HOUR else '?'}"),
    ],
)
def test_the_figures_are_those_of_the_code(title, sentence):
    assert sentence in said(DOCUMENT, title)


def test_a_day_is_how_long_a_recording_waits_for_space():
    assert patience.ROOM_GIVE_UP_AFTER == patience.DAY
    assert "After a day without space" in said(DOCUMENT, "Disk")
    assert section(DOCUMENT, "Limits of the provider")
    assert any("whisper-" in each.name for each in MODELS)

"""No document names what does not exist."""

import re
from dataclasses import fields

import pytest

from bot.config import Settings
from bot.documents.document import Ending
from bot.text.menu import COMMANDS
from storage import outcomes
from tests.translating import commands_document, privacy_document
from tests.unit.project.checkout import ROOT, blocks, documents, quoted, sources, table, text

SETTINGS = {each.name.upper() for each in fields(Settings)}
OUTCOMES = {f"job.{kind.__name__.lower()}" for kind in outcomes.Outcome.__args__}
# Made when the bot or a tool runs, or sent to a chat.
MADE_LATER = {".env", ".venv", ".lock", "transcript.txt", "audio.ogg", *(f".{ending}" for ending in Ending)}
ENDINGS = "py|md|txt|toml|sql|yaml|yml|png|sh|css|js|html|ogg|lock"
PATH = re.compile(rf"(?!.*://)(?=[\w.])[\w.-]+/[\w./-]*|\.[a-z][\w.]*|[\w-]+\.({ENDINGS})")
EVENT = re.compile(rf"(?!.*\.({ENDINGS})$)[a-z]+\.[a-z_]+")


def code(document: str) -> list[str]:
    """Everything that is meant literally."""
    return [*quoted(text(document)), *blocks(text(document))]


def variables(document: str) -> set[str]:
    """What looks like a variable of the environment."""
    return {
        name
        for piece in code(document)
        for name in re.findall(r"\b(?:[A-Z]+_[A-Z_]+|ACCESS|FFMPEG|LINKS)\b(?!\.md)", piece)
    }


def is_read(variable: str) -> bool:
    """Whether the code asks the environment for it, or Compose does, or Python itself."""
    asked = {"PYTHON_CPU_COUNT", *re.findall(r"\$\{(\w+):", text("compose.postgres.yaml") + text("compose.yaml"))}
    by_code = rf'environ\w*(\.get\(|\[)"{variable}"'
    return variable in asked or re.search(by_code, sources("bot", "tests")) is not None


def targets(document: str) -> set[str]:
    pieces = "\n".join(code(document))
    return set(re.findall(r"^make (?:[A-Z]+=\S+ )?([a-z][\w-]*)", pieces, re.MULTILINE))


def phony() -> set[str]:
    match = re.search(r"^\.PHONY: (.*)$", text("Makefile"), re.MULTILINE)
    assert match
    return set(match[1].split())


def paths(document: str) -> set[str]:
    shown = re.findall(
        r"(?<![\w/])(?:bot|docs|handlers|requirements|storage|tests)/[\w./-]+", "".join(blocks(text(document)))
    )
    return {name for name in quoted(text(document)) if PATH.fullmatch(name)} | set(shown)


def commands_in(document: str) -> set[str]:
    return {name for name in quoted(text(document)) if re.fullmatch(r"/[a-z]+", name)}


@pytest.mark.parametrize("document", documents())
def test_every_setting_exists(document):
    assert {name for name in variables(document) - SETTINGS if not is_read(name)} == set()


def test_every_setting_is_told_to_those_who_run_the_bot():
    assert variables("docs/settings.md") == SETTINGS
    assert SETTINGS - variables("CHANGELOG.md") == set()


@pytest.mark.parametrize("document", documents())
def test_every_metric_exists(document):
    named = set(re.findall(r"\bverbatim_[a-z_]+", text(document)))
    assert named <= {name.strip("`") for name, _, _ in table("docs/monitoring.md", "Metrics")}


@pytest.mark.parametrize("document", documents())
def test_every_event_is_logged_somewhere(document):
    named = {name for name in quoted(text(document)) if EVENT.fullmatch(name)}
    assert {name for name in named - OUTCOMES if f'"{name}"' not in sources()} == set()


@pytest.mark.parametrize("document", documents())
def test_every_make_target_exists(document):
    assert targets(document) - phony() == set()


def test_every_make_target_is_explained():
    assert targets("CONTRIBUTING.md") == phony()


@pytest.mark.parametrize("document", documents())
def test_every_path_exists(document):
    assert {name for name in paths(document) - MADE_LATER if not (ROOT / name).exists()} == set()


def test_the_rooms_are_named():
    assert len(paths("docs/development.md")) > 20
    assert len(paths("CONTRIBUTING.md")) > 10
    assert "bot/playground/samples/bread_and_milk.ogg" in paths("docs/playground.md")


def test_the_privacy_policy_is_what_the_bot_answers():
    assert text("docs/privacy.md") == privacy_document()


def test_every_command_of_the_bot_is_explained():
    assert text("docs/commands.md") == commands_document()
    known = commands_in("docs/commands.md")
    assert known == {f"/{each.name}" for each in COMMANDS}
    assert commands_in("docs/usage.md") | commands_in("docs/groups.md") <= known


@pytest.mark.parametrize(
    ("found", "names"),
    [
        (PATH, ["bot/app.py", "bot/engine/", ".ci/run", ".env.example", "requirements/run.txt", "transcript.txt"]),
        (EVENT, ["step.failed", "telegram.not_ready"]),
    ],
)
def test_names_are_recognised(found, names):
    assert [name for name in names if not found.fullmatch(name)] == []


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (PATH, ["/healthz", "sqlite:///data/verbatim.db", "http://127.0.0.1:8102/v1", "pt-BR", "nova-2-general"]),
        (EVENT, ["transcript.txt", "compose.yaml", "auto"]),
    ],
)
def test_other_words_are_not(found, words):
    assert [word for word in words if found.fullmatch(word)] == []

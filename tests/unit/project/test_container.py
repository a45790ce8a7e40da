import asyncio
import sys
from pathlib import Path

import pytest

from bot.config import read_settings
from bot.http import health, serving
from tests.unit.project.checkout import ROOT, text
from tests.unit.project.image import argument, copies, copy_to, exec_form, instructions, is_sent, started

# Prints the file of every module of ours that the command line brings along.
LOADED = """
import sys, bot.__main__, bot.commands.operator, bot.playground.demo.command
for name, module in sys.modules.items():
    if name.split(".")[0] in ("bot", "handlers", "storage"):
        print(module.__file__)
"""


@pytest.fixture(scope="module")
def inside(tmp_path_factory) -> Path:
    """The image's folder, as the COPY lines make it."""
    folder = tmp_path_factory.mktemp("image")
    copy_to(folder)
    return folder


def test_everything_that_is_copied_exists_and_reaches_the_build():
    sources = [source for source, _ in copies()]
    assert sources == ["requirements/run.txt", "LICENSE", "THIRD_PARTY_NOTICES.md", "bot", "handlers", "storage"]
    assert all((ROOT / source).exists() and is_sent(source) for source in sources)


@pytest.mark.parametrize(
    "path",
    [
        ".git/config",
        ".venv/bin/python",
        ".env",
        ".env.example",
        "data/verbatim.db",
        "tests/world.py",
        "README.md",
        "requirements/dev.txt",
        "bot/__pycache__/app.cpython-312.pyc",
        "storage/sqlite/migrations/__pycache__/x.pyc",
    ],
)
def test_what_the_image_does_not_need_never_reaches_the_build(path):
    assert not is_sent(path)


def test_the_packages_are_installed_with_their_hashes():
    (install,) = [given for name, given in instructions() if name == "RUN" and "pip install" in given]
    assert "--no-deps --require-hashes -r requirements/run.txt" in install
    assert install.endswith("&& python -m pip check")


def test_the_image_runs_the_bot_as_nobody_special_and_passes_signals_on():
    user, group = argument("USER").split(":")
    assert int(user) == int(group) >= 1000
    assert f"-o {user} -g {group}" in text("Dockerfile")
    assert [*exec_form("ENTRYPOINT"), *exec_form("CMD")] == ["python", "-m", "bot", "run"]
    assert argument("STOPSIGNAL") == "SIGTERM"
    assert all(name != "USER" for name, _ in instructions()[: [name for name, _ in instructions()].index("RUN")])


def test_the_image_keeps_its_database_in_the_volume():
    environment = dict(pair.split("=", 1) for pair in argument("ENV").split())
    secrets = {"telegram_bot_token": "123:abc", "aimlapi_key": "a-key"}
    settings = read_settings(secrets | {name.lower(): value for name, value in environment.items()})
    assert settings.database_path.is_relative_to(argument("VOLUME"))
    assert settings.http_port is not None


def test_the_bot_starts_from_what_is_copied_and_from_nothing_else(inside):
    found = started(inside, "-c", LOADED)
    assert found.stderr == ""
    assert len(found.stdout.splitlines()) > 30
    assert all(Path(file).is_relative_to(inside) for file in found.stdout.splitlines())


@pytest.mark.parametrize(
    ("module", "kept_out"), [("bot.commands.operator", "bot.playground"), ("bot.playground.demo.command", "telegram")]
)
def test_neither_side_pays_for_the_other_in_memory(inside, module, kept_out):
    found = started(inside, "-c", f"import sys, bot.__main__, {module}; print(*sys.modules, sep='\\n')")
    loaded = found.stdout.split()
    assert module in loaded
    assert kept_out not in loaded


def test_in_the_image_the_command_line_explains_itself(inside):
    helped = started(inside, "-m", "bot", "--help")
    assert helped.returncode == 0
    assert "usage: verbatim" in helped.stdout


def test_in_the_image_a_run_without_settings_names_both_secrets(inside):
    refused = started(inside, "-m", "bot", "run")
    assert refused.returncode == 2
    assert refused.stderr.splitlines() == [
        "TELEGRAM_BOT_TOKEN is not set (or TELEGRAM_BOT_TOKEN_FILE)",
        "AIMLAPI_KEY is not set (or AIMLAPI_KEY_FILE)",
    ]


async def probed(**ports: str) -> int:
    """The exit code of the image's own health check."""
    program, *arguments = exec_form("HEALTHCHECK")
    assert program == "python"
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-S", *arguments),
        env=ports,
        stderr=asyncio.subprocess.DEVNULL,
    )
    return await process.wait()


@pytest.mark.parametrize(("age", "code"), [(0.0, 0), (1000.0, 1)])
async def test_the_health_check_says_what_healthz_says(age, code):
    async with serving("127.0.0.1", 0, [health(lambda: 0.0, received=lambda: age)]) as port:
        assert await probed(HTTP_PORT=str(port), METRICS_PORT="") == code


async def test_the_health_check_fails_where_nothing_listens(refusing_port):
    assert await probed(HTTP_PORT=str(refusing_port)) != 0


async def test_the_health_check_asks_the_port_for_metrics_where_there_is_one(refusing_port):
    async with serving("127.0.0.1", 0, [health(lambda: 0.0)]) as port:
        assert await probed(HTTP_PORT=str(refusing_port), METRICS_PORT=str(port)) == 0

"""What a demo finds on a machine, and what it lets through to the bot."""

import sys
import threading
from asyncio import start_server
from pathlib import Path
from socket import create_server

import pytest

import bot
from bot.playground.demo.browser import has_screen, open_page
from bot.playground.demo.environment import for_bot
from bot.playground.demo.options import DemoOptions, PlaygroundOptions
from bot.playground.demo.ports import PortTakenError, listen


@pytest.mark.parametrize(
    ("environment", "platform", "verdict"),
    [
        ({"DISPLAY": ":0"}, "linux", True),
        ({"WAYLAND_DISPLAY": "wayland-0"}, "linux", True),
        ({"DISPLAY": ""}, "linux", False),
        ({"SSH_TTY": "/dev/pts/0"}, "linux", False),
        ({}, "darwin", True),
    ],
)
def test_a_screen_is_where_a_window_could_be_opened(environment, platform, verdict):
    assert has_screen(environment, platform) is verdict


@pytest.mark.skipif(sys.platform == "darwin", reason="a Mac has a screen, whatever its environment says")
def test_without_a_screen_no_browser_is_looked_for():
    before = threading.enumerate()
    open_page("http://127.0.0.1:1/", {"BROWSER": "false"})
    assert threading.enumerate() == before


def test_the_bot_gets_what_programs_need_and_no_setting_of_the_operator(tmp_path):
    programs = {"PATH": "/bin", "HOME": "/home/alex", "LANG": "C", "LC_ALL": "C", "SSL_CERT_FILE": "/certificates"}
    settings = {"DATABASE_URL": "sqlite:///mine.db", "ALLOWED_CHATS": "1", "AIMLAPI_KEY": "mine", "PYTHONPATH": "mine"}
    environment = for_bot(programs | settings, tmp_path, {"AIMLAPI_KEY": "of the demo"})
    assert environment == programs | {
        "AIMLAPI_KEY": "of the demo",
        "PYTHONPATH": str(Path(bot.__file__).parents[1]),
        "TMPDIR": str(tmp_path / "temporary"),
        "DATABASE_URL": f"sqlite:///{tmp_path / 'verbatim.db'}",
        "LOG_LEVEL": "DEBUG",
        "LOG_FORMAT": "json",
    }
    assert (tmp_path / "temporary").is_dir()


def test_options_do_not_tell_their_secrets():
    demo = DemoOptions(real_key="my-key", environment={"OTHER_KEY": "another-secret"})
    playground = PlaygroundOptions(token="1:my-token", key="my-key")
    for secret in ("my-key", "another-secret", "my-token"):
        assert secret not in f"{demo} {playground!r}"


async def listener(port):
    """The port it listens on; nobody stays there."""
    async with await start_server(lambda *_: None, "127.0.0.1", port) as server:
        return server.sockets[0].getsockname()[1]


@pytest.fixture
def occupied():
    with create_server(("127.0.0.1", 0)) as occupant:
        yield occupant.getsockname()[1]


async def test_a_free_port_is_used_asked_for_or_usual(unused_tcp_port, occupied):
    said = []
    assert await listen(listener, unused_tcp_port, occupied, said.append) == unused_tcp_port
    assert await listen(listener, None, unused_tcp_port, said.append) == unused_tcp_port
    assert await listen(listener, 0, occupied, said.append) not in {0, occupied}
    assert said == []


async def test_a_usual_port_that_is_taken_is_replaced_and_that_is_said(occupied):
    said = []
    assert await listen(listener, None, occupied, said.append) not in {0, occupied}
    assert said == [f"Port {occupied} is taken; another one is used."]


async def test_an_asked_port_that_is_taken_is_not_replaced(occupied, unused_tcp_port):
    with pytest.raises(PortTakenError, match=f"^Port {occupied} cannot be listened on: "):
        await listen(listener, occupied, unused_tcp_port, pytest.fail)

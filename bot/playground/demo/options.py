"""The options of a demo and of a playground, from the command line and the environment."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field

BOT_ID = 7_000_000_001


def new_token() -> str:
    """Make a token of the form that @BotFather gives. Nobody can guess it, so no web page can act as the bot."""
    return f"{BOT_ID}:{secrets.token_urlsafe(26)}"


def new_key() -> str:
    """Make a key for the AI/ML API that nobody can guess."""
    return secrets.token_urlsafe(24)


@dataclass(frozen=True, slots=True)
class DemoOptions:
    """The options of a demo.

    Without a `port` it is the usual one, or a free one if that is taken. With a `real_key` the real AI/ML API is used.
    `environment` is that of the command; the bot gets only a part of it.
    """

    port: int | None = None
    browser: bool = True
    whisper: str = ""
    real_key: str = field(default="", repr=False)
    real_url: str = ""
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class PlaygroundOptions:
    """The options of a playground. Ports are as in DemoOptions; the bot must use this `token` and this `key`.

    Each playground has a token and a key of its own, unless one was asked for.
    """

    port: int | None = None
    telegram_port: int | None = None
    speech_port: int | None = None
    token: str = field(default_factory=new_token, repr=False)
    key: str = field(default_factory=new_key, repr=False)
    whisper: str = ""

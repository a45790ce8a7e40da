"""The options of a demo and of a playground, from the command line and the environment."""

from collections.abc import Mapping
from dataclasses import dataclass, field

DEFAULT_TOKEN = "123456:PLAYGROUND"  # noqa: S105 - no secret: it is valid in the playground only
DEFAULT_KEY = "playground-key"


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
    """The options of a playground. Ports are as in DemoOptions; the bot must use this `token` and this `key`."""

    port: int | None = None
    telegram_port: int | None = None
    speech_port: int | None = None
    token: str = field(default=DEFAULT_TOKEN, repr=False)
    key: str = field(default=DEFAULT_KEY, repr=False)
    whisper: str = ""

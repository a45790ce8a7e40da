"""What the command line and the environment say about a demo or a playground."""

from collections.abc import Mapping
from dataclasses import dataclass, field

DEFAULT_TOKEN = "123456:PLAYGROUND"  # noqa: S105 - public: it opens nothing but the playground
DEFAULT_KEY = "playground-key"


@dataclass(frozen=True, slots=True)
class DemoOptions:
    """`port` None: the usual one, or another if it is taken. With a `real_key` the real AI/ML API hears.

    `environment` is that of the command; the bot gets the part of it that programs need.
    """

    port: int | None = None
    browser: bool = True
    whisper: str = ""
    real_key: str = field(default="", repr=False)
    real_url: str = ""
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class PlaygroundOptions:
    """Ports as in DemoOptions; `token` and `key` are what the bot must bring."""

    port: int | None = None
    telegram_port: int | None = None
    speech_port: int | None = None
    token: str = field(default=DEFAULT_TOKEN, repr=False)
    key: str = field(default=DEFAULT_KEY, repr=False)
    whisper: str = ""

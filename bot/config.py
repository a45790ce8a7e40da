"""The settings of the operator, and the only reader of the environment. Secrets never show in a repr."""

import hmac
import math
import os
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, dataclass, field, fields
from pathlib import Path
from typing import Any, Literal
from urllib.parse import unquote, urlsplit

from dotenv import dotenv_values

from bot import kinds
from bot.outgoing.proxies import Proxy, is_direct, passwords_in, read_proxy
from bot.sizes import MEGABYTE
from storage.address import passwords_in as of_database
from storage.address import path_of

MOST_SLOTS = 400  # with 40 looks a second each is looked at every 10 seconds, which is the pace that the API documents
_SECRETS = ("telegram_bot_token", "aimlapi_key", "webhook_secret")
SHORT_AS_A_WORD = 8  # characters of a secret that may stand in an address by chance; those of real tokens are 35
_TAKEN_PATHS = ("/healthz", "/metrics")
Server = Literal["telegram", "aimlapi"]
_SERVERS: dict[Server, str] = {"telegram": "telegram_api_url", "aimlapi": "aimlapi_url"}  # their addresses


class SettingsError(Exception):
    """A failure to load the settings; `lines` has a sentence for each that is missing or wrong."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__("; ".join(lines))
        self.lines = lines


def _about(description: str, read: Callable[[str], Any]) -> dict[str, Any]:
    """Tell what a setting is for, and what makes its value of a text."""
    return {"description": description, "read": read}


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The decisions of the operator. Texts are checked when they are read; values that are given here are not."""

    telegram_bot_token: str = field(repr=False, metadata=_about("The bot's token, from @BotFather.", kinds.token))
    aimlapi_key: str = field(repr=False, metadata=_about("The AI/ML API key.", kinds.key))
    telegram_bot_token_file: Path | None = field(
        default=None, metadata=_about("A file that holds the token instead.", kinds.readable_file)
    )
    aimlapi_key_file: Path | None = field(
        default=None, metadata=_about("A file that holds the key instead.", kinds.readable_file)
    )
    telegram_api_url: str = field(
        default="https://api.telegram.org",
        metadata=_about("The Bot API server. A local one lifts the 20 MB limit on downloads.", kinds.http_address),
    )
    telegram_local_files: Path | None = field(
        default=None,
        metadata=_about(
            "The folder in which a local Bot API server keeps its files; empty: files come by HTTP only.", Path
        ),
    )
    aimlapi_url: str = field(
        default="https://api.aimlapi.com/v1", metadata=_about("The AI/ML API, with its version.", kinds.http_address)
    )
    telegram_proxy: str | None = field(
        default=None,
        repr=False,
        metadata=_about("The proxy to the Bot API server, such as `http://user:password@host:3128`.", str),
    )
    aimlapi_proxy: str | None = field(default=None, repr=False, metadata=_about("The proxy to the AI/ML API.", str))
    https_proxy: str | None = field(
        default=None,
        repr=False,
        metadata=_about("The proxy to those of the two that have none of their own and an `https` address.", str),
    )
    http_proxy: str | None = field(default=None, repr=False, metadata=_about("The same for `http` addresses.", str))
    all_proxy: str | None = field(
        default=None, repr=False, metadata=_about("The same for addresses of both kinds.", str)
    )
    no_proxy: str | None = field(
        default=None,
        metadata=_about("Hosts and networks that the last three are not used for, comma separated; `*` is all.", str),
    )
    database_url: str = field(
        default="sqlite:///data/verbatim.db",
        repr=False,
        metadata=_about(
            "Where jobs live: `sqlite:///relative/path`, `sqlite:////absolute/path` or"
            " `postgresql://user:password@host:5432/name`.",
            kinds.database,
        ),
    )
    default_model: str = field(
        default="#g1_nova-2-general", metadata=_about("The model of chats that chose none.", str)
    )
    fallback_model: str = field(
        default="whisper-medium",
        metadata=_about(
            "The model, in chats that chose none, for languages that the default one does not know; `none`: no other.",
            str,
        ),
    )
    default_language: str = field(
        default="auto",
        metadata=_about("A language tag such as `en` or `pt-BR`, or `auto` to detect it.", kinds.language),
    )
    access: Literal["invited", "open"] = field(
        default="invited",
        metadata=_about(
            "Whom the bot works for: `invited` is its owner and those whom the owner lets in, `open` is everybody.",
            kinds.choice("invited", "open"),
        ),
    )
    allowed_chats: frozenset[int] = field(
        default=frozenset(),
        metadata=_about(
            "Ids of chats and people the bot works for in any case, comma separated; in an open bot, for no others.",
            kinds.chats,
        ),
    )
    notes_per_minute_per_chat: int = field(
        default=0,
        metadata=_about("Recordings that a chat may send in a minute; 0: any number.", kinds.whole(least=0)),
    )
    notes_per_minute_per_user: int = field(
        default=0,
        metadata=_about("Recordings that a person may send in a minute, in all chats.", kinds.whole(least=0)),
    )
    daily_minutes_per_chat: float = field(
        default=0,
        metadata=_about("Minutes of sound that a chat may have transcribed in a day; 0: any.", kinds.number(least=0)),
    )
    daily_minutes_per_user: float = field(
        default=0,
        metadata=_about("Minutes of sound that a person may have transcribed in a day.", kinds.number(least=0)),
    )
    max_audio_minutes: float = field(
        default=120, metadata=_about("The longest recording that is transcribed.", kinds.number(above=0))
    )
    max_file_mb: float = field(
        default=20,
        metadata=_about(
            "The largest file that is downloaded; raise it only with a local Bot API server.", kinds.number(above=0)
        ),
    )
    max_upload_mb: float = field(
        default=1900,
        metadata=_about(
            "The largest file that goes to the provider as it is; it takes up to 2 GB.", kinds.number(above=0)
        ),
    )
    split_minutes: float = field(
        default=60,
        metadata=_about("Longer recordings go to the provider in parts of about this length.", kinds.number(least=1)),
    )
    ffmpeg: Path | None = field(
        default=None,
        metadata=_about(
            "The ffmpeg that converts recordings, if it works; empty: the one on `PATH`, unless it does not"
            " work or is older than the one that comes along.",
            Path,
        ),
    )
    transcript_ttl_hours: float = field(
        default=24,
        metadata=_about(
            "How long a transcript may answer the same file again; 0 keeps none after delivery.", kinds.number(least=0)
        ),
    )
    nova_concurrency: int = field(
        default=50,
        metadata=_about("Jobs with a Nova model at the provider at once, at the start.", kinds.whole(least=1)),
    )
    nova_concurrency_most: int = field(
        default=MOST_SLOTS,
        metadata=_about(
            "How far `NOVA_CONCURRENCY` grows while the provider takes more; 1: not at all.", kinds.whole(least=1)
        ),
    )
    whisper_concurrency: int = field(
        default=5,
        metadata=_about("Jobs with a Whisper model at the provider at once, at the most.", kinds.whole(least=1)),
    )
    looks_per_second: float = field(
        default=40,
        metadata=_about(
            "How often a second the AI/ML API is asked for results, over all jobs, at the most.",
            kinds.number(least=0.1),
        ),
    )
    max_open_jobs_per_chat: int = field(
        default=100,
        metadata=_about(
            "Recordings of a chat that may be without an answer; more are refused with a sentence.",
            kinds.whole(least=1),
        ),
    )
    times_from_minutes: float = field(
        default=3,
        metadata=_about(
            "Recordings longer than this have times in their texts, where the chat has not chosen; 0: none has.",
            kinds.number(least=0),
        ),
    )
    links: Literal["on", "off"] = field(
        default="on",
        metadata=_about(
            "Whether links to recordings are given to the AI/ML API, which fetches them: `on` or `off`.",
            kinds.choice("on", "off"),
        ),
    )
    link_minutes: float = field(
        default=30,
        metadata=_about(
            "How long the recording behind a link is taken to be until its answer says it.", kinds.number(above=0)
        ),
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = field(
        default="INFO", metadata=_about("What is logged.", kinds.choice("DEBUG", "INFO", "WARNING", "ERROR"))
    )
    log_format: Literal["console", "json"] = field(
        default="console", metadata=_about("How it is logged.", kinds.choice("console", "json"))
    )
    webhook_url: str | None = field(
        default=None,
        metadata=_about(
            "The public `https` address to which Telegram sends updates; empty: the bot asks for them.",
            kinds.webhook_address,
        ),
    )
    webhook_secret: str | None = field(
        default=None,
        repr=False,
        metadata=_about(
            "What Telegram sends along, so that nobody else can send updates; empty: made of the token.",
            kinds.webhook_secret,
        ),
    )
    webhook_secret_file: Path | None = field(
        default=None, metadata=_about("A file that holds that secret instead.", kinds.readable_file)
    )
    http_port: int | None = field(
        default=None,
        metadata=_about(
            "Serve `/healthz` and `/metrics` there, and take the updates of `WEBHOOK_URL`; empty: nowhere.",
            kinds.whole(least=0, most=65535),
        ),
    )
    http_host: str = field(
        default="127.0.0.1", metadata=_about("The address `HTTP_PORT` and `METRICS_PORT` listen on.", str)
    )
    metrics_port: int | None = field(
        default=None,
        metadata=_about(
            "Serve `/healthz` and `/metrics` there instead of on `HTTP_PORT`.", kinds.whole(least=0, most=65535)
        ),
    )

    def proxy_of(self, server: Server) -> Proxy | None:
        """Return the proxy to a server; SettingsError if the setting that names it is wrong."""
        name = self._naming_proxy(server, getattr(self, _SERVERS[server]))
        if name is None:
            return None
        try:
            return read_proxy(getattr(self, name), name.upper())
        except ValueError as error:
            raise SettingsError([f"{name.upper()} {error}"]) from None

    def _naming_proxy(self, server: Server, address: str) -> str | None:
        """Return the setting that names the proxy to an address: the server's own, or one for all servers."""
        own = f"{server}_proxy"
        if getattr(self, own) is not None:
            return own
        if is_direct(address, self.no_proxy or ""):
            return None
        for_all = (f"{urlsplit(address).scheme}_proxy", "all_proxy")
        return next((name for name in for_all if getattr(self, name) is not None), None)

    @property
    def secrets(self) -> frozenset[str]:
        """Everything that must not be in a log: the token, the key, the webhook's secret, and all passwords."""
        proxies = (self.telegram_proxy, self.aimlapi_proxy, self.https_proxy, self.http_proxy, self.all_proxy)
        passwords = (passwords_in(each) for each in proxies if each is not None)
        own = {self.telegram_bot_token, self.aimlapi_key}
        of_webhook = {self.secret_of_webhook} if self.webhook_url else frozenset[str]()
        return frozenset(own.union(of_webhook, *passwords, of_database(self.database_url)))

    @property
    def secret_of_webhook(self) -> str:
        """What Telegram sends with each update: the operator's secret, or one that every replica makes of the token."""
        key = self.telegram_bot_token.encode()
        return self.webhook_secret or hmac.digest(key, b"the secret of the webhook", "sha256").hex()

    @property
    def database_path(self) -> Path:
        """The file of a SQLite database."""
        return path_of(self.database_url)

    @property
    def uses_public_server(self) -> bool:
        return urlsplit(self.telegram_api_url).hostname == "api.telegram.org"

    @property
    def bot_id(self) -> int:
        return int(self.telegram_bot_token.partition(":")[0])

    @property
    def max_file_bytes(self) -> int:
        return int(self.max_file_mb * MEGABYTE)

    @property
    def times_from_seconds(self) -> float:
        """The length of the shortest recordings, not included, that have times in their texts by themselves."""
        return self.times_from_minutes * 60 or math.inf

    @property
    def max_upload_bytes(self) -> int:
        return int(self.max_upload_mb * MEGABYTE)


def load_settings() -> Settings:
    """Read the environment and `.env`; raise SettingsError with a line for each setting that is missing or wrong."""
    try:
        in_file = dotenv_values(".env")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError([f".env cannot be read: {error}"]) from None
    return read_settings(_given(in_file) | _given(os.environ))


def _given(variables: Mapping[str, str | None]) -> dict[str, str]:
    """Return the variables that are not empty, by names in small letters."""
    return {name.lower(): text for name, text in variables.items() if text}


def read_settings(given: Mapping[str, str]) -> Settings:
    """Read settings from their texts; raise SettingsError with a line for each that is missing or wrong."""
    texts = {**_read_secret_files(given), **given}
    values: dict[str, Any] = {}
    problems: dict[str, str] = {}
    for each in fields(Settings):
        try:
            values[each.name] = _value(each, texts.get(each.name))
        except ValueError as error:
            problems[each.name] = f"{each.name.upper()} {error}"
    if problems:
        # A line about a file says enough about its secret.
        raise SettingsError([line for name, line in problems.items() if f"{name}_file" not in problems])
    settings = Settings(**values)
    for server in _SERVERS:
        settings.proxy_of(server)  # which raises what is wrong with it
    if lines := _wrong_together(settings):
        raise SettingsError(lines)
    return settings


def _wrong_together(settings: Settings) -> list[str]:
    """Return a line for each setting that does not fit another one."""
    lines = []
    if settings.metrics_port and settings.metrics_port == settings.http_port:
        lines.append("METRICS_PORT must be another port than HTTP_PORT")
    if settings.webhook_url is None:
        return lines
    if settings.http_port is None:
        lines.append("HTTP_PORT is not set, and WEBHOOK_URL needs a port to take updates on")
    _, _, secret = settings.telegram_bot_token.partition(":")
    if (secret if len(secret) > SHORT_AS_A_WORD else settings.telegram_bot_token) in unquote(settings.webhook_url):
        lines.append("WEBHOOK_URL must not have the bot's token in it: addresses are written into many logs")
    if urlsplit(settings.webhook_url).path in _TAKEN_PATHS:
        lines.append("WEBHOOK_URL must have another path than /healthz and /metrics, which the bot serves itself")
    return lines


def _value(setting: Field[Any], text: str | None) -> Any:
    if text is not None:
        return setting.metadata["read"](text)
    if setting.default is MISSING:
        raise ValueError(f"is not set (or {setting.name.upper()}_FILE)")
    return setting.default


def _read_secret_files(given: Mapping[str, str]) -> dict[str, str]:
    """Return the secrets whose variable `NAME_FILE` names a file."""
    files = {name: given.get(f"{name}_file") for name in _SECRETS}
    read = {name: kinds.content(file) for name, file in files.items() if file}
    return {name: text for name, text in read.items() if text is not None}

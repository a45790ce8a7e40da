"""The settings of the operator, and the only reader of the environment. Secrets never show in a repr."""

import re
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from bot.outgoing.proxies import Proxy, is_direct, passwords_in, read_proxy
from bot.sizes import MEGABYTE

_SQLITE_PREFIX = "sqlite:///"
MOST_SLOTS = 400  # with 40 looks a second each is looked at every 10 seconds, which is the pace that the API documents
_SECRETS = ("telegram_bot_token", "aimlapi_key")
_TOKEN = re.compile(r"[0-9]{1,20}:[\w-]{3,256}", re.ASCII)
_KEY = re.compile(r"[!-~]{4,4096}")  # it goes into a header; a shorter one would be taken out of every log line
Server = Literal["telegram", "aimlapi"]
_SERVERS: dict[Server, str] = {"telegram": "telegram_api_url", "aimlapi": "aimlapi_url"}  # their addresses


class SettingsError(Exception):
    """A failure to load the settings; `lines` has a sentence for each that is missing or wrong."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__("; ".join(lines))
        self.lines = lines


class Settings(BaseSettings):
    """The decisions of the operator, from the environment or `.env`."""

    model_config = SettingsConfigDict(
        env_file=".env", extra="ignore", env_ignore_empty=True, frozen=True, allow_inf_nan=False
    )

    telegram_bot_token: SecretStr = Field(description="The bot's token, from @BotFather.")
    aimlapi_key: SecretStr = Field(description="The AI/ML API key.")
    telegram_bot_token_file: Path | None = Field(None, description="A file that holds the token instead.")
    aimlapi_key_file: Path | None = Field(None, description="A file that holds the key instead.")
    telegram_api_url: str = Field(
        "https://api.telegram.org", description="The Bot API server. A local one lifts the 20 MB limit on downloads."
    )
    telegram_local_files: Path | None = Field(
        None, description="The folder in which a local Bot API server keeps its files; empty: files come by HTTP only."
    )
    aimlapi_url: str = Field("https://api.aimlapi.com/v1", description="The AI/ML API, with its version.")
    telegram_proxy: SecretStr | None = Field(
        None, description="The proxy to the Bot API server, such as `http://user:password@host:3128`."
    )
    aimlapi_proxy: SecretStr | None = Field(None, description="The proxy to the AI/ML API.")
    https_proxy: SecretStr | None = Field(
        None, description="The proxy to those of the two that have none of their own and an `https` address."
    )
    http_proxy: SecretStr | None = Field(None, description="The same for `http` addresses.")
    all_proxy: SecretStr | None = Field(None, description="The same for addresses of both kinds.")
    no_proxy: str | None = Field(
        None, description="Hosts and networks that the last three are not used for, comma separated; `*` is all."
    )
    database_url: str = Field(
        "sqlite:///data/verbatim.db",
        description="Where jobs live: `sqlite:///relative/path` or `sqlite:////absolute/path`.",
    )
    default_model: str = Field("#g1_nova-2-general", description="The model of chats that chose none.")
    default_language: str = Field(
        "auto",
        description="A language tag such as `en` or `pt-BR`, or `auto` to detect it.",
        pattern=r"^[A-Za-z0-9-]{2,12}$",
    )
    allowed_chats: Annotated[frozenset[int], NoDecode] = Field(
        frozenset(), description="Ids of the chats the bot works for, comma separated; empty: everyone."
    )
    max_audio_minutes: float = Field(120, gt=0, description="The longest recording that is transcribed.")
    max_file_mb: float = Field(
        20, gt=0, description="The largest file that is downloaded; raise it only with a local Bot API server."
    )
    split_minutes: float = Field(
        60, ge=1, description="Longer recordings go to the provider in parts of about this length."
    )
    ffmpeg: Path | None = Field(
        None,
        description="The ffmpeg that converts recordings, if it works; empty: the one on `PATH`, unless it does"
        " not work or is older than the one that comes along.",
    )
    transcript_ttl_hours: float = Field(
        24, ge=0, description="How long a transcript may answer the same file again; 0 keeps none after delivery."
    )
    nova_concurrency: int = Field(50, ge=1, description="Jobs with a Nova model at the provider at once, at the start.")
    nova_concurrency_most: int = Field(
        MOST_SLOTS, ge=1, description="How far `NOVA_CONCURRENCY` grows while the provider takes more; 1: not at all."
    )
    whisper_concurrency: int = Field(
        5, ge=1, description="Jobs with a Whisper model at the provider at once, at the most."
    )
    looks_per_second: float = Field(
        40, ge=0.1, description="How often a second the AI/ML API is asked for results, over all jobs, at the most."
    )
    max_open_jobs_per_chat: int = Field(
        100, ge=1, description="Recordings of a chat that may be without an answer; more are refused with a sentence."
    )
    links: Literal["on", "off"] = Field(
        "on", description="Whether links to recordings are given to the AI/ML API, which fetches them: `on` or `off`."
    )
    link_minutes: float = Field(
        30, gt=0, description="How long the recording behind a link is taken to be until its answer says it."
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field("INFO", description="What is logged.")
    log_format: Literal["console", "json"] = Field("console", description="How it is logged.")
    http_port: int | None = Field(
        None, ge=0, le=65535, description="Serve `/healthz` and `/metrics` there; empty: nowhere."
    )
    http_host: str = Field("127.0.0.1", description="The address `HTTP_PORT` listens on.")

    @model_validator(mode="before")
    @classmethod
    def _read_secret_files(cls, values: dict[str, Any]) -> dict[str, Any]:
        """Add the secrets whose variable `NAME_FILE` names a file. A variable `NAME` comes before its file."""
        files = {name: values.get(f"{name}_file") for name in _SECRETS}
        read = {name: _content(file) for name, file in files.items() if file}
        return {name: content for name, content in read.items() if content is not None} | values

    @field_validator(*(f"{name}_file" for name in _SECRETS))
    @classmethod
    def _require_readable_file(cls, file: Path | None) -> Path | None:
        if file is not None and _content(file) is None:
            raise ValueError(f"names {file}, which cannot be read")
        return file

    @field_validator(*_SECRETS)
    @classmethod
    def _require_secret(cls, value: SecretStr, info: ValidationInfo) -> SecretStr:
        text = value.get_secret_value().strip()
        if not text or any(character.isspace() for character in text):
            raise ValueError("is empty or has white space inside")
        if info.field_name == "telegram_bot_token" and not _TOKEN.fullmatch(text):
            raise ValueError("does not look like 123456789:AAE… as @BotFather gives it")
        if info.field_name == "aimlapi_key" and not _KEY.fullmatch(text):
            raise ValueError("cannot be a key: it is too short, or has other characters than ASCII has")
        return SecretStr(text)

    @field_validator("allowed_chats", mode="before")
    @classmethod
    def _split_ids(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        ids = value.replace(",", " ").split()
        if not ids:  # a lone comma is more likely a mistake than the wish to let everybody in
            raise ValueError("names no chat: leave it empty to let everybody in")
        return ids

    @field_validator("telegram_api_url", "aimlapi_url")
    @classmethod
    def _require_http(cls, value: str) -> str:
        address = urlsplit(value)
        if address.scheme not in {"http", "https"} or not address.hostname:
            raise ValueError("must start with http:// or https://")
        return value.rstrip("/")

    @field_validator("database_url")
    @classmethod
    def _require_sqlite(cls, value: str) -> str:
        if not value.startswith(_SQLITE_PREFIX) or not value.removeprefix(_SQLITE_PREFIX).strip("/"):
            raise ValueError("must look like sqlite:///data/verbatim.db")
        return value

    @field_validator("log_level", "log_format", "links", mode="before")
    @classmethod
    def _accept_any_case(cls, value: object, info: ValidationInfo) -> object:
        if not isinstance(value, str):
            return value
        return value.upper() if info.field_name == "log_level" else value.lower()

    def proxy_of(self, server: Server) -> Proxy | None:
        """Return the proxy to a server; SettingsError if the setting that names it is wrong."""
        name = self._naming_proxy(server, getattr(self, _SERVERS[server]))
        if name is None:
            return None
        try:
            return read_proxy(getattr(self, name).get_secret_value(), name.upper())
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
        """Everything that must not be in a log: the two secrets, and the passwords of proxies."""
        proxies = (self.telegram_proxy, self.aimlapi_proxy, self.https_proxy, self.http_proxy, self.all_proxy)
        passwords = (passwords_in(each.get_secret_value()) for each in proxies if each is not None)
        own = {self.telegram_bot_token.get_secret_value(), self.aimlapi_key.get_secret_value()}
        return frozenset(own.union(*passwords))

    @property
    def database_path(self) -> Path:
        return Path(self.database_url.removeprefix(_SQLITE_PREFIX))

    @property
    def uses_public_server(self) -> bool:
        return urlsplit(self.telegram_api_url).hostname == "api.telegram.org"

    @property
    def bot_id(self) -> int:
        return int(self.telegram_bot_token.get_secret_value().partition(":")[0])

    @property
    def max_file_bytes(self) -> int:
        return int(self.max_file_mb * MEGABYTE)


def load_settings() -> Settings:
    """Read the environment and `.env`; raise SettingsError with a line for each setting that is missing or wrong."""
    try:
        settings = Settings()
        for server in _SERVERS:
            settings.proxy_of(server)  # which raises what is wrong with it
    except ValidationError as error:
        raise SettingsError(_problem_lines(error)) from None  # the cause would show the values
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError([f".env cannot be read: {error}"]) from None
    return settings


def _problem_lines(error: ValidationError) -> list[str]:
    """Return a line for each setting with a problem, about its first one, in the order of the settings."""
    problems = {str(problem["loc"][0]): problem for problem in reversed(error.errors(include_url=False))}
    return [
        _problem_line(name.upper(), problem)
        for name, problem in reversed(problems.items())
        if f"{name}_file" not in problems  # the line about the file says enough about its secret
    ]


def _problem_line(name: str, problem: Any) -> str:
    if problem["type"] == "missing":
        also = f" (or {name}_FILE)" if name.lower() in _SECRETS else ""
        return f"{name} is not set{also}"
    return f"{name} {problem['msg'].removeprefix('Value error, ')}"


def _content(file: object) -> str | None:
    """Return the text in a file without white space around it; None if it cannot be read."""
    try:
        return Path(str(file)).read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return None

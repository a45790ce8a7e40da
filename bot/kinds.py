"""What a setting may be: each kind reads the text of one, or says what is wrong with it in a ValueError."""

import math
import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote, urlsplit

from storage.address import SQLITE, is_postgres

_TOKEN = re.compile(r"[0-9]{1,20}:[\w-]{3,256}", re.ASCII)
_KEY = re.compile(r"[!-~]{4,4096}")  # it goes into a header; a shorter one would be taken out of every log line
_LANGUAGE = re.compile("[A-Za-z0-9-]{2,12}")
_LIKE_A_TOKEN = re.compile(r"[0-9]{5,20}:[\w-]{20,256}", re.ASCII)
_WEBHOOK_PATH = re.compile(r"(/([A-Za-z0-9/._~!$&'()*+,;=:@-]|%[0-9A-Fa-f]{2})*)?")
_WEBHOOK_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
_NO_FRACTION = re.compile(r"\.0+(?=\s*$)")


_LARGEST = 1_000_000_000.0  # of what is then counted in bytes or seconds; more cannot be meant


def number(*, above: float = -math.inf, least: float = -math.inf) -> Callable[[str], float]:
    """Read a number that is larger than `above` and not smaller than `least`."""

    def read(text: str) -> float:
        value = _number(text)
        if value <= above:
            raise ValueError(f"must be more than {above:g}")
        if value < least:
            raise ValueError(f"must be at least {least:g}")
        if value > _LARGEST:
            raise ValueError(f"must be at most {_LARGEST:,.0f}")
        return value

    return read


def whole(*, least: int, most: float = math.inf) -> Callable[[str], int]:
    """Read a whole number from `least` to `most`."""

    def read(text: str) -> int:
        value = _whole(text)
        if value < least:
            raise ValueError(f"must be at least {least:g}")
        if value > most:
            raise ValueError(f"must be at most {most:g}")
        return value

    return read


def _number(text: str) -> float:
    try:
        value = float(text.encode("ascii"))
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise ValueError("must be a number")
    return value


def _whole(text: str) -> int:
    try:
        return int(_NO_FRACTION.sub("", text).encode("ascii"))
    except ValueError:
        raise ValueError("must be a whole number") from None


def choice(*choices: str) -> Callable[[str], str]:
    """Read one of some words, in any case."""
    by_name = {each.lower(): each for each in choices}
    *others, last = choices

    def read(text: str) -> str:
        if text.lower() not in by_name:
            raise ValueError(f"must be {', '.join(others)} or {last}")
        return by_name[text.lower()]

    return read


def token(text: str) -> str:
    """Read the token of a bot, without repeating it."""
    found = _one_word(text)
    if not _TOKEN.fullmatch(found):
        raise ValueError("does not look like 123456789:AAE… as @BotFather gives it")
    return found


def key(text: str) -> str:
    """Read a key, without repeating it."""
    found = _one_word(text)
    if not _KEY.fullmatch(found):
        raise ValueError("cannot be a key: it is too short, or has other characters than ASCII has")
    return found


def _one_word(text: str) -> str:
    words = text.split()
    if len(words) != 1:
        raise ValueError("is empty or has white space inside")
    return words[0]


def readable_file(text: str) -> Path:
    """Read the name of a file whose content can be read."""
    if content(text) is None:
        raise ValueError(f"names {text}, which cannot be read")
    return Path(text)


def content(file: str) -> str | None:
    """Return the text in a file without white space around it; None if it cannot be read."""
    try:
        return Path(file).read_text("utf-8").strip()
    except (OSError, ValueError):
        return None


def http_address(text: str) -> str:
    """Read the address of a server, without a slash at its end."""
    try:
        address = urlsplit(text)
        _ = address.port  # which raises where it is none
    except ValueError:
        raise ValueError("must look like https://example.org:8081/path") from None  # the reason may quote a password
    if address.scheme not in {"http", "https"} or not address.hostname:
        raise ValueError("must start with http:// or https://")
    return text.rstrip("/")


def webhook_address(text: str) -> str:
    """Read the public address of a webhook. It goes into log lines, so it has no room for a secret."""
    try:
        address = urlsplit(text)
        _ = address.port  # which raises where it is none
    except ValueError:
        raise ValueError("must look like https://example.org/telegram") from None
    if address.scheme != "https" or not address.hostname or any(map(str.isspace, text)):
        raise ValueError("must look like https://example.org/telegram, as Telegram sends updates to no other address")
    if address.username is not None or "?" in text or "#" in text:
        raise ValueError("must have nothing but a host and a path; a secret goes into WEBHOOK_SECRET")
    if not _WEBHOOK_PATH.fullmatch(address.path):
        raise ValueError("must have a path of the characters that addresses are made of")
    if _LIKE_A_TOKEN.search(unquote(text)):
        raise ValueError("must not have the bot's token in it: addresses are written into many logs")
    return text


def webhook_secret(text: str) -> str:
    """Read the secret that Telegram sends with each update, without repeating it."""
    found = text.strip()
    if not _WEBHOOK_SECRET.fullmatch(found):
        raise ValueError("must be 1 to 256 of the characters A-Z, a-z, 0-9, _ and -")
    return found


def database(text: str) -> str:
    """Read the address of a database."""
    if is_postgres(text) and _is_address(text):
        return text
    if not text.startswith(SQLITE) or not text.removeprefix(SQLITE).strip("/"):
        raise ValueError("must look like sqlite:///data/verbatim.db or postgresql://user:password@host:5432/name")
    return text


def _is_address(text: str) -> bool:
    """Tell whether a text is the address of a server, or of several."""
    try:
        parts = urlsplit(text)
        _ = "," in parts.netloc or parts.port  # which raises where it is none
    except ValueError:
        return False
    return True


def language(text: str) -> str:
    """Read what may be a language tag, or `auto`."""
    if not _LANGUAGE.fullmatch(text):
        raise ValueError("must look like en or pt-BR, or be auto")
    return text


def chats(text: str) -> frozenset[int]:
    """Read ids of chats. A lone comma is more likely a mistake than the wish to let everybody in."""
    ids = text.replace(",", " ").split()
    if not ids:
        raise ValueError("names no chat: leave it empty to let everybody in")
    try:
        return frozenset(map(_whole, ids))
    except ValueError:
        raise ValueError("must be ids of chats, which are whole numbers") from None

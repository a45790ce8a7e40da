"""Links that open a bot: t.me/<bot>?start=…, ?startgroup=… and ?startchannel=…, read as apps read them."""

import re
from dataclasses import dataclass
from typing import Literal
from urllib.parse import parse_qs, urlsplit

HOSTS = {"t.me", "telegram.me", "telegram.dog"}
_PAYLOAD = re.compile(r"[A-Za-z0-9_-]{0,64}", re.ASCII)
Place = Literal["private", "group", "channel"]


@dataclass(frozen=True, slots=True)
class Invitation:
    """What a link asks for: to start the bot in private, or to add it to a group or a channel with these rights."""

    place: Place
    payload: str
    rights: frozenset[str] = frozenset()


def read_invitation(url: str, username: str) -> Invitation:
    """Read a link to the bot with this name. Raises ValueError if it leads anywhere else, or says what no app sends."""
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or parts.hostname not in HOSTS:
        raise ValueError(f"{url} does not lead into Telegram")
    if parts.path.strip("/").lower() != username.lower():
        raise ValueError(f"{url} does not lead to @{username}")
    asked = {name: values[0] for name, values in parse_qs(parts.query, keep_blank_values=True).items()}
    rights = frozenset(f"can_{right}" for right in asked.get("admin", "").split())
    if "startgroup" in asked:
        return Invitation("group", _payload(asked["startgroup"]), rights)
    if "startchannel" in asked:
        return Invitation("channel", "", rights)
    return Invitation("private", _payload(asked.get("start", "")))


def _payload(said: str) -> str:
    if not _PAYLOAD.fullmatch(said):
        raise ValueError(f"{said!r} is no payload: at most 64 letters of A-Z, a-z, 0-9, _ and -")
    return said

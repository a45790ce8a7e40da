"""The address of a database: which engine it is for, and what of it may be shown."""

from pathlib import Path
from urllib.parse import parse_qsl, quote, unquote, urlsplit

SQLITE = "sqlite:///"
POSTGRES = ("postgresql://", "postgres://")


def is_postgres(url: str) -> bool:
    return url.startswith(POSTGRES)


def path_of(url: str) -> Path:
    """Return the file of a SQLite database."""
    return Path(url.removeprefix(SQLITE))


def shown(url: str) -> str:
    """Return where a database is, without user and password."""
    if not is_postgres(url):
        return str(path_of(url))
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2] or dict(parse_qsl(parts.query)).get("host") or "the usual host"
    return f"{parts.path.removeprefix('/') or 'the usual one'} on {host}"


def passwords_in(url: str) -> frozenset[str]:
    """Return the password in an address, as it is written and as it is meant."""
    if not is_postgres(url):
        return frozenset()
    parts = urlsplit(url)
    written = parts.netloc.rpartition("@")[0].partition(":")[2]
    in_query = dict(parse_qsl(parts.query)).get("password", "")
    return frozenset({written, unquote(written), quote(in_query, safe=""), in_query} - {""})

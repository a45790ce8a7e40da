"""Links to recordings: which ones may go to the provider, how they are spelt there, and what is wrong with others.

A link is judged by its letters alone, and nobody is asked about it. What goes out is put together from parts, each of
which is ASCII and has a known form, so that no other program can read another host in it. A host is a name that ends
in a top-level domain. These begin with a letter, and the last part of an IP address is a number in every notation: so
no address is such a name.
"""

import hashlib
import re
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import quote, unquote

import idna

LONGEST = 2048  # characters
LONGEST_NAME = 253  # characters of a host, by RFC 1035
SHORTEST_HIDDEN = 3  # characters; hiding fewer would hide the sentence around them and protect nothing

_LINK = re.compile(r"(https?)://([^/?#]*)([^?#]*)(\?[^#]*)?(?:#.*)?", re.IGNORECASE | re.ASCII | re.DOTALL)
_LABEL = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"  # not in any standard, but real: the underscore
_TOP_LEVEL = r"[a-z](?:[a-z0-9-]{0,61}[a-z0-9])"
_NAME = re.compile(rf"(?:{_LABEL}\.)+{_TOP_LEVEL}")
_QUOTED = re.compile(r"https?:\\?/\\?/[^\s\"'<>]*", re.IGNORECASE)
_LEFT_AS_IS = "!$%&'()*+,/:;=?@[]~"  # of ASCII; what RFC 3986 does not allow in a path or a query is encoded

# Names that mean another machine in every network, or none: the registry of special-use names (RFC 6761 and later),
# ICANN's .internal of 2024, and those that networks at home and in offices use (RFC 6762, appendix G). Names below
# .example, example.com and the like are treated as any other, as RFC 6761 asks of applications.
_PRIVATE = frozenset(
    """
    alt arpa corp home internal intranet invalid lan local localdomain localhost onion private test
    """.split()  # noqa: SIM905 - a list of names reads best as one
)


class Flaw(StrEnum):
    """Why a text is no link that is passed on; `bot.text.rooms.links` has the words for each."""

    NO_LINK = "no_link"  # not one http or https link
    TOO_LONG = "too_long"
    CHARACTERS = "characters"  # white space, a backslash, or what cannot be seen
    CREDENTIALS = "credentials"
    PORT = "port"
    IP_ADDRESS = "ip_address"
    NO_NAME = "no_name"  # its host is no name that can exist
    NOT_PUBLIC = "not_public"


@dataclass(frozen=True, slots=True)
class Link:
    """A link that may be passed on, in the one spelling of all that mean the same."""

    url: str
    host: str

    @property
    def key(self) -> str:
        """One short text for the same link, from which nobody can read it."""
        return f"link:{hashlib.sha256(self.url.encode()).hexdigest()}"


def read_link(text: str) -> Link | Flaw:
    """Return the link that `text` is, or its flaw."""
    match = _LINK.fullmatch(text)
    if match is None:
        return Flaw.NO_LINK
    if len(text) > LONGEST:
        return Flaw.TOO_LONG
    if "\\" in text or " " in text or not text.isprintable():
        return Flaw.CHARACTERS
    scheme, authority, path, query = match.groups(default="")
    found = _read_authority(authority)
    if isinstance(found, Flaw):
        return found
    host, port = found
    scheme = scheme.lower()
    shown_port = "" if port in {"", _usual_port(scheme)} else f":{port}"
    url = f"{scheme}://{host}{shown_port}{_encoded(path) or '/'}{_encoded(query)}"
    return Link(url, host) if len(url) <= LONGEST else Flaw.TOO_LONG


def _read_authority(authority: str) -> tuple[str, str] | Flaw:
    """Read what stands between the slashes: a host, and a port or nothing."""
    if "@" in authority:
        return Flaw.CREDENTIALS
    host, colon, port = authority.partition(":")
    if host.startswith("[") or ":" in port:
        return Flaw.IP_ADDRESS
    if colon and port not in {"", "80", "443"}:
        return Flaw.PORT
    name = _ascii(host.lower()).removesuffix(".")
    return _flaw_of_name(name) or (name, port)


def _ascii(host: str) -> str:
    """Return the name in ASCII, as browsers read it (UTS 46); an empty one for what cannot be a name."""
    if host.isascii():
        return host
    if len(host) > LONGEST_NAME:
        return ""
    try:
        return idna.encode(host, uts46=True).decode().lower()
    except UnicodeError:
        return ""


def _flaw_of_name(name: str) -> Flaw | None:
    labels = name.split(".")
    if labels[-1][:1].isdigit():
        return Flaw.IP_ADDRESS
    if labels[-1] in _PRIVATE or (len(labels) == 1 and name):
        return Flaw.NOT_PUBLIC
    return None if _NAME.fullmatch(name) and len(name) <= LONGEST_NAME else Flaw.NO_NAME


def _usual_port(scheme: str) -> str:
    return "443" if scheme == "https" else "80"


def _encoded(text: str) -> str:
    return quote(text, safe=_LEFT_AS_IS)


def leads_to(text: str, extensions: Collection[str]) -> bool:
    """Tell whether a text is one http or https link, good or not, whose path ends with one of these extensions."""
    match = _LINK.fullmatch(text)
    if match is None or any(map(str.isspace, text)):
        return False
    _, dot, extension = match[3].rpartition("/")[2].rpartition(".")
    return bool(dot) and extension.lower() in extensions


def host_of(url: str) -> str:
    """Return the host of the url of a Link."""
    return re.split("[/:]", url.partition("://")[2], maxsplit=1)[0]


def foreign_host(url: str) -> str | None:
    """Return the host of the url of a Link if it has letters of another alphabet, which may look like others."""
    host = host_of(url)
    return host if any(label.startswith("xn--") for label in host.split(".")) else None


def without(said: str, url: str) -> str:
    """Return what another server says of the url of a Link without everything in it but the host: it may be secret."""
    said = _QUOTED.sub("[hidden]", said)
    for part in _parts(url):
        said = said.replace(part, "[hidden]")
    return said


def _parts(url: str) -> list[str]:
    """Return what stands behind the host, whole and in pieces, encoded and not, the longest first."""
    target = url.partition("://")[2].partition("/")[2]
    path, _, query = target.partition("?")
    pieces = {target, path, query, path.rpartition("/")[2], *re.findall("=([^&;]*)", query)}
    pieces |= set(map(unquote, pieces))
    return sorted((piece for piece in pieces if len(piece) >= SHORTEST_HIDDEN), key=len, reverse=True)

"""Proxies: what a setting may say, and for which addresses there is one."""

import ipaddress
from dataclasses import dataclass, field
from urllib.parse import SplitResult, unquote, urlsplit

_DEFAULT_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Proxy:
    """A proxy that speaks HTTP. `address` has no secret in it, and `setting` is the one that names it."""

    address: str
    setting: str
    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)


def read_proxy(text: str, setting: str) -> Proxy:
    """Read an address such as `http://user:password@host:3128`; ValueError with a sentence if it is none."""
    parts = _split(text)
    if parts.scheme.startswith("socks"):
        raise ValueError("names a SOCKS proxy, which this bot does not speak: use one that speaks HTTP")
    try:
        port = parts.port
    except ValueError:
        port = 0
    user = unquote(parts.username or "")
    if parts.scheme not in _DEFAULT_PORTS or not parts.hostname or port == 0 or ":" in user or not text.isprintable():
        raise ValueError("must look like http://host:3128")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    address = f"{parts.scheme}://{host}:{port or _DEFAULT_PORTS[parts.scheme]}"
    return Proxy(address, setting, user, unquote(parts.password or ""))


def passwords_in(text: str) -> frozenset[str]:
    """Return the password in the address of a proxy, as it is written and as it is meant."""
    password = _split(text).password or ""
    return frozenset({password, unquote(password)} - {""})


def _split(text: str) -> SplitResult:
    try:
        return urlsplit(text if "://" in text else f"http://{text}")
    except ValueError:
        return urlsplit("")


def is_direct(address: str, no_proxy: str) -> bool:
    """Tell whether NO_PROXY names the host of an address: itself, a domain above it, its network, or `*` for all."""
    parts = urlsplit(address)
    host, port = (parts.hostname or "").rstrip("."), parts.port or _DEFAULT_PORTS.get(parts.scheme)
    return any(_names(each.strip().lower(), host, port) for each in no_proxy.split(","))


def _names(named: str, host: str, port: int | None) -> bool:
    if named == "*":
        return True
    if _is_in_network(host, named):
        return True
    name, colon, wanted_port = named.rpartition(":")
    if colon and wanted_port.isdecimal():
        if wanted_port != str(port):
            return False
        named = name
    domain = named.strip("[]").lstrip("*").strip(".")
    return bool(domain) and (host == domain or host.endswith(f".{domain}"))


def _is_in_network(host: str, network: str) -> bool:
    try:
        return ipaddress.ip_address(host) in ipaddress.ip_network(network, strict=False)
    except ValueError:
        return False

"""Whose fault it is when a request fails: one table from exceptions of the network to a side, its words and advice.

No exception is put on a side because no other one was thought of: what belongs to none is a bug of this program.
"""

import errno
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass

import aiohttp

from bot.errors import machine_failure, told
from bot.outgoing.moving import StillError
from bot.outgoing.session import TooLargeError
from storage.apology import Reason


@dataclass(frozen=True, slots=True)
class Peer:
    """Another server: its name, the setting with its address, and what a user is told while it is down."""

    name: str
    setting: str
    down: Reason


TELEGRAM = Peer("Telegram", "TELEGRAM_API_URL", Reason.TELEGRAM_DOWN)
SPEECH_SERVICE = Peer("the speech service", "AIMLAPI_URL", Reason.PROVIDER_DOWN)


@dataclass(frozen=True, slots=True)
class Fault:
    """The words for the operator, the reason with its side, and whether the request may have arrived."""

    words: str
    reason: Reason
    arrived: bool = True


# Errors of the system that the other side causes. All others lie with this machine.
_BY_PEER: Mapping[int, str] = {
    errno.ECONNREFUSED: "refuses connections",
    errno.ECONNRESET: "cut the connection",
    errno.ECONNABORTED: "cut the connection",
    errno.EPIPE: "cut the connection",
    errno.ESHUTDOWN: "cut the connection",
    errno.EHOSTUNREACH: "cannot be reached",
    errno.EHOSTDOWN: "cannot be reached",
    errno.ETIMEDOUT: "does not answer",
}
_LOOK_UP = {getattr(socket, name): name for name in dir(socket) if name.startswith("EAI_")}


def fault_of(error: Exception, peer: Peer) -> Fault:  # noqa: PLR0911 - one line a kind: this is the table
    """Return the fault that an exception of aiohttp or of the system is. No address is told but names of hosts."""
    if isinstance(error, aiohttp.ClientConnectorError | aiohttp.ConnectionTimeoutError | aiohttp.ClientHttpProxyError):
        return _without_connection(error, peer)
    match error:
        case aiohttp.InvalidURL() | aiohttp.NonHttpUrlClientError():
            return Fault(f"{peer.setting} is no address of a server", Reason.MACHINE, arrived=False)
        case StillError():
            return Fault(f"{peer.name} {error}", peer.down)
        case TimeoutError():
            return Fault(f"{peer.name} did not answer in time", peer.down)
        case OSError():
            return _of_system(error, peer)
        case aiohttp.ClientError():
            return _of_answer(error, peer)
        case Exception():
            return Fault(f"a bug in this program: {type(error).__name__}", Reason.INTERNAL)


def _without_connection(error: aiohttp.ClientError, peer: Peer) -> Fault:
    """Name what is in the way. The request has not arrived."""
    match error:
        case aiohttp.ConnectionTimeoutError():
            why = f"{peer.name} does not answer: there was no connection in time"
            return Fault(f"{why}; check the network, the firewall and {peer.setting}", peer.down, arrived=False)
        case aiohttp.ClientConnectorDNSError():
            why = f"this machine cannot look up the name {error.host} ({_looked_up(error.os_error)})"
            advice = f"check its network and its DNS, and the name in {peer.setting}"
            return Fault(f"{why}; {advice}", Reason.MACHINE, arrived=False)
        case aiohttp.ClientProxyConnectionError():
            return _behind_proxy(f"{error.host}:{error.port} takes no connection, {told(error.os_error)}", peer)
        case aiohttp.ClientHttpProxyError():
            return _behind_proxy(f"answers {error.status}", peer)
        case aiohttp.ClientSSLError() | ssl.SSLError():
            return _untrusted(error, peer)
        case OSError():
            return _of_system(error, peer, arrived=False)
    raise error


def _behind_proxy(does: str, peer: Peer) -> Fault:
    why = f"this machine does not reach {peer.name}, as its proxy {does}"
    return Fault(f"{why}; check the proxy and the setting that names it", Reason.MACHINE, arrived=False)


def _untrusted(error: aiohttp.ClientError | ssl.SSLError, peer: Peer) -> Fault:
    refused = getattr(error, "certificate_error", error)
    why = getattr(refused, "verify_message", "")
    said = f"there is no TLS connection to {peer.name}" + (f" ({why})" if why else "")
    advice = f"check the clock and the certificates of this machine, and {peer.setting}"
    return Fault(f"{said}; {advice}", peer.down, arrived=False)


def _looked_up(error: OSError) -> str:
    name = _LOOK_UP.get(error.errno or 0)
    return f"{name}, {error.errno}: {error.strerror}" if name else told(error)


def _of_system(error: OSError, peer: Peer, *, arrived: bool = True) -> Fault:
    """Tell a cut connection from an error of this machine, such as one at reading the file that is sent."""
    if error.errno is not None and error.errno in _BY_PEER:
        return Fault(f"{peer.name} {_BY_PEER[error.errno]}: {told(error)}", peer.down, arrived)
    if error.errno is None and isinstance(error, aiohttp.ClientError | ConnectionError):
        early = "" if arrived else f" before it was made; check the firewall and {peer.setting}"
        return Fault(f"the connection to {peer.name} broke{early}", peer.down, arrived)
    ours = machine_failure(error, f"asking {peer.name}")
    return Fault(str(ours), ours.reason, arrived)


def _of_answer(error: aiohttp.ClientError, peer: Peer) -> Fault:
    match error:
        case TooLargeError():
            return Fault(f"{peer.name} answered more than this program reads", peer.down)
        case aiohttp.ClientPayloadError():
            return Fault(f"the answer of {peer.name} broke off", peer.down)
        case aiohttp.ClientResponseError():
            return Fault(f"{peer.name} answered in no form that HTTP knows", peer.down)
        case aiohttp.ServerDisconnectedError():
            return Fault(f"{peer.name} closed the connection without an answer", peer.down)
        case aiohttp.ClientError() if _is_ours(error.__cause__):
            return Fault(f"a bug in this program: {type(error.__cause__).__name__}", Reason.INTERNAL)
        case aiohttp.ClientError():
            return Fault(f"the connection to {peer.name} broke", peer.down)


def _is_ours(cause: BaseException | None) -> bool:
    """Tell whether aiohttp could not send a request for a reason that is none of the network's."""
    return isinstance(cause, Exception) and not isinstance(cause, OSError | aiohttp.ClientError)

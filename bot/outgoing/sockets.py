"""Sockets for requests, made so that what has left can be told from what only waits in the system."""

import socket
from contextlib import suppress

WAITING_BYTES = 64 * 1024  # of an upload; else the system takes megabytes at once, and then nothing for minutes

Address = tuple[int | socket.AddressFamily, int | socket.SocketKind, int, str, tuple[object, ...]]


def make_socket(address: Address) -> socket.socket:
    """Make a socket for an address as `getaddrinfo` returns them."""
    family, kind, protocol, _, _ = address
    made = socket.socket(family, kind, protocol)
    with suppress(OSError, AttributeError):  # another system
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, WAITING_BYTES)
    return made

"""Whose fault a failed request is: the exceptions that a network and a machine raise, and real ones among them."""

import errno
import socket
import ssl
from types import SimpleNamespace

import aiohttp
import pytest

from bot.errors import SIDES, Side
from bot.faults import SPEECH_SERVICE, TELEGRAM, fault_of
from bot.outgoing.moving import CrawlError, StillError
from bot.outgoing.proxies import read_proxy
from bot.outgoing.session import TooLargeError
from bot.parts import open_session
from storage.apology import Reason

KEY = SimpleNamespace(ssl=True, host="api.example", port=443)
SECRET = "https://api.example/bot123456:SECRET/file"


def connecting(number, words="?"):
    return aiohttp.ClientConnectorError(KEY, OSError(number, words))


def untrusted():
    refused = ssl.SSLCertVerificationError(1, "x")
    refused.verify_message = "certificate is not yet valid"
    return refused


def wrapped(cause):
    error = aiohttp.ClientConnectionError(SECRET)
    error.__cause__ = cause
    return error


TABLE = [
    (
        connecting(errno.ECONNREFUSED),
        "peer",
        "Telegram refuses connections: ECONNREFUSED (111, Connection refused); is",
    ),
    (connecting(errno.EHOSTUNREACH), "peer", "Telegram cannot be reached: EHOSTUNREACH (113, No route to host); check"),
    (connecting(errno.ETIMEDOUT), "peer", "Telegram does not answer: ETIMEDOUT (110"),
    (aiohttp.ClientOSError(errno.ECONNRESET, SECRET), "peer", "Telegram cut the connection: ECONNRESET (104"),
    (aiohttp.ClientOSError(errno.EPIPE, SECRET), "peer", "Telegram cut the connection: EPIPE (32"),
    (connecting(None), "peer", "the connection to Telegram broke before it was made; check the firewall and TELEGRAM_"),
    (aiohttp.ClientOSError(SECRET), "peer", "the connection to Telegram broke"),
    (aiohttp.ClientConnectionResetError(SECRET), "peer", "the connection to Telegram broke"),
    (
        aiohttp.ConnectionTimeoutError(SECRET),
        "peer",
        "Telegram does not answer: there was no connection in time; check",
    ),
    (aiohttp.SocketTimeoutError(SECRET), "peer", "Telegram did not answer in time"),
    (TimeoutError(), "peer", "Telegram did not answer in time"),
    (StillError("let nothing through for 60 s"), "peer", "Telegram let nothing through for 60 s"),
    (CrawlError("was slower"), "peer", "Telegram was slower"),
    (aiohttp.ServerDisconnectedError(), "peer", "Telegram closed the connection without an answer"),
    (aiohttp.ClientPayloadError(SECRET), "peer", "the answer of Telegram broke off"),
    (TooLargeError(), "peer", "Telegram answered more than this program reads"),
    (aiohttp.ClientResponseError(None, (), status=400), "peer", "Telegram answered in no form that HTTP knows"),
    (aiohttp.ClientConnectionError(SECRET), "peer", "the connection to Telegram broke"),
    (
        aiohttp.ClientConnectorCertificateError(KEY, untrusted()),
        "peer",
        "there is no TLS connection to Telegram (certificate is not yet valid); check the clock",
    ),
    (
        aiohttp.ClientConnectorSSLError(KEY, ssl.SSLError(1, "x")),
        "peer",
        "there is no TLS connection to Telegram; check",
    ),
    (
        connecting(errno.EMFILE),
        "machine",
        "this machine, while asking Telegram: EMFILE (24, Too many open files); raise",
    ),
    (connecting(errno.ENETUNREACH), "machine", "this machine, while asking Telegram: ENETUNREACH (101"),
    (connecting(errno.ENOBUFS), "machine", "this machine, while asking Telegram: ENOBUFS (105"),
    (connecting(errno.EADDRNOTAVAIL), "machine", "this machine, while asking Telegram: EADDRNOTAVAIL (99"),
    (aiohttp.ClientOSError(errno.EIO, SECRET), "machine", "this machine, while asking Telegram: EIO (5"),
    (OSError(errno.ENOSPC, SECRET), "machine", "this machine, while asking Telegram: ENOSPC (28"),
    (OSError(SECRET), "machine", "this machine, while asking Telegram: an error that the system gave no number"),
    (
        aiohttp.ClientConnectorDNSError(KEY, socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")),
        "machine",
        "this machine cannot look up the name api.example (EAI_AGAIN, -3: Temporary failure in name resolution); check",
    ),
    (
        aiohttp.ClientProxyConnectionError(KEY, OSError(errno.ECONNREFUSED, "?")),
        "machine",
        "this machine does not reach Telegram, as its proxy api.example:443 takes no connection, ECONNREFUSED (111",
    ),
    (
        aiohttp.ClientHttpProxyError(None, (), status=503),
        "machine",
        "this machine does not reach Telegram, as its proxy answers 503; check the proxy",
    ),
    (aiohttp.InvalidURL(SECRET), "machine", "TELEGRAM_API_URL is no address of a server"),
    (KeyError(SECRET), "bug", "a bug in this program: KeyError"),
    (wrapped(ValueError(SECRET)), "bug", "a bug in this program: ValueError"),
]
REASONS = {"peer": Reason.TELEGRAM_DOWN, "machine": Reason.MACHINE, "bug": Reason.INTERNAL}
NEVER_ARRIVED = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.ClientHttpProxyError)


@pytest.mark.parametrize(("error", "side", "told"), TABLE)
def test_an_exception_has_a_side_and_words_without_an_address(error, side, told):
    fault = fault_of(error, TELEGRAM)
    assert fault.words.startswith(told)
    assert "SECRET" not in fault.words
    assert type(error).__name__ not in fault.words or side == "bug"
    assert fault.reason is REASONS[side]
    assert fault.arrived is not isinstance(error, (*NEVER_ARRIVED, aiohttp.InvalidURL))


@pytest.mark.parametrize(("error", "side", "told"), TABLE)
def test_another_server_has_its_own_side_by_the_same_table(error, side, told):
    fault = fault_of(error, SPEECH_SERVICE)
    assert "Telegram" not in fault.words
    assert (SIDES[fault.reason] is Side.SPEECH_SERVICE) is (side == "peer")


async def fault(url, proxy=None):
    async with open_session() as session:
        through = session.through(read_proxy(proxy, "HTTP_PROXY") if proxy else None)
        try:
            async with through.request("GET", url, timeout=aiohttp.ClientTimeout(total=5)):
                raise AssertionError("somebody answered")
        except (aiohttp.ClientError, OSError) as error:
            return fault_of(error, SPEECH_SERVICE)


async def test_a_port_that_refuses_is_the_servers(refusing_port):
    found = await fault(f"http://127.0.0.1:{refusing_port}/")
    assert found.words.startswith("the speech service refuses connections: ECONNREFUSED (111, Connection refused)")


@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_a_proxy_that_is_down_is_told_by_its_own_address(refusing_port, scheme):
    found = await fault(f"{scheme}://api.example/", f"http://user:password@127.0.0.1:{refusing_port}")
    assert found.reason is Reason.MACHINE
    assert f"as its proxy 127.0.0.1:{refusing_port} takes no connection, ECONNREFUSED (111" in found.words
    assert "password" not in found.words


async def test_a_name_that_nobody_knows_is_told():
    found = await fault("http://nonexistent.invalid/")
    assert found.reason is Reason.MACHINE
    assert found.words.startswith("this machine cannot look up the name nonexistent.invalid (EAI_")

"""The AI/ML API client: send a recording, ask what became of it, ask for the balance. Each call once.

Whoever calls decides whether to try again; every failure leaves here as one of `bot.errors`.
"""

import asyncio
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Protocol
from urllib.parse import quote

import aiohttp

from bot import __version__
from bot.speech.aimlapi.answers import Balance, Done, Failed, Pending, read_balance, read_created, read_fetched
from bot.speech.aimlapi.failures import Call, failure, translate

# The CDN in front of the API turns away the names some HTTP libraries go by.
USER_AGENT = f"Verbatim/{__version__} (a Telegram bot)"

CONNECT_TIMEOUT = 10.0  # seconds; a server that takes longer to say hello is down
BALANCE_TIMEOUT = 20.0
LARGEST_ANSWER = 16 * 1024 * 1024  # bytes; ten hours of speech, with every word's times, fit several times

_MIME_TYPE = re.compile(r"[\w.+-]+/[\w.+-]+", re.ASCII)

Observe = Callable[[Call, int | str], None]


class Secret(Protocol):
    """A text that is not printed by accident, like pydantic's SecretStr."""

    def get_secret_value(self) -> str: ...


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    body: bytes
    headers: Mapping[str, str]


class SpeechClient:
    """Uses `session`, which its owner closes.

    `observe` is told of every call once: its name, and the HTTP status or the name of the exception that came
    instead of an answer.
    """

    def __init__(
        self,
        session: aiohttp.ClientSession,
        base_url: str,
        key: str | Secret,
        *,
        observe: Observe = lambda _call, _status: None,
    ) -> None:
        self._session = session
        self._base_url = base_url.rstrip("/")
        self._key = (key if isinstance(key, str) else key.get_secret_value()).strip()
        self._observe = observe

    async def submit(
        self,
        audio: Path,
        *,
        file_name: str,
        content_type: str,
        fields: Mapping[str, str],
        field: str = "audio",
        timeout: float,  # noqa: ASYNC109 - aiohttp's own, which knows whether the connection was ever made
    ) -> str:
        """Upload the recording and return its generation id.

        The bytes are sent, never an address: an address of Telegram's contains the bot's token. A second
        call is a second, paid generation; an error with `sure=False` says that this one may have been made.
        """
        name = _printable(file_name)
        with await asyncio.to_thread(audio.open, "rb") as file:
            form = _form(file, name, content_type, fields, field)
            answer = await self._call("create", "POST", "/stt/create", timeout, form, hidden=name)
        return read_created(_json(answer, "create"))

    async def fetch(
        self,
        generation_id: str,
        *,
        timeout: float = 20,  # noqa: ASYNC109 - as above
    ) -> Pending | Done | Failed | None:
        """What became of the generation; None when the server does not know it (not yet, or no longer)."""
        path = f"/stt/{quote(generation_id, safe='')}"
        answer = await self._call("fetch", "GET", path, timeout)
        return None if answer.status == 404 else read_fetched(_json(answer, "fetch"))

    async def balance(self) -> Balance:
        answer = await self._call("balance", "GET", "/billing/balance", BALANCE_TIMEOUT)
        return read_balance(_json(answer, "balance"))

    async def _call(
        self,
        call: Call,
        method: str,
        path: str,
        timeout: float,  # noqa: ASYNC109 - aiohttp's own, which knows whether the connection was ever made
        form: aiohttp.FormData | None = None,
        *,
        hidden: str = "",
    ) -> _Answer:
        """One request, one whole answer."""
        tracker = aiohttp.UploadTracker()
        try:
            async with self._session.request(
                method,
                self._base_url + path,
                data=form,
                headers={"Authorization": f"Bearer {self._key}", "User-Agent": USER_AGENT},
                timeout=aiohttp.ClientTimeout(total=timeout, sock_connect=CONNECT_TIMEOUT),
                allow_redirects=False,
                raise_for_status=False,
                upload_tracker=tracker,
            ) as response:
                # Whoever shortens a text of the provider later must not cut through the key and let half of it pass.
                body = (await _body(response)).replace(self._key.encode(), b"[hidden]")
                answer = _Answer(response.status, body, response.headers)
        except (aiohttp.ClientError, TimeoutError) as error:
            self._observe(call, type(error).__name__)
            raise translate(error, call, sent=_sent(tracker)) from None
        self._observe(call, answer.status)
        if not (200 <= answer.status < 300 or (call == "fetch" and answer.status == 404)):
            raise failure(answer.status, answer.body, answer.headers, call, hidden=(hidden,))
        return answer


def _form(
    file: IO[bytes], file_name: str, content_type: str, fields: Mapping[str, str], field: str
) -> aiohttp.FormData:
    """The text fields first, so that a server that reads as it receives knows the model before the sound.

    The name and the type came with the message, from anybody: neither may break out of its header.
    """
    form = aiohttp.FormData(quote_fields=False)  # names in UTF-8, as browsers send them
    for name, value in fields.items():
        form.add_field(name, value)
    bare_type = content_type.partition(";")[0].strip()
    known_type = bare_type if _MIME_TYPE.fullmatch(bare_type) else "application/octet-stream"
    form.add_field(field, file, filename=file_name, content_type=known_type)
    return form


def _printable(file_name: str) -> str:
    return "".join(filter(str.isprintable, file_name)) or "audio"


async def _body(response: aiohttp.ClientResponse) -> bytes:
    """The whole body, measured as it unfolds: a small compressed one can be a large one."""
    body = bytearray()
    async for chunk in response.content.iter_any():
        body += chunk
        if len(body) > LARGEST_ANSWER:
            raise aiohttp.ClientPayloadError
    return bytes(body)


def _sent(tracker: aiohttp.UploadTracker) -> bool:
    """Whether the request left whole; a recording cut off on its way is not transcribed, nor paid for."""
    upload = tracker.upload_complete
    return upload.done() and upload.exception() is None


def _json(answer: _Answer, call: Call) -> object:
    """The type the answer claims to have does not matter, only whether it is JSON."""
    try:
        body: object = json.loads(answer.body)
    except (ValueError, RecursionError) as error:
        raise translate(error, call) from None
    return body

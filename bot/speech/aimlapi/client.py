"""The AI/ML API client: send a recording, ask what became of it, ask for the balance.

Each call is made once, and every failure is raised as one of `bot.errors`: the caller decides whether to try again.
"""

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, TypeVar
from urllib.parse import quote

import aiohttp

from bot import __version__
from bot.activity import Doing, doing
from bot.log import get_logger
from bot.metrics import Metrics, status_label
from bot.outgoing.forms import FilePart, form
from bot.outgoing.moving import LIMITS, Limits
from bot.outgoing.session import Sent, Session
from bot.speech.aimlapi.answers import Balance, read_balance, read_created, read_fetched, undocumented_status
from bot.speech.aimlapi.bodies import LARGEST_ANSWER, SMALL_ANSWER, Bodies
from bot.speech.aimlapi.failures import AnswerError, Call, failure_of
from bot.speech.aimlapi.options import form_fields, json_fields
from bot.speech.catalogue import Model
from bot.speech.provider import Created, Done, Failed, Pending, Unknown, Unreadable
from bot.uploads import Linked, Source, Upload
from storage.options import Options

log = get_logger(__name__)

# The CDN in front of the API turns away the names of some HTTP libraries.
USER_AGENT = f"Verbatim/{__version__} (a Telegram bot)"

SHORTEST_HIDDEN = 12  # characters of a key that no text has by chance

Read = TypeVar("Read")
_MIME_TYPE = re.compile(r"[\w.+-]+/[\w.+-]+", re.ASCII)


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    body: bytes
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Create:
    """A create on its way, and what of it an answer may repeat and no message may contain."""

    sent: Sent
    file_name: str = ""
    link: str = ""


class AimlapiClient:
    """A Provider that uses `session`, which its owner closes. Every call is counted once, by name and status."""

    def __init__(self, session: Session, base_url: str, key: str, metrics: Metrics, limits: Limits = LIMITS) -> None:
        self._session = session
        self._base_url = base_url.rstrip("/")
        self._key = key
        self._metrics = metrics
        self._limits = limits
        self._bodies = Bodies()

    async def submit(self, source: Source, model: Model, options: Options) -> Created:
        """Upload the recording, as long as that moves, or send its link.

        Of a recording from Telegram the bytes are sent, never an address: that contains the bot's token. A second call
        is a second, paid generation; an error with `sure=False` says that this one may have been made.
        """
        with doing(Doing.UPLOADING):
            if isinstance(source, Linked):
                answer = await self._send_link(source.url, model, options)
            else:
                answer = await self._upload(source, model, options)
            return await self._read(answer, "create", read_created)

    async def _upload(self, upload: Upload, model: Model, options: Options) -> _Answer:
        name = _printable(upload.file_name)
        part = FilePart(model.field, name, _known_type(upload.content_type))
        with _opened(upload.path) as file:
            size = os.fstat(file.fileno()).st_size
            sent = Sent(form(form_fields(model, options), part, file, size), size)
            return await self._call("create", "POST", "/stt/create", _Create(sent, file_name=name))

    async def _send_link(self, url: str, model: Model, options: Options) -> _Answer:
        sent = Sent(aiohttp.JsonPayload({**json_fields(model, options), "url": url}), 0)
        return await self._call("create", "POST", "/stt/create", _Create(sent, link=url))

    async def fetch(self, generation_id: str) -> Pending | Done | Unreadable | Failed | Unknown:
        """Ask what became of the generation."""
        with doing(Doing.ASKING):
            answer = await self._call("fetch", "GET", f"/stt/{quote(generation_id, safe='')}")
            if answer.status == 404:
                return Unknown()
            status, fetched = await self._read(answer, "fetch", _status_and_result)
        if status is not None:
            self._metrics.unknown_statuses.inc()
            log.warning("generation.unknown_status", status=status)
        return fetched

    async def balance(self) -> Balance:
        answer = await self._call("balance", "GET", "/billing/balance")
        return await self._read(answer, "balance", read_balance)

    async def is_low(self) -> bool:
        """Tell whether few credits are left, or none."""
        return (await self.balance()).low

    async def _call(self, call: Call, method: str, path: str, create: _Create | None = None) -> _Answer:
        """Make one request and read its whole answer."""
        try:
            answer = await self._exchange(call, method, path, create.sent if create else None)
        except (aiohttp.ClientError, OSError) as error:
            self._count(call, "timeout" if isinstance(error, TimeoutError) else type(error).__name__)
            raise failure_of(error, call, sent=create is None or create.sent.has_left) from None
        self._count(call, status_label(answer.status))
        if not (200 <= answer.status < 300 or (call == "fetch" and answer.status == 404)):
            raise failure_of(self._refused(answer, create), call)
        return answer

    async def _exchange(self, call: Call, method: str, path: str, sent: Sent | None) -> _Answer:
        headers = {"Authorization": f"Bearer {self._key}", "User-Agent": USER_AGENT}
        options = {"headers": headers, "raise_for_status": False}
        async with self._session.transfer(method, self._base_url + path, self._limits, sent=sent, **options) as (
            response,
            transfer,
        ):
            largest = LARGEST_ANSWER if call == "fetch" else SMALL_ANSWER
            body = await self._bodies.read(response, largest, transfer)
            return _Answer(response.status, self._hidden(body), response.headers)

    def _refused(self, answer: _Answer, create: _Create | None) -> AnswerError:
        hidden = (self._key, create.file_name) if create else (self._key,)
        return AnswerError(
            answer.status, answer.body, answer.headers, hidden=hidden, link=create.link if create else ""
        )

    def _hidden(self, body: bytes) -> bytes:
        """Hide the key in the whole body: shortened later, a text of the provider's could still show half of it.

        A key as short as a word stays, as transcripts have words; in a log no key stays.
        """
        return body.replace(self._key.encode(), b"[hidden]") if len(self._key) >= SHORTEST_HIDDEN else body

    async def _read(self, answer: _Answer, call: Call, read: Callable[[object], Read]) -> Read:
        """Read JSON, whatever type the answer claims to have."""
        try:
            return await self._bodies.parse(answer.body, read)
        except (ValueError, RecursionError) as error:
            raise failure_of(error, call) from None

    def _count(self, call: Call, status: str) -> None:
        self._metrics.provider.labels(call, status).inc()


def _opened(path: Path) -> BinaryIO:
    """Open a file of ours, which takes no disk."""
    return path.open("rb")


def _known_type(content_type: str) -> str:
    """Return a type that stays in its header."""
    bare_type = content_type.partition(";")[0].strip()
    return bare_type if _MIME_TYPE.fullmatch(bare_type) else "application/octet-stream"


def _printable(file_name: str) -> str:
    return "".join(filter(str.isprintable, file_name)) or "audio"


def _status_and_result(body: object) -> tuple[str | None, Pending | Done | Unreadable | Failed]:
    return undocumented_status(body), read_fetched(body)

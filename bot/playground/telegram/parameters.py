"""The parameters of a call, from any of the encodings that the Bot API accepts."""

import json
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from aiohttp.multipart import BodyPartReader

from bot.playground.telegram.refusal import bad_request

NUMBERS = frozenset({"chat_id", "message_id", "message_thread_id", "user_id", "offset", "limit", "timeout"})
PROSE = frozenset({"text", "caption"})
TRUE = frozenset({"true", "yes", "1"})


@dataclass(frozen=True, slots=True)
class Upload:
    name: str
    data: bytes


@dataclass(slots=True)
class Parameters:
    """The parameters of one call. Values are texts; nested objects are JSON in a text, or parsed ones in `objects`.

    `complaints` collects the mistakes that the real server accepts.
    """

    texts: dict[str, str] = field(default_factory=dict)
    uploads: dict[str, Upload] = field(default_factory=dict)
    objects: dict[str, Any] = field(default_factory=dict)
    complaints: list[str] = field(default_factory=list)
    used: set[str] = field(default_factory=set)

    def text(self, name: str) -> str:
        return self.texts.get(name, "")

    def flag(self, name: str) -> bool:
        return self.text(name).lower() in TRUE

    def integer(self, name: str, default: int = 0) -> int:
        """Return a number. A text that is no number is the default, as on the real server, and a complaint."""
        value = self.text(name)
        try:
            return int(value) if value else default
        except ValueError:
            self.complaints.append(f"{name} is not a number: {value!r}")
            return default

    def parsed(self, name: str, what: str | None = None) -> Any:
        """Return the object in a JSON text; None if there is no such parameter."""
        if not (value := self.text(name)):
            return self.objects.get(name)
        try:
            return read_json(value)
        except ValueError:
            raise bad_request(f"can't parse {what or name} JSON object") from None

    def objects_in(self, name: str, kind: str) -> list[dict[str, Any]]:
        """Return the objects in a JSON array; an empty list if there is no such parameter."""
        items = self.parsed(name) or []
        if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
            raise bad_request(f"expected an Array of {kind}")
        return items

    def attached(self, place: str) -> Upload | None:
        """Return the file in this part of the request, and note that it is used."""
        self.used.add(place)
        return self.uploads.get(place)

    def readable(self) -> dict[str, Any]:
        """Return the parameters for people to read, with numbers and objects instead of texts."""
        return {name: _readable(name, value) for name, value in self.texts.items()} | self.uploads


def read_json(text: str) -> Any:
    """Parse standard JSON. Raises ValueError also for NaN and Infinity, and for JSON that is nested too deeply."""
    try:
        return json.loads(text, parse_constant=_no_number)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def _no_number(constant: str) -> Any:
    raise ValueError(f"{constant} is no JSON")


def _readable(name: str, value: str) -> Any:
    looks_structured = name in NUMBERS or (name not in PROSE and value[:1] in {"{", "["})
    try:
        return read_json(value) if looks_structured else value
    except ValueError:
        return value


async def read_parameters(request: web.Request) -> Parameters:
    parameters = Parameters(dict(request.query))
    if request.content_type == "application/json":
        parameters.texts |= _from_json(await request.text())
    elif request.content_type == "multipart/form-data":
        await _read_multipart(request, parameters)
    elif request.method == "POST":
        form = await request.post()
        parameters.texts |= {name: str(value) for name, value in form.items()}
    return parameters


def _from_json(body: str) -> dict[str, str]:
    try:
        values = read_json(body or "{}")
    except ValueError:
        raise bad_request("can't parse JSON object") from None
    if not isinstance(values, dict):
        raise bad_request("expected an object")
    return {
        name: value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        for name, value in values.items()
        if value is not None
    }


async def _read_multipart(request: web.Request, parameters: Parameters) -> None:
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader) or part.name is None:
            raise bad_request("can't parse multipart body")
        data = bytes(await part.read(decode=False))
        if part.filename is None:
            parameters.texts[part.name] = data.decode()
        else:
            parameters.uploads[part.name] = Upload(part.filename, data)

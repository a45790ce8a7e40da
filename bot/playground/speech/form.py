"""Reading a posted form: the text fields and files of a multipart body, or the fields of a JSON object."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from aiohttp import BodyPartReader, web

from bot.playground.speech.refusals import RefusedError, invalid

_KINDS = {bool: "boolean", int: "number", float: "number", list: "array", dict: "object", type(None): "null"}
_TRUTHS = ("true", "false")  # in JSON these texts are no booleans, and stay in quotes


@dataclass(frozen=True, slots=True)
class FilePart:
    field_name: str
    file_name: str
    content_type: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Form:
    """A posted form. A field that was sent twice is in `pairs` twice.

    `no_texts` says of fields of a JSON object that are no texts what they are.
    """

    pairs: tuple[tuple[str, str], ...]
    files: tuple[FilePart, ...] = ()
    no_texts: Mapping[str, str] = field(default_factory=dict)

    @property
    def fields(self) -> dict[str, str]:
        return dict(self.pairs)

    def readable(self) -> dict[str, Any]:
        """Return the form for people to read; a file is described and not shown."""
        about = {
            file.field_name: {"name": file.file_name, "type": file.content_type, "bytes": len(file.data)}
            for file in self.files
        }
        return self.fields | about


async def read_form(request: web.Request) -> Form:
    try:
        if request.content_type == "multipart/form-data":
            return await _read_multipart(request)
        body = await request.json()
        return Form(tuple(_json_pairs(body)), no_texts=_no_texts(body))
    except ValueError as error:
        raise RefusedError(invalid(f"The body cannot be read: {error}")) from error


async def _read_multipart(request: web.Request) -> Form:
    pairs: list[tuple[str, str]] = []
    files: list[FilePart] = []
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader) or part.name is None:
            raise ValueError("a part without a name")
        if part.filename is None:
            pairs.append((part.name, await part.text()))
        else:
            files.append(await _read_file(part, part.name, part.filename))
    return Form(tuple(pairs), tuple(files))


async def _read_file(part: BodyPartReader, field_name: str, file_name: str) -> FilePart:
    content_type = part.headers.get("Content-Type", "application/octet-stream")
    return FilePart(field_name, file_name, content_type, bytes(await part.read()))


def _json_pairs(body: Any) -> Iterator[tuple[str, str]]:
    if not isinstance(body, dict):
        raise ValueError("expected an object")  # noqa: TRY004 - a mistake of the client
    for name, value in body.items():
        for one in value if isinstance(value, list) else [value]:
            yield name, one if isinstance(one, str) and one not in _TRUTHS else json.dumps(one)


def _no_texts(body: dict[str, Any]) -> dict[str, str]:
    return {name: _KINDS[type(value)] for name, value in body.items() if type(value) in _KINDS}

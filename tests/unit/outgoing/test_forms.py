"""Forms, as a server reads them that is not ours."""

import io

import pytest
from aiohttp import web

from bot.outgoing.forms import FilePart, form
from bot.parts import open_session
from bot.sizes import SMALL_FILE
from tests.api import Api

PART = FilePart("audio", "голос.ogg", "audio/ogg")


class Counted(io.BytesIO):
    """A file that tells how much of it was read at once."""

    def __init__(self, data):
        super().__init__(data)
        self.reads = []

    def read(self, size=-1):
        read = super().read(size)
        self.reads.append(len(read))
        return read


@pytest.fixture
async def api():
    async def answer(_request):
        return web.Response()

    api = Api(answer)
    async with api.serving():
        yield api


async def sent(api, file, fields, part=PART):
    async with open_session() as session:
        size = len(file.getvalue())
        async with session.request("POST", api.url, data=form(fields, part, file, size)) as answer:
            assert answer.status == 200
    (parts,) = api.forms
    (request,) = api.requests
    assert int(request.headers["Content-Length"]) > size
    return parts


@pytest.mark.parametrize("size", [0, 1, SMALL_FILE, SMALL_FILE + 1, 3_000_000])
async def test_a_form_arrives_whole_with_its_file_behind_its_fields(api, size):
    data = bytes(range(256)) * (size // 256) + bytes(size % 256)
    fields = {"model": "#g1_nova-2-general", "note": "Grüße\r\n--x", "empty": ""}
    *texts, file = await sent(api, io.BytesIO(data), fields)
    assert {text.name: text.data.decode() for text in texts} == fields
    assert (file.name, file.file_name, file.headers["Content-Type"]) == ("audio", "голос.ogg", "audio/ogg")
    assert file.data == data


@pytest.mark.parametrize(("size", "reads"), [(SMALL_FILE, 1), (SMALL_FILE + 1, 6)])
async def test_only_a_large_file_is_read_piece_by_piece(api, size, reads):
    file = Counted(bytes(size))
    await sent(api, file, {})
    assert len(file.reads) == reads


@pytest.mark.parametrize("name", ['a\r\nX-Evil: 1\r\n".ogg', 'a".ogg', "a\\.ogg", "a;b=c.ogg", "ü\x00.ogg"])
async def test_no_name_leaves_its_header(api, name):
    (file,) = await sent(api, io.BytesIO(b"sound"), {}, FilePart("audio", name, "audio/ogg"))
    assert file.file_name == "".join(filter(str.isprintable, name))
    assert set(file.headers) == {"Content-Disposition", "Content-Type"}


async def test_a_form_is_sent_and_not_read_back():
    with pytest.raises(TypeError):
        form({}, PART, io.BytesIO(bytes(SMALL_FILE + 1)), SMALL_FILE + 1).decode()

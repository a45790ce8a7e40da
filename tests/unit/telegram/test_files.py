import asyncio
import gzip
import os
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
from aiohttp import web

from bot.errors import PermanentError, TemporaryError
from bot.machine.scratch import Scratch
from bot.metrics import Metrics
from bot.outgoing.moving import Limits
from bot.parts import calls_of, open_session
from bot.playground.telegram import FakeTelegram
from bot.sizes import HEAD_BYTES
from bot.telegram.downloading.file_limit import FileLimit, file_limit
from bot.telegram.downloading.files import Files
from bot.telegram.downloading.local_files import _open_each, why_refused
from storage.apology import Reason
from tests.api import Api
from tests.unit.workbench import open_telegram

LIMIT = 1024 * 1024


@pytest.fixture
async def files(stopped_world):
    async with open_telegram(stopped_world.settings(), stopped_world.clock, LIMIT) as (_, files):
        yield files


@pytest.fixture
def alice(stopped_world):
    return stopped_world.telegram.user("Alice")


@pytest.fixture
def chat(stopped_world, alice):
    return stopped_world.telegram.private(alice)


@pytest.fixture
def target(tmp_path):
    return tmp_path / "received"


async def refused(files, file_id, target, claimed=None):
    with pytest.raises((TemporaryError, PermanentError)) as failed:
        await files.download(file_id, claimed, target)
    assert "TEST-token" not in str(failed.value)
    return failed.value


async def test_a_file_is_streamed_to_disk(files, chat, alice, target):
    data = bytes(range(256)) * 1000
    voice = chat.send_voice(alice, data)["voice"]
    await files.download(voice["file_id"], voice["file_size"], target)
    assert target.read_bytes() == data


async def test_a_file_of_exactly_the_limit_is_taken(files, chat, alice, target):
    voice = chat.send_voice(alice, bytes(LIMIT))["voice"]
    await files.download(voice["file_id"], LIMIT, target)
    assert target.stat().st_size == LIMIT


async def test_a_file_that_claims_to_be_too_big_is_not_even_asked_for(stopped_world, files, target):
    failed = await refused(files, "any", target, claimed=LIMIT + 1)
    assert (failed.reason, failed.facts) == (Reason.TOO_BIG, {"limit_mb": 1})
    assert stopped_world.telegram.calls_of("getFile") == []


async def test_a_file_larger_than_it_claims_is_cut_off_at_the_limit(files, chat, alice, target):
    voice = chat.send_voice(alice, bytes(LIMIT + 1), file_size=10)["voice"]
    failed = await refused(files, voice["file_id"], target, claimed=10)
    assert failed.reason is Reason.TOO_BIG
    assert target.stat().st_size <= LIMIT


async def test_a_file_too_big_for_the_server_is_told_with_our_limit(files, chat, alice, target):
    voice = chat.send_voice(alice, b"", file_size=21 * LIMIT)["voice"]
    failed = await refused(files, voice["file_id"], target)
    assert (failed.reason, failed.facts) == (Reason.TOO_BIG, {"limit_mb": 1})


async def test_a_file_that_telegram_lost_is_gone(stopped_world, files, chat, alice, target):
    message = chat.send_voice(alice, b"sound")
    stopped_world.telegram.lose_file(message, chat)
    failed = await refused(files, message["voice"]["file_id"], target)
    assert failed.reason is Reason.FILE_GONE


@pytest.mark.parametrize("words", ["Forbidden: bot was kicked from the group chat", "Bad Request: chat not found"])
async def test_a_file_that_is_refused_in_the_words_of_a_chat_is_gone(stopped_world, files, target, words):
    body = {"ok": False, "error_code": 400, "description": words}
    stopped_world.telegram.fault("getFile", 403 if words.startswith("Forbidden") else 400, body=body)
    failed = await refused(files, "x", target)
    assert isinstance(failed, TemporaryError)
    assert failed.reason is Reason.FILE_GONE


async def test_a_file_without_a_path_is_gone(stopped_world, files, target):
    body = {"ok": True, "result": {"file_id": "x", "file_unique_id": "y"}}
    stopped_world.telegram.fault("getFile", 200, body=body)
    assert (await refused(files, "x", target)).reason is Reason.FILE_GONE


@pytest.mark.parametrize(
    ("fault", "reason", "told"),
    [
        ({"status": 404, "times": 2}, Reason.FILE_GONE, "Telegram does not hand the file over: its link is void (404)"),
        ({"status": 502, "body": "<html>bad gateway</html>"}, Reason.TELEGRAM_DOWN, "Telegram answered 502"),
        ({"drop": True, "times": 2}, Reason.TELEGRAM_DOWN, "Telegram"),  # the first is asked again by itself
    ],
)
async def test_a_download_that_goes_wrong_is_tried_again(
    stopped_world, files, chat, alice, target, fault, reason, told
):
    voice = chat.send_voice(alice, bytes(200_000))["voice"]
    stopped_world.telegram.fault("file", **fault)
    failed = await refused(files, voice["file_id"], target)
    assert isinstance(failed, TemporaryError)
    assert failed.reason is reason
    assert told in str(failed)
    await files.download(voice["file_id"], None, target)
    assert target.read_bytes() == bytes(200_000)


async def test_a_link_that_is_void_is_asked_for_anew(stopped_world, files, chat, alice, target):
    voice = chat.send_voice(alice, b"sound")["voice"]
    stopped_world.telegram.fault("file", status=404)
    await files.download(voice["file_id"], None, target)
    assert target.read_bytes() == b"sound"
    assert len(stopped_world.telegram.calls_of("getFile")) == 2


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ({"status": 500}, "Telegram answered 500 (Internal Server Error)"),
        ({"status": 502, "body": "<html>"}, "Telegram answered 502 (Bad Gateway)"),
        ({"status": 504, "body": "<html>"}, "Telegram answered 504 (Gateway Timeout)"),
        (
            {"status": 404, "body": "<html>"},
            "an answer of Telegram cannot be read: a web page instead of an answer (404)",
        ),
        (
            {"status": 400, "body": "<html>"},
            "an answer of Telegram cannot be read: a web page instead of an answer (400)",
        ),
        (
            {"status": 413, "body": "<html>"},
            "an answer of Telegram cannot be read: a web page instead of an answer (413)",
        ),
        ({"drop": True}, "Telegram closed the connection without an answer"),
    ],
)
async def test_an_address_that_is_not_given_out_is_telegrams_fault(stopped_world, files, target, fault, told):
    stopped_world.telegram.fault("getFile", **fault)
    failed = await refused(files, "x", target)
    assert isinstance(failed, TemporaryError)
    assert failed.reason is Reason.TELEGRAM_DOWN
    assert told in str(failed)


@pytest.mark.parametrize(
    "path",
    [
        "https://evil.example/voice.oga",
        "voice/../../secret",
        "../voice.oga",
        "./voice.oga",
        "voice//file",
        "voice/",
        "voice/\r\nHost: evil",
        "..\\voice.oga",
        "",
    ],
)
async def test_a_path_that_leads_elsewhere_is_not_followed(stopped_world, files, target, path):
    asked_for(stopped_world.telegram, path)
    assert (await refused(files, "x", target)).reason is Reason.FILE_GONE
    assert stopped_world.telegram.calls_of("file") == []


async def test_a_path_with_marks_of_addresses_in_it_is_one_all_the_same(stopped_world, files, target):
    asked_for(stopped_world.telegram, "voice/a?b=c#d%2e.oga")
    await refused(files, "x", target)
    (call,) = stopped_world.telegram.calls_of("file")
    assert call.params["file_path"] == "voice/a?b=c#d%2e.oga"


async def test_a_name_that_this_machine_has_too_is_asked_for_from_the_server(stopped_world, files, target, monkeypatch):
    (target.parent / "voice.oga").write_text("a file of this machine")
    monkeypatch.chdir(target.parent)
    asked_for(stopped_world.telegram, "voice.oga")
    await refused(files, "x", target)
    assert [call.params["file_path"] for call in stopped_world.telegram.calls_of("file")] == ["voice.oga"]


@pytest.mark.parametrize("path", ["/proc/self/environ", "/etc/hosts", "//evil.example/voice.oga", "/"])
async def test_a_file_of_this_machine_is_not_read_unless_the_operator_says_where_from(
    stopped_world, files, target, path
):
    asked_for(stopped_world.telegram, path)
    failed = await refused(files, "x", target)
    assert isinstance(failed, PermanentError)
    assert failed.reason is Reason.MACHINE
    assert "TELEGRAM_LOCAL_FILES" in str(failed)
    assert not target.exists()


async def test_a_file_that_unfolds_beyond_the_limit_is_cut_off_there(stopped_world, target):
    api = Api(bomb)
    async with api.serving(), open_session() as session:
        settings = replace(stopped_world.settings(), telegram_api_url=api.url.rstrip("/"))
        calls = calls_of(settings, session, Metrics())
        failed = await refused(Files(calls, session, FileLimit(LIMIT)), "x", target)
    assert failed.reason is Reason.TOO_BIG
    assert target.stat().st_size <= LIMIT


def asked_for(telegram, path):
    result = {"file_id": "x", "file_unique_id": "y", "file_path": path}
    telegram.fault("getFile", 200, body={"ok": True, "result": result})


async def bomb(request):
    if request.path.endswith("getFile"):
        return web.json_response({"ok": True, "result": {"file_path": "voice/bomb.oga"}})
    packed = gzip.compress(bytes(100 * LIMIT), compresslevel=1)
    return web.Response(body=packed, headers={"Content-Encoding": "gzip"})


class TestTheFirstBytes:
    async def test_no_more_than_a_head_is_asked_for_and_returned(self, stopped_world, target):
        async with files_of(stopped_world, whole(bytes(range(256)) * 2000)) as (files, api):
            assert await files.head("x") == (bytes(range(256)) * 2000)[:HEAD_BYTES]
        (request,) = [request for request in api.requests if request.method == "GET"]
        assert request.headers["Range"] == f"bytes=0-{HEAD_BYTES - 1}"

    async def test_a_server_that_knows_no_ranges_is_cut_off(self, stopped_world):
        sent = []

        async def endless(request):
            if request.path.endswith("getFile"):
                return where()
            response = web.StreamResponse()
            await response.prepare(request)
            while len(sent) < 10_000:
                await response.write(b"x" * HEAD_BYTES)
                sent.append(HEAD_BYTES)
            return response

        async with files_of(stopped_world, endless) as (files, _):
            assert await files.head("x") == b"x" * HEAD_BYTES
        assert sum(sent) < 100 * LIMIT

    @pytest.mark.parametrize(
        ("status", "body"), [(206, b"fLaC"), (200, b"fLaC"), (200, b""), (416, b"not satisfiable")]
    )
    async def test_a_short_file_is_returned_whole(self, stopped_world, status, body):
        async with files_of(stopped_world, whole(body, status)) as (files, _):
            assert await files.head("x") == (b"" if status == 416 else body)

    async def test_a_small_answer_that_unfolds_is_cut_too(self, stopped_world):
        async with files_of(stopped_world, bomb) as (files, _):
            assert await files.head("x") == bytes(HEAD_BYTES)

    @pytest.mark.parametrize(
        ("fault", "reason"),
        [
            ({"status": 404, "times": 2}, Reason.FILE_GONE),  # the first link may only be old
            ({"status": 502, "body": "<html>bad gateway</html>"}, Reason.TELEGRAM_DOWN),
            ({"drop": True, "times": 2}, Reason.TELEGRAM_DOWN),
            ({"after_effect": True}, Reason.TELEGRAM_DOWN),
        ],
    )
    async def test_a_look_that_goes_wrong_is_tried_again(self, stopped_world, files, chat, alice, fault, reason):
        voice = chat.send_voice(alice, bytes(2000))["voice"]
        stopped_world.telegram.fault("file", **fault)
        with pytest.raises(TemporaryError) as failed:
            await files.head(voice["file_id"])
        assert failed.value.reason is reason
        assert await files.head(voice["file_id"]) == bytes(2000)


@asynccontextmanager
async def files_of(world, answer):
    """The files of a server that answers so, and the server."""
    api = Api(answer)
    async with api.serving(), open_session() as session:
        settings = replace(world.settings(), telegram_api_url=api.url.rstrip("/"))
        yield Files(calls_of(settings, session, Metrics()), session, FileLimit(LIMIT)), api


def where():
    return web.json_response({"ok": True, "result": {"file_path": "documents/file.bin"}})


def whole(body, status=200):
    async def answer(request):
        return where() if request.path.endswith("getFile") else web.Response(status=status, body=body)

    return answer


@pytest.mark.parametrize(
    ("allowed", "server", "most", "is_telegrams"),
    [
        (20 * LIMIT, {"is_public": True, "is_local": False}, 20 * LIMIT, True),
        (99 * LIMIT, {"is_public": True, "is_local": False}, 20 * LIMIT, True),
        (5 * LIMIT, {"is_public": True, "is_local": False}, 5 * LIMIT, False),
        (20 * LIMIT, {"is_public": False, "is_local": False}, 20 * LIMIT, True),
        (99 * LIMIT, {"is_public": False, "is_local": False}, 99 * LIMIT, False),
        (20 * LIMIT, {"is_public": False, "is_local": True}, 20 * LIMIT, False),
    ],
)
def test_whose_limit_it_is(allowed, server, most, is_telegrams):
    assert file_limit(allowed, **server) == FileLimit(most, is_telegrams)


async def test_a_server_that_gives_less_than_the_operator_allows_has_telegrams_limit(
    stopped_world, alice, chat, target
):
    voice = chat.send_voice(alice, b"", file_size=21 * LIMIT)["voice"]
    async with open_telegram(stopped_world.settings(), stopped_world.clock, 99 * LIMIT) as (_, files):
        failed = await refused(files, voice["file_id"], target)
    assert (failed.reason, failed.facts) == (Reason.TOO_BIG, {"telegram_limit_mb": 20})


class TestWithAServerOfOnesOwn:
    @pytest.fixture
    async def local(self, tmp_path, stopped_world):
        """The files of a bot beside a Bot API server in local mode, and a chat there."""
        fake = FakeTelegram(clock=stopped_world.clock, local_folder=tmp_path / "server")
        settings = stopped_world.settings()
        async with fake:
            local = replace(settings, telegram_api_url=fake.url, telegram_local_files=tmp_path / "server")
            async with open_telegram(local, stopped_world.clock, 30 * LIMIT) as (_, files):
                alice = fake.user("Alice")
                yield files, fake.private(alice), alice, fake

    async def test_the_file_is_copied_from_where_it_lies(self, local, target):
        files, chat, alice, fake = local
        data = bytes(25 * LIMIT)
        voice = chat.send_voice(alice, data)["voice"]
        await files.download(voice["file_id"], voice["file_size"], target)
        assert target.read_bytes() == data
        assert fake.calls_of("file") == []

    async def test_the_file_is_read_where_it_lies(self, local, target, tmp_path):
        files, chat, alice, _ = local
        voice = chat.send_voice(alice, b"sound")["voice"]
        with Scratch(tmp_path) as scratch:
            audio = await files.download(voice["file_id"], 5, target, scratch.borrow)
            (place,) = (tmp_path / "server" / "voice").iterdir()
            place.unlink()
            assert audio.read_bytes() == b"sound"
            assert (scratch.used(), scratch.size()) == (0, 5)
        assert not audio.exists()
        assert not target.exists()

    async def test_a_file_that_is_too_large_is_not_read_where_it_lies_either(self, local, target, tmp_path):
        files, chat, alice, _ = local
        voice = chat.send_voice(alice, bytes(30 * LIMIT + 1), file_size=1)["voice"]
        with Scratch(tmp_path) as scratch, pytest.raises(PermanentError) as caught:
            await files.download(voice["file_id"], 1, target, scratch.borrow)
        assert caught.value.reason is Reason.TOO_BIG

    async def test_a_server_in_a_container_has_another_name_for_its_folder(self, local, target, tmp_path):
        files, _, _, fake = local
        (tmp_path / "server" / "12:TOKEN" / "voice").mkdir(parents=True)
        (tmp_path / "server" / "12:TOKEN" / "voice" / "file_0.oga").write_bytes(b"sound")
        asked_for(fake, "/var/lib/telegram-bot-api/12:TOKEN/voice/file_0.oga")
        await files.download("x", None, target)
        assert target.read_bytes() == b"sound"

    @pytest.mark.parametrize(
        "path", ["/var/lib/telegram-bot-api/12:TOKEN/voice/absent", "/var/lib/voice/../12:TOKEN/voice", "/music"]
    )
    async def test_nothing_else_is_read_in_place_of_what_a_container_has(self, local, target, tmp_path, path):
        files, _, _, fake = local
        (tmp_path / "server" / "12:TOKEN" / "voice").mkdir(parents=True)
        (tmp_path / "server" / "voice").write_text("another one")
        (tmp_path / "server" / "absent").symlink_to("/etc/passwd")
        asked_for(fake, path)
        assert (await refused(files, "x", target)).reason is Reason.MACHINE
        assert not target.exists()

    async def test_whose_file_it_is_that_cannot_be_read_is_told(self, stranger):
        folder, who = stranger
        (folder / "12:TOKEN").mkdir()
        (folder / "12:TOKEN" / "voice.oga").write_bytes(b"sound")
        with who(folder / "12:TOKEN", 0o050) as ours:
            said = why_refused(folder, "/var/lib/telegram-bot-api/12:TOKEN/voice.oga")
            assert why_refused(folder) == ""
        assert said.startswith(f"what is in it belongs to user {os.getuid()} and group {os.getgid()} with mode 0050")
        assert f"and this program is user {ours} in group" in said
        assert said.endswith("put this program into that group: group_add in Compose, supplementalGroups in Kubernetes")
        assert "TOKEN" not in said

    async def test_a_folder_that_lets_no_group_in_is_told(self, stranger):
        folder, who = stranger
        with who(folder, 0o000):
            said = why_refused(folder)
        assert said.startswith("the folder itself belongs to user")
        assert "; let the group read there (chmod -R g+rX), and run the Bot API server with umask 027" in said

    def test_where_nothing_is_refused_nothing_is_told(self, tmp_path):
        (tmp_path / "voice").write_text("sound")
        for path in (None, str(tmp_path / "voice"), str(tmp_path / "absent"), "/elsewhere"):
            assert why_refused(tmp_path, path) == ""

    async def test_the_first_bytes_are_read_from_where_it_lies(self, local):
        files, chat, alice, fake = local
        voice = chat.send_voice(alice, b"x" * LIMIT)["voice"]
        assert await files.head(voice["file_id"]) == b"x" * HEAD_BYTES
        assert fake.calls_of("file") == []

    async def test_a_file_larger_than_it_claims_is_not_copied_whole(self, local, target):
        files, chat, alice, _ = local
        voice = chat.send_voice(alice, bytes(30 * LIMIT + 1), file_size=1)["voice"]
        assert (await refused(files, voice["file_id"], target)).reason is Reason.TOO_BIG
        assert target.stat().st_size <= 30 * LIMIT

    @pytest.mark.parametrize("place", ["voice/absent", "absent/absent", "absent"])
    async def test_a_path_that_leads_nowhere_is_told_as_ours_with_the_folder(self, local, target, tmp_path, place):
        files, _, _, fake = local
        (tmp_path / "server" / "voice").mkdir(parents=True)
        asked_for(fake, str(tmp_path / "server" / place))
        failed = await refused(files, "x", target)
        assert isinstance(failed, TemporaryError)
        assert failed.reason is Reason.MACHINE
        assert f"TELEGRAM_LOCAL_FILES, which is {tmp_path / 'server'}" in str(failed)

    async def test_a_link_that_stays_in_the_folder_is_followed(self, local, target, tmp_path):
        files, _, _, fake = local
        (tmp_path / "server" / "there").mkdir(parents=True)
        (tmp_path / "server" / "there" / "voice.oga").write_bytes(b"sound")
        (tmp_path / "server" / "here").symlink_to("there")
        asked_for(fake, str(tmp_path / "server" / "here" / "voice.oga"))
        await files.download("x", None, target)
        assert target.read_bytes() == b"sound"

    @pytest.mark.parametrize(
        "place", ["/proc/self/environ", "../secret", "link", "linked/secret", "circle", "pipe", "voice", "", "a\0b"]
    )
    async def test_nothing_but_files_in_the_folder_is_read(self, local, target, tmp_path, place):
        files, _, _, fake = local
        server = tmp_path / "server"
        (server / "voice").mkdir(parents=True)
        (tmp_path / "secret").write_text("a secret of this machine")
        (server / "link").symlink_to(tmp_path / "secret")
        (server / "linked").symlink_to(tmp_path)
        (server / "circle").symlink_to(server / "circle")
        os.mkfifo(server / "pipe")
        asked_for(fake, place if place.startswith("/") else f"{server}/{place}")
        failed = await refused(files, "x", target)
        assert failed.reason is Reason.MACHINE
        assert "TELEGRAM_LOCAL_FILES" in str(failed)
        assert not target.exists()

    @pytest.mark.parametrize("parts", [("link",), ("linked", "secret")])
    def test_a_link_put_in_place_of_a_file_meanwhile_is_not_followed(self, tmp_path, parts):
        (tmp_path / "secret").write_text("a secret of this machine")
        folder = tmp_path / "server"
        folder.mkdir()
        (folder / "link").symlink_to(tmp_path / "secret")
        (folder / "linked").symlink_to(tmp_path)
        with pytest.raises(OSError, match="link"):
            _open_each(folder, parts)

    async def test_a_folder_that_is_not_mounted_is_told_as_ours_with_the_setting(self, local, target, tmp_path):
        files, _, _, fake = local
        asked_for(fake, str(tmp_path / "server" / "voice" / "file.oga"))
        failed = await refused(files, "x", target)
        assert isinstance(failed, TemporaryError)
        assert failed.reason is Reason.MACHINE
        assert "is no folder that this program sees; mount" in str(failed)
        assert "ENOENT (2, No such file or directory)" in str(failed)

    async def test_a_place_that_cannot_be_read_is_told_as_ours_with_its_error(self, local, target, tmp_path):
        files, _, _, fake = local
        (tmp_path / "server").mkdir(exist_ok=True)
        (tmp_path / "server" / "voice").write_text("no folder")
        asked_for(fake, str(tmp_path / "server" / "voice" / "file.oga"))
        failed = await refused(files, "x", target)
        assert isinstance(failed, TemporaryError)
        assert failed.reason is Reason.MACHINE
        assert "has a file that cannot be read: ENOTDIR (20, Not a directory)" in str(failed)

    async def test_a_file_that_cannot_be_read_is_tried_again(self, local, target, tmp_path):
        files, chat, alice, _ = local
        voice = chat.send_voice(alice, b"sound")["voice"]
        target.mkdir()
        failed = await refused(files, voice["file_id"], target)
        assert isinstance(failed, TemporaryError)
        assert failed.reason is Reason.MACHINE

    async def test_a_server_that_fetches_the_file_first_gets_time_for_that(self, local, target, tmp_path):
        files, chat, alice, fake = local
        voice = chat.send_voice(alice, b"sound")["voice"]

        async def fetching():
            await asyncio.sleep(0.3)

        fake.watch("getFile", fetching, "before", times=1)
        await replace(files, limits=Limits(answer=0.1, local_file=5.0)).download(voice["file_id"], None, target)
        assert target.read_bytes() == b"sound"


async def test_an_address_that_does_not_come_is_telegrams_fault(stopped_world, files, target):
    never = asyncio.Event()
    stopped_world.telegram.watch("getFile", never.wait, "before", times=1)
    failed = await refused(replace(files, limits=Limits(answer=0.1)), "x", target)
    never.set()
    assert (failed.reason, str(failed)) == (Reason.TELEGRAM_DOWN, "Telegram did not answer in time")

import pytest

from bot.errors import PermanentError, TemporaryError
from bot.playground.telegram import FakeTelegram
from storage.apology import Reason
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


async def test_a_file_without_a_path_is_gone(stopped_world, files, target):
    body = {"ok": True, "result": {"file_id": "x", "file_unique_id": "y"}}
    stopped_world.telegram.fault("getFile", 200, body=body)
    assert (await refused(files, "x", target)).reason is Reason.FILE_GONE


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ({"status": 404}, Reason.FILE_GONE),
        ({"status": 502, "body": "<html>bad gateway</html>"}, Reason.TELEGRAM_DOWN),
        ({"drop": True, "times": 2}, Reason.TELEGRAM_DOWN),  # the first is asked again by itself
        ({"after_effect": True}, Reason.TELEGRAM_DOWN),
    ],
)
async def test_a_download_that_goes_wrong_is_tried_again(stopped_world, files, chat, alice, target, fault, reason):
    voice = chat.send_voice(alice, bytes(200_000))["voice"]
    stopped_world.telegram.fault("file", **fault)
    failed = await refused(files, voice["file_id"], target)
    assert isinstance(failed, TemporaryError)
    assert failed.reason is reason
    await files.download(voice["file_id"], None, target)
    assert target.read_bytes() == bytes(200_000)


class TestWithAServerOfOnesOwn:
    @pytest.fixture
    async def local(self, tmp_path, stopped_world):
        """The files of a bot beside a Bot API server in local mode, and a chat there."""
        fake = FakeTelegram(clock=stopped_world.clock, local_folder=tmp_path / "server")
        settings = stopped_world.settings()
        async with fake:
            local = settings.model_copy(update={"telegram_api_url": fake.url})
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

    async def test_a_file_larger_than_it_claims_is_not_copied(self, local, target):
        files, chat, alice, _ = local
        voice = chat.send_voice(alice, bytes(30 * LIMIT + 1), file_size=1)["voice"]
        assert (await refused(files, voice["file_id"], target)).reason is Reason.TOO_BIG
        assert not target.exists()

    async def test_a_path_that_leads_nowhere_is_a_file_that_is_gone(self, local, target, tmp_path):
        files, _, _, fake = local
        result = {"file_id": "x", "file_unique_id": "y", "file_path": str(tmp_path / "absent")}
        fake.fault("getFile", 200, body={"ok": True, "result": result})
        assert (await refused(files, "x", target)).reason is Reason.FILE_GONE

    async def test_a_file_that_cannot_be_read_is_tried_again(self, local, target):
        files, _, _, fake = local
        result = {"file_id": "x", "file_unique_id": "y", "file_path": "/proc/self/mem"}
        fake.fault("getFile", 200, body={"ok": True, "result": result})
        failed = await refused(files, "x", target)
        assert isinstance(failed, TemporaryError)
        assert failed.reason is Reason.MACHINE

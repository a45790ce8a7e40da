"""What `check` says of the files of a local Bot API server: whether they can be read, and else what to do."""

import os
from pathlib import Path

import pytest

from bot.commands.local_files import check_local_files
from bot.config import Settings
from bot.errors import TemporaryError
from storage.apology import Reason

OURS = "http://telegram:8081"
IN_CONTAINER = "/var/lib/telegram-bot-api/12:TOKEN/photos/file_0.jpg"


async def nowhere():
    return None


async def checked(folder, ask=nowhere, url=OURS):
    lines: list[str] = []
    settings = Settings(
        telegram_bot_token="12:TOKEN", aimlapi_key="key", telegram_api_url=url, telegram_local_files=folder
    )
    works = await check_local_files(settings, ask, lines.append)
    assert "TOKEN" not in "".join(lines)
    return works, lines


def names(path):
    async def ask():
        return path

    return ask


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "12:TOKEN" / "photos").mkdir(parents=True)
    (tmp_path / "12:TOKEN" / "photos" / "file_0.jpg").write_bytes(b"picture")
    return tmp_path


async def test_what_can_be_read_works(folder):
    expected = (True, [f"files: TELEGRAM_LOCAL_FILES, which is {folder}, can be read"])
    assert await checked(folder) == expected
    assert await checked(folder, names(f"{folder}/12:TOKEN/photos/file_0.jpg")) == expected
    assert await checked(folder, names(IN_CONTAINER)) == expected
    assert await checked(folder, names("photos/file_0.jpg")) == expected


async def test_with_the_public_server_there_is_nothing_to_say():
    public = Settings(telegram_bot_token="", aimlapi_key="").telegram_api_url
    assert await checked(None, url=public) == (True, [])
    works, (line,) = await checked(Path("/somewhere"), url=public)
    assert works
    assert "TELEGRAM_API_URL is Telegram's own server" in line


async def test_a_server_of_ones_own_without_the_folder_may_hand_out_nothing():
    works, (line,) = await checked(None)
    assert works
    assert "a server that runs with --local hands out none that way" in line


async def test_a_folder_that_is_not_there_is_named(tmp_path):
    works, (line,) = await checked(tmp_path / "absent")
    assert not works
    assert line.startswith(f"files: TELEGRAM_LOCAL_FILES, which is {tmp_path}/absent, is no folder that this program")
    assert "mount the folder there that the Bot API server has as its --dir" in line


async def test_an_empty_folder_may_be_the_wrong_one(tmp_path):
    works, (line,) = await checked(tmp_path)
    assert works
    assert "is empty; unless the server is new, mount the folder" in line


async def test_a_server_that_names_a_file_elsewhere_has_another_folder(folder):
    works, (line,) = await checked(folder, names("/srv/34:OTHER/photos/file_1.jpg"))
    assert not works
    assert "is not the folder of the Bot API server, which names a file elsewhere; mount the folder" in line


async def test_a_file_that_the_server_has_and_this_program_does_not_see_is_told(folder):
    works, (line,) = await checked(folder, names(f"{folder}/12:TOKEN/photos/file_1.jpg"))
    assert not works
    assert (
        "has a file that cannot be read: ENOENT (2, No such file or directory); is a file system not mounted?" in line
    )


async def test_a_server_that_names_no_file_leaves_it_at_the_folder(folder):
    async def down():
        raise TemporaryError("down", reason=Reason.TELEGRAM_DOWN)

    works, _ = await checked(folder, down)
    assert works


async def test_whose_files_they_are_is_told(stranger):
    folder, who = stranger
    (folder / "12:TOKEN").mkdir()
    with who(folder / "12:TOKEN", 0o050):
        works, (line,) = await checked(folder)
    assert not works
    whose = f"cannot be read: what is in it belongs to user {os.getuid()} and group {os.getgid()} with mode 0050"
    assert whose in line
    assert line.endswith("group_add in Compose, supplementalGroups in Kubernetes")


async def test_what_the_server_keeps_for_itself_need_not_be_read(stranger):
    folder, who = stranger
    (folder / "td.binlog").write_bytes(b"")
    (folder / "temp").mkdir()
    with who(folder / "td.binlog", 0o000):
        works, _ = await checked(folder)
    with who(folder / "temp", 0o000):
        also_works, _ = await checked(folder)
    assert works
    assert also_works

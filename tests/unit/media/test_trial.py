"""Which ffmpeg is used: the operator's, else the machine's, else the one that comes along; the first that works."""

import pytest

from bot.errors import TemporaryError
from bot.machine.scratch import Scratch
from bot.machine.subprocesses import bundled_ffmpeg
from bot.media.trial import Choice, UnfitError, is_older, try_out
from storage.apology import Reason

BROKEN = "exit 1"
KILLED = "kill -9 $$"
WITHOUT_OPUS = f'case "$*" in *libopus*) echo "Unknown encoder" >&2; exit 1;; esac; exec {bundled_ffmpeg()} "$@"'
WORKING = f'exec {bundled_ffmpeg()} "$@"'


def calls_itself(version: str) -> str:
    """A working one that tells another version."""
    renamed = f'sed "s/^ffmpeg version [^ ]*/ffmpeg version {version}/" >&2'
    return f'exec 3>&1; {bundled_ffmpeg()} "$@" 2>&1 >&3 3>&- | {renamed}'


@pytest.fixture
def scratch(tmp_path):
    return lambda: Scratch(tmp_path)


@pytest.fixture
def program(tmp_path):
    def write(body: str, name: str = "ffmpeg") -> str:
        path = tmp_path / name
        path.write_text(f"#!/bin/sh\n{body}\n")
        path.chmod(0o755)
        return str(path)

    return write


async def test_the_one_that_is_named_comes_first_however_old_it_is(scratch, program):
    named = program(calls_itself("2.8.17"))
    chosen = await Choice(scratch, named, on_path=bundled_ffmpeg).choose()
    assert (chosen.path, chosen.version) == (named, "2.8.17")


@pytest.mark.parametrize("codec", ["opus", "aac", "mp3"])
async def test_one_that_lacks_a_decoder_of_every_day_is_unfit(scratch, program, codec):
    """As ffmpeg does for a codec that it was built without: it copies the stream, and decodes none of it."""
    only = ",".join({"opus", "libopus", "aac", "mp3", "mp3float"} - {codec, f"lib{codec}", f"{codec}float"})
    named = program(f'exec {bundled_ffmpeg()} -codec_whitelist {only} "$@"')
    with pytest.raises(UnfitError, match="does not read"):
        await try_out(named, scratch)


async def test_one_that_does_not_see_files_without_a_name_is_unfit(scratch, program):
    blind = 'case "$*" in */proc/*) echo "file:/proc/1/fd/9: Permission denied" >&2; exit 1;; esac'
    named = program(f'{blind}; exec {bundled_ffmpeg()} "$@"')
    with pytest.raises(UnfitError, match="Permission denied"):
        await try_out(named, scratch)


async def test_one_that_makes_something_else_of_a_recording_is_unfit(scratch, program):
    shortened = program(
        f'case "$*" in *libopus*) exec {bundled_ffmpeg()} -t 0.1 "$@";; esac; exec {bundled_ffmpeg()} "$@"'
    )
    with pytest.raises(UnfitError, match=r"made 0\.\d+ s of 0\.5 s"):
        await try_out(shortened, scratch)


@pytest.mark.parametrize("body", [BROKEN, KILLED, WITHOUT_OPUS, "exec /nowhere", "exit 0"])
async def test_a_named_one_that_does_not_work_is_replaced_and_a_line_says_so(scratch, program, lines, body):
    named = program(body)
    assert await Choice(scratch, named).path() == bundled_ffmpeg()
    (refused,) = lines.of("ffmpeg.refused")
    (chosen,) = lines.of("ffmpeg.chosen")
    assert (refused["path"], chosen["path"]) == (named, bundled_ffmpeg())


async def test_a_named_one_that_is_not_there_is_replaced_by_the_one_that_comes_along(scratch, program, tmp_path):
    on_path = program(WORKING)
    chosen = await Choice(scratch, str(tmp_path / "missing"), on_path=lambda: on_path).choose()
    assert chosen.path == bundled_ffmpeg()


@pytest.mark.parametrize(
    ("body", "is_used"),
    [
        (WORKING, True),
        (calls_itself("N-118371-g3d02ba8e22"), True),
        (calls_itself("99.1"), True),
        (calls_itself("5.1.9-0+deb12u1"), False),
        (BROKEN, False),
    ],
)
async def test_the_one_of_the_machine_is_used_if_it_works_and_is_new(scratch, program, body, is_used):
    on_path = program(body)
    chosen = await Choice(scratch, on_path=lambda: on_path).choose()
    assert chosen.path == (on_path if is_used else bundled_ffmpeg())


async def test_without_one_that_comes_along_any_of_the_machine_is_new_enough(scratch, program):
    def none() -> str:
        raise RuntimeError

    on_path = program(calls_itself("5.1.9"))
    assert (await Choice(scratch, on_path=lambda: on_path, bundled=none).choose()).path == on_path
    with pytest.raises(TemporaryError, match="no ffmpeg that works") as failure:
        await Choice(scratch, on_path=lambda: None, bundled=none).choose()
    assert failure.value.reason is Reason.MACHINE


async def test_one_that_failed_is_tried_again_and_the_one_that_comes_along_may_be_asked(scratch, program):
    def none() -> str:
        raise RuntimeError

    named = program(WORKING)
    assert await Choice(scratch, named).try_again(named) == bundled_ffmpeg()
    assert await Choice(scratch).try_again(bundled_ffmpeg()) is None
    assert await Choice(scratch, named, bundled=none).try_again(named) is None


async def test_a_full_disk_is_nobodys_fault_and_told(scratch, lines):
    def crowded():
        raise OSError(28, "No space left on device")

    with pytest.raises(TemporaryError):
        await Choice(crowded, on_path=lambda: None).choose()
    (missing,) = lines.of("ffmpeg.missing")
    assert "ENOSPC (28, No space left on device); free some space" in missing["error"]
    with pytest.raises(TemporaryError, match=r"ENOSPC.*free some space"):
        await Choice(crowded).try_again(bundled_ffmpeg())


@pytest.mark.parametrize(
    ("version", "than", "older"),
    [
        ("9.0.1", "v9.0.2", True),
        ("9.0", "v9.0.2", True),
        ("n9.0.2-17-g2a571b6068-20260930", "v9.0.2", False),
        ("9.0.2", "v9.0.2", False),
        ("10.0", "v9.0.2", False),
        ("7.0.2-static", "v9.0.2", True),
        ("4.4.2-0ubuntu0.22.04.1", "v9.0.2", True),
        ("N-118371-g3d02ba8e22", "v9.0.2", False),
        ("2026-09-30-git-2a571b6068-full_build-www.gyan.dev", "v9.0.2", False),
        ("git-2026-09-30-2a571b6", "v9.0.2", False),
    ],
)
def test_releases_are_compared_by_their_numbers_and_a_build_from_source_is_new(version, than, older):
    assert is_older(version, than) is older

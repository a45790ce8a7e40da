"""An ffmpeg that does something else now and then."""

from pathlib import Path

from bot.machine.subprocesses import bundled_ffmpeg


def ffmpeg_that(folder: Path, does: str, when: str = "*") -> str:
    """The path of one that does something first where its arguments look like `when`, and is then the real one."""
    program = folder / "ffmpeg"
    program.write_text(f'#!/bin/sh\ncase "$*" in {when}) {does};; esac\nexec {bundled_ffmpeg()} "$@"\n')
    program.chmod(0o755)
    return str(program)

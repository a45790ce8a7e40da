"""Hostile stories are told about the real process, as the crash stories are, and with their scene."""

from tests.crash.conftest import by_command_line, scene, zygote

__all__ = ["by_command_line", "scene", "zygote"]

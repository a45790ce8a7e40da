"""The programs that try what stands in deploy/, in an environment of their own, which `make test-deploy` makes."""

import os
from pathlib import Path

import pytest

from tests.unit.project.checkout import ROOT

NO_TOOLS = "NO HELM AND NO CADDY HERE: what stands in deploy/ was not tried (make test-deploy installs both)"


def find_tools() -> Path | None:
    """The folder of the programs: of DEPLOY_TOOLS, or the one in this checkout."""
    named = Path(os.environ.get("DEPLOY_TOOLS", ROOT / ".venv/deploy")) / "bin"
    return named if (named / "python").exists() else None


def tool(name: str) -> str:
    """The path of a program. Where there is none, the test is skipped, or fails if REQUIRE_DEPLOY is set."""
    tools = find_tools()
    if tools is None:
        (pytest.fail if os.environ.get("REQUIRE_DEPLOY") else pytest.skip)(NO_TOOLS)
    return str(tools / name)

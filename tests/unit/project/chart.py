"""The Helm chart, rendered by Helm's own library."""

import json
from pathlib import Path
from typing import Any

from tests.patience import ran
from tests.unit.project.checkout import ROOT
from tests.unit.project.deploying import tool

FOLDER = ROOT / "deploy/helm/verbatim"

Values = dict[str, Any]
Object = dict[str, Any]


def render(cases: dict[str, Values], written: list[str], kubernetes: list[str]) -> dict[str, Any]:
    """What an installation with each of these values would do, and what is wrong with objects; see the program."""
    asked = json.dumps({"chart": str(FOLDER), "kubernetes": kubernetes, "cases": cases, "written": written})
    rendered = ran([tool("python"), "-I", str(Path(__file__).with_name("helm.py")), asked])
    assert rendered.returncode == 0, rendered.stderr
    told = json.loads(rendered.stdout)
    assert isinstance(told, dict)
    return told

"""What is written about the Helm chart, and what its values may be: both can be read without Helm."""

import json
import re
from dataclasses import fields

import pytest

from bot import __version__
from bot.config import Settings
from tests.unit.project.chart import FOLDER, Object
from tests.unit.project.checkout import blocks, quoted, section, text
from tests.unit.project.image import argument
from tests.unit.project.test_chart import OLDEST_AND_NEWEST
from tests.unit.project.test_links import is_dead, links

README = "deploy/helm/verbatim/README.md"
SETTINGS = {each.name.upper() for each in fields(Settings)}


def schema() -> Object:
    found = json.loads((FOLDER / "values.schema.json").read_text("utf-8"))
    assert isinstance(found, dict)
    return found


def leaves(part: Object, above: str = "") -> set[str]:
    """The values that a schema knows, with what they stand in: `webhook.url`."""
    if part.get("additionalProperties", True) is not False:
        return {above}
    return {
        leaf for name, each in part["properties"].items() for leaf in leaves(each, f"{above}.{name}" if above else name)
    }


def written(values: str) -> set[str]:
    """The values that a file in YAML names, as `leaves` does; what is no plain text counts as one value."""
    above: list[str] = []
    found: set[str] = set()
    for indent, name, value in re.findall(r"^( *)([a-zA-Z]+):(?: ([^#\n]+))?", values, re.MULTILINE):
        above[len(indent) // 2 :] = [name]
        if value or name == "limits":
            found.add(".".join(above))
    return found


def test_the_schema_knows_every_value_and_nothing_else():
    known = {each for each in leaves(schema()) if not each.startswith(("settings.", "global"))}
    named = {
        re.sub(r"^(resources|settings)\..*", r"\1", each) for each in written(text("deploy/helm/verbatim/values.yaml"))
    }
    assert named - {"settings"} == known


def test_the_schema_has_every_setting_that_the_chart_does_not_make_by_itself():
    deployment = text("deploy/helm/verbatim/templates/deployment.yaml")
    made = set(re.findall(r"^            - name: ([A-Z_]+)$", deployment, re.MULTILINE))
    assert len(made) > 5
    expected = {name for name in SETTINGS if name not in made and name.removesuffix("_FILE") not in made}
    assert set(schema()["properties"]["settings"]["properties"]) == expected


def test_every_value_that_is_described_exists():
    known = leaves(schema())
    groups = {each.partition(".")[0] for each in known}
    named = {name for name in quoted(text(README)) if re.fullmatch(r"[a-z]+\.[a-zA-Z.]+", name)}
    assert len(named) > 10
    assert {name for name in named if name not in known and not name.startswith("resources.")} == {"secrets.env"}
    for example in [each for each in blocks(text(README)) if "existing:" in each]:
        assert {name.partition(".")[0] for name in written(example)} <= groups
        assert {name for name in written(example) if not name.startswith("settings.")} <= known


def test_every_setting_that_is_described_exists():
    named = re.findall(r"\b[A-Z]+_[A-Z_]+\b", text(README))
    assert set(named) - SETTINGS == set()


@pytest.mark.parametrize("target", links(README))
def test_no_link_is_dead(target):
    assert not is_dead(README, target)


def test_the_versions_and_the_user_are_those_of_the_chart_and_the_image():
    oldest, newest = (each.removesuffix(".0") for each in OLDEST_AND_NEWEST)
    assert f"Kubernetes {oldest} or newer" in text(README)
    assert f"the schemas of Kubernetes {oldest} and {newest}" in text(README)
    assert set(re.findall(r"verbatim:([\d.]+)", text(README))) == {__version__}
    assert f"as user {argument('USER').partition(':')[0]} " in section(README, "What the pod may do")


def test_it_is_linked_from_the_other_documents():
    for document in ("docs/README.md", "docs/scaling.md", "docs/containers.md"):
        assert f"(../{README})" in text(document)

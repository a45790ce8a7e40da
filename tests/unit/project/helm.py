"""Render a chart with Helm's own library, and read it as Kubernetes would. `make test-deploy` runs it.

Its argument is {"chart": its folder, "kubernetes": versions, "cases": values by names, "written": objects in YAML} as
JSON. It writes JSON, too.
"""

import json
import sys
from typing import Any

import helm_python
import kubernetes_validate
import yaml

WITHOUT_SCHEMA = {"ServiceMonitor"}  # of the Prometheus operator, not of Kubernetes


def main() -> None:
    asked = json.loads(sys.argv[1])
    with helm_python.Chart.load(asked["chart"]) as chart:
        told = {
            "helm": helm_python.helm_sdk_version(),
            "written": [
                sentence
                for text in asked["written"]
                for each in read(text)
                for sentence in wrong(each, asked["kubernetes"])
            ],
            "metadata": chart.metadata,
            "values": chart.values,
            "cases": {
                name: rendered(chart, values, asked["kubernetes"], asked["chart"])
                for name, values in asked["cases"].items()
            },
        }
    json.dump(told, sys.stdout)


def rendered(chart: Any, values: dict[str, Any], versions: list[str], folder: str) -> dict[str, Any]:
    """What an installation would do with these values: a refusal, or manifests and what is wrong with them."""
    try:
        chart.validate_schema(values)
        files = chart.render(values=values, name="talk", namespace="bots")
    except helm_python.HelmError as error:
        return {"refused": str(error)}
    objects = [each for name, text in files.items() if name.endswith(".yaml") for each in read(text)]
    linted = helm_python.lint(folder, values, strict=True)["messages"]
    return {
        "objects": objects,
        "notes": files["verbatim/templates/NOTES.txt"],
        "wrong": [sentence for each in objects for sentence in wrong(each, versions)]
        + [message["error"] for message in linted if message["severity"] > 1],
    }


def wrong(what: dict[str, Any], versions: list[str]) -> list[str]:
    return [] if what["kind"] in WITHOUT_SCHEMA else [each for version in versions for each in refusals(what, version)]


def refusals(what: dict[str, Any], version: str) -> list[str]:
    try:
        kubernetes_validate.validate(what, version, strict=True)
    except kubernetes_validate.ValidationError as error:
        return [f"{what['kind']} for {version}: {error.message}"]
    return []


def read(text: str) -> list[dict[str, Any]]:
    """The objects in a file, none of which names a key twice: that would overwrite in silence."""
    for document in yaml.compose_all(text):
        refuse_twice(document)
    return [each for each in yaml.safe_load_all(text) if each is not None]


def refuse_twice(node: Any) -> None:
    if isinstance(node, yaml.MappingNode):
        keys = [key.value for key, _ in node.value]
        assert len(keys) == len(set(keys)), f"twice in one mapping: {keys}"
        for _, value in node.value:
            refuse_twice(value)
    elif isinstance(node, yaml.SequenceNode):
        for value in node.value:
            refuse_twice(value)


if __name__ == "__main__":
    main()

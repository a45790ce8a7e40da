import re

import pytest

from tests.unit.project.checkout import blocks, section, text
from tests.unit.project.image import argument

DOCUMENT = "docs/containers.md"


def test_the_user_the_folders_and_the_port_are_those_of_the_image():
    image = section(DOCUMENT, "The image")
    assert f"as user {argument('USER').partition(':')[0]} " in image
    assert f"the volume at `{argument('VOLUME')}`" in image
    assert "- /tmp:" in text("compose.yaml")
    (port,) = re.findall(r"HTTP_PORT=(\d+)", argument("ENV"))
    assert f"`HTTP_PORT` is {port}." in section(DOCUMENT, "Prometheus")


def test_the_time_for_a_stop_is_that_of_compose():
    (seconds,) = re.findall(r"stop_grace_period: (\d+)s", text("compose.yaml"))
    assert f"A stop gets {seconds} seconds" in section(DOCUMENT, "The image")


@pytest.mark.parametrize(
    ("title", "file"), [("Docker Compose", "compose.yaml"), ("Several replicas", "compose.postgres.yaml")]
)
def test_the_commands_name_the_service(title, file):
    commands, *_ = blocks(section(DOCUMENT, title))
    (service,) = re.findall(r"^services:\n(?:  #.*\n)*  (\w+):$", text(file), re.MULTILINE)
    assert set(re.findall(r"run --rm (\w+)", commands)) == {service}


def test_what_is_said_of_several_replicas_is_what_compose_gives_them():
    said_of_them, file = section(DOCUMENT, "Several replicas"), text("compose.postgres.yaml")
    asked = set(re.findall(r"\$\{(\w+):", file))
    assert set(re.findall(r'^echo "(\w+)=', said_of_them, re.MULTILINE)) == asked
    assert re.search(r"^          memory: 2g # 1 GB of it", file, re.MULTILINE)
    assert "may have 2 GB of memory, of which recordings take 1 GB" in said_of_them
    assert "POST requests to `/telegram` alone" in said_of_them
    assert "/telegram\n" in file

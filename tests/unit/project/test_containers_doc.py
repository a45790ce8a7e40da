import re

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


def test_the_commands_name_the_service():
    (commands,) = blocks(section(DOCUMENT, "Docker Compose"))
    (service,) = re.findall(r"^services:\n  (\w+):$", text("compose.yaml"), re.MULTILINE)
    assert set(re.findall(r"run --rm (\w+)", commands)) == {service}

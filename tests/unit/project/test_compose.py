"""What Docker Compose is told: one process on SQLite, or several replicas on PostgreSQL behind Caddy."""

import json
import re
from dataclasses import fields

import pytest

from bot.config import Settings, read_settings
from storage.postgres import engine
from tests.unit.project.checkout import ROOT, text
from tests.unit.project.image import argument

ONE, MANY, CADDY = "compose.yaml", "compose.postgres.yaml", "deploy/caddy/Caddyfile"
SERVICES = {ONE: ["verbatim", "telegram"], MANY: ["verbatim", "postgres", "caddy"]}
ALL = [(file, service) for file, services in SERVICES.items() for service in services]
WRITTEN = {"DOMAIN": "bot.example.org", "POSTGRES_PASSWORD": "0123456789abcdef"}  # what people write into .env


def block(outer: str, name: str, depth: int) -> str:
    """What stands below a key at a depth; empty where there is no such key."""
    found = re.search(rf"^{' ' * depth}{name}:[^\n]*\n((?:{' ' * depth}(?:  |- )[^\n]*\n|\n)*)", outer, re.MULTILINE)
    return found[1] if found else ""


def service(file: str, name: str) -> str:
    return block(block(text(file), "services", 0), name, 2)


def items(file: str, name: str, key: str) -> list[str]:
    """The list below a key of a service, without comments."""
    return re.findall(r"^      - (.+?)(?: #.*)?$", block(service(file, name), key, 4), re.MULTILINE)


def environment(file: str, name: str) -> dict[str, str]:
    """The variables that a service is given, once what is asked of .env is written there."""
    given = re.findall(r"^      ([A-Z_]+): (.+?)(?: #.*)?$", block(service(file, name), "environment", 4), re.MULTILINE)
    return {key: re.sub(r"\$\{(\w+):\?[^}]+\}", written, value.strip('"')) for key, value in given}


def written(asked: re.Match[str]) -> str:
    return WRITTEN[asked[1]]


def size(quantity: str) -> int:
    return int(quantity[:-1]) * {"g": 1024**3, "m": 1024**2}[quantity[-1]]


def limit(name: str, what: str) -> str:
    (found,) = re.findall(rf"^          {what}: (\w+)", block(service(MANY, name), "deploy", 4), re.MULTILINE)
    return found


def test_every_service_is_known():
    assert {
        file: re.findall(r"^  (\w+):$", block(text(file), "services", 0), re.MULTILINE) for file in SERVICES
    } == SERVICES


@pytest.mark.parametrize(("file", "name"), ALL)
def test_no_service_may_do_more_than_it_needs(file, name):
    lines = service(file, name).splitlines()
    assert "    read_only: true" in lines
    assert "    restart: unless-stopped" in lines
    assert items(file, name, "cap_drop") == ["ALL"]
    assert items(file, name, "cap_add") == (["NET_BIND_SERVICE"] if name == "caddy" else [])
    assert items(file, name, "security_opt") == ["no-new-privileges:true"]
    assert "privileged:" not in service(file, name)


@pytest.mark.parametrize(("file", "name"), ALL)
def test_only_caddy_is_reached_from_outside(file, name):
    assert items(file, name, "ports") == (['"80:80"', '"443:443"'] if name == "caddy" else [])


@pytest.mark.parametrize("file", SERVICES)
def test_the_bot_has_more_time_for_a_stop_than_it_needs(file):
    (seconds,) = re.findall(r"^    stop_grace_period: (\d+)s$", service(file, "verbatim"), re.MULTILINE)
    assert int(seconds) > 8
    assert "within 8 seconds" in text("docs/running.md")


def test_the_one_process_keeps_its_database_in_the_volume_of_the_image():
    assert items(ONE, "verbatim", "volumes")[0] == f"data:{argument('VOLUME')}"
    assert environment(ONE, "verbatim") == dict(pair.split("=", 1) for pair in argument("ENV").split())


def test_the_server_for_large_files_is_there_with_its_profile_alone():
    assert items(ONE, "telegram", "profiles") == ["large"]
    needs = block(block(service(ONE, "verbatim"), "depends_on", 4), "telegram", 6)
    assert re.findall(r"^        (\w+): (\w+)", needs, re.MULTILINE) == [
        ("condition", "service_started"),
        ("required", "false"),
    ]


def test_the_bot_may_read_the_files_of_that_server_and_write_none():
    (volume,), (_, seen) = items(ONE, "telegram", "volumes"), items(ONE, "verbatim", "volumes")
    assert seen == f"{volume}:ro"
    (user,) = re.findall(r'^    user: "(\d+:\d+)"', service(ONE, "telegram"), re.MULTILINE)
    assert items(ONE, "verbatim", "group_add") == [f'"{user.partition(":")[2]}"']
    (command,) = re.findall(r"^    entrypoint: (.+)$", service(ONE, "telegram"), re.MULTILINE)
    assert json.loads(command)[:2] == ["telegram-bot-api", "--local"]
    assert f"--dir={volume.partition(':')[2]}" in json.loads(command)
    assert set(re.findall(r"--temp-dir=([^\"]+)", command)) == {items(ONE, "telegram", "tmpfs")[0].partition(":")[0]}


def test_the_bot_understands_what_several_replicas_are_given():
    given = environment(MANY, "verbatim")
    assert given.pop("PYTHON_CPU_COUNT").isdecimal()  # which Python reads
    assert set(given) - {each.name.upper() for each in fields(Settings)} == set()
    secrets = {"telegram_bot_token": "123456:a-token-of-a-bot", "aimlapi_key": "a-key"}
    settings = read_settings(secrets | {name.lower(): value for name, value in given.items()})
    assert settings.http_host == "0.0.0.0"
    assert settings.webhook_url == "https://bot.example.org/telegram"


def test_the_bot_and_the_database_agree():
    server, given = environment(MANY, "postgres"), environment(MANY, "verbatim")
    user, password, database = (server[f"POSTGRES_{name}"] for name in ("USER", "PASSWORD", "DB"))
    assert given["DATABASE_URL"] == f"postgresql://{user}:{password}@postgres/{database}"
    check = re.findall(r"^      test: (.+)$", service(MANY, "postgres"), re.MULTILINE)[0]
    assert f'"--username={user}", "--dbname={database}"' in check
    assert "condition: service_healthy" in block(service(MANY, "verbatim"), "depends_on", 4)
    assert items(MANY, "postgres", "volumes") == ["postgres:/var/lib/postgresql/data"]


def test_the_database_is_of_a_version_that_is_supported_and_out_of_reach():
    (version,) = re.findall(r"^    image: postgres:(\d+)-bookworm$", service(MANY, "postgres"), re.MULTILINE)
    assert 14 <= int(version) <= 17  # from 18 on the volume stands at another place
    assert items(MANY, "postgres", "networks") == ["database"]
    assert "internal: true" in block(block(text(MANY), "networks", 0), "database", 2)
    assert items(MANY, "verbatim", "networks") == ["database", "web"]
    assert items(MANY, "caddy", "networks") == ["web"]


def test_caddy_hands_the_path_of_the_webhook_to_every_replica_and_nothing_else():
    given, caddy = environment(MANY, "verbatim"), text(CADDY)
    assert re.findall(r"^\{\$(\w+)\} \{$", caddy, re.MULTILINE) == ["DOMAIN"]
    assert environment(MANY, "caddy")["DOMAIN"] == "bot.example.org"
    assert re.findall(r"^\t\tpath (\S+)$", caddy, re.MULTILINE) == [
        given["WEBHOOK_URL"].removeprefix("https://bot.example.org")
    ]
    assert re.findall(r"dynamic a \{\n\t+name (\w+)\n\t+port (\d+)\n", caddy) == [("verbatim", given["HTTP_PORT"])]
    assert "\trespond 404\n}" in caddy
    assert given["METRICS_PORT"] not in caddy
    assert f"./{CADDY}:/etc/caddy/Caddyfile:ro" in items(MANY, "caddy", "volumes")
    assert (ROOT / CADDY).is_file()


def test_the_memory_of_a_replica_is_enough_for_its_recordings_and_every_ffmpeg():
    (room,) = re.findall(r"^/tmp:size=(\w+)$", "\n".join(items(MANY, "verbatim", "tmpfs")), re.MULTILINE)
    runs = int(environment(MANY, "verbatim")["PYTHON_CPU_COUNT"]) + 1
    assert size(limit("verbatim", "memory")) >= size(room) + (runs + 1) * 150 * 1024**2


@pytest.mark.parametrize("name", SERVICES[MANY])
def test_every_service_beside_others_has_limits(name):
    assert size(limit(name, "memory")) > 0
    assert int(limit(name, "pids")) > 0


def test_three_replicas_have_room_at_the_database_that_they_share():
    assert "      replicas: 3\n" in service(MANY, "verbatim")
    assert 3 * (engine.MOST_CONNECTIONS + engine.MOST_URGENT) < 100 - 3  # of PostgreSQL by default, less those it keeps


def test_the_python_of_the_image_can_be_told_how_many_processors_it_has():
    major, minor = re.match(r"python:(\d+)\.(\d+)-", argument("FROM")).groups()
    assert (int(major), int(minor)) >= (3, 13)


def test_every_volume_that_is_named_is_kept():
    for file, services in SERVICES.items():
        used = {item.partition(":")[0] for name in services for item in items(file, name, "volumes")}
        kept = set(re.findall(r"^  (\w+):$", block(text(file), "volumes", 0), re.MULTILINE))
        assert {name for name in used if not name.startswith(".")} == kept

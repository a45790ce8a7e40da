"""docs/playground.md says what there is, all of it, and nothing else."""

import argparse
import re

import pytest

from bot.__main__ import _parser
from bot.playground.demo import ports
from bot.playground.sim import bodies
from bot.playground.sim.server import ROUTES
from tests.sim.process import TalkingProcess
from tests.sim.sim_client import open_sim
from tests.unit.project.checkout import text
from tests.world import audio

PAGE = text("docs/playground.md")
ROWS = [
    [cell.strip() for cell in re.split(r"(?<!\\)\|", line.strip("|"))] for line in PAGE.splitlines() if line[:1] == "|"
]
STATIC = {"/page"}


def documented_routes():
    cells = [re.fullmatch(r"`([A-Z]+) (/\S+)`", row[0]) for row in ROWS]
    return [match.groups() for match in cells if match]


def shapes():
    """Each shape of the documentation: its fields, and whether they are always there."""
    (block,) = re.findall(r"^The state:\n\n```\n(.*?)```", PAGE, re.DOTALL | re.MULTILINE)
    found = re.findall(r"^(?:(\w+) +)?(\{.*?\})\n(?=\w|\{|\Z)", block, re.DOTALL | re.MULTILINE)
    return {name or "State": fields_in(body) for name, body in found}


def fields_in(body):
    inner = re.sub(r"\[\{[^}]*\}\]", "", body)
    return {name: not optional for name, optional in re.findall(r"[{,]\s*\"(\w+)\"(\?)?", inner)}


def test_every_route_is_documented_once_and_every_documented_one_is_there():
    routes = [
        (route.method, re.sub(r":[^{}]*(\{[^{}]*\})?[^{}]*\}", "}", route.path))
        for route in ROUTES
        if hasattr(route, "method")
    ]
    assert sorted(documented_routes()) == sorted(routes)
    assert {route.prefix for route in ROUTES if not hasattr(route, "method")} == STATIC


BODIES = {
    ("POST", "/sim/people"): bodies.NewPerson,
    ("POST", "/sim/chats"): bodies.NewChat,
    ("PATCH", "/sim/bot"): bodies.BotMode,
    ("POST", "/sim/links"): bodies.OpenLink,
    ("POST", "/sim/chats/{chat}/topics"): bodies.NewTopic,
    ("POST", "/sim/chats/{chat}/bot"): bodies.BotChange,
    ("PATCH", "/sim/chats/{chat}/permissions"): bodies.PermissionsChange,
    ("POST", "/sim/chats/{chat}/messages"): bodies.NewText,
    ("PATCH", "/sim/chats/{chat}/messages/{message}"): bodies.Edit,
    ("POST", "/sim/chats/{chat}/messages/{message}/forward"): bodies.Forward,
    ("POST", "/sim/chats/{chat}/messages/{message}/press"): bodies.Press,
    ("POST", "/sim/chats/{chat}/messages/{message}/reaction"): bodies.React,
    ("PUT", "/sim/faults/{name}"): bodies.Switch,
    ("POST", "/sim/telegram/faults"): bodies.TelegramFault,
    ("POST", "/sim/speech/faults"): bodies.SpeechFault,
    ("PATCH", "/sim/speech"): bodies.SpeechChange,
    ("POST", "/sim/process/kill-in-the-middle"): bodies.Middle,
}


@pytest.mark.parametrize(("route", "body"), BODIES.items(), ids=map(" ".join, BODIES))
def test_the_fields_of_every_body_are_documented(route, body):
    (row,) = [row for row in ROWS if row[0] == f"`{' '.join(route)}`"]
    documented = set().union(*(fields_in(shape) for shape in re.findall(r"\{.*?\}", row[1])))
    assert documented == {field.alias or name for name, field in body.model_fields.items()}


def test_the_fields_of_a_form_are_documented():
    (row,) = [row for row in ROWS if row[0] == "`POST /sim/chats/{chat}/files`"]
    documented = re.findall(r"`(\w+)`(\??)", row[1])
    expected = {
        (field.alias or name, "" if field.is_required() else "?") for name, field in bodies.NewFile.model_fields.items()
    }
    assert set(documented) == expected | {("file", "")}


async def everything_once(sim, process):
    """Something of each kind that a stream can be told."""
    buttons = {"inline_keyboard": [[{"text": "Cancel", "callback_data": "cancel"}]]}
    await sim.post("/sim/people", {"first_name": "Bob", "last_name": "Stone", "username": "bob_stone"})
    await sim.post("/sim/chats", {"type": "group", "title": "Hikers", "members": [1001, 1002]})
    await sim.bot("setMyCommands", commands=[{"command": "start", "description": "Begin"}])
    await sim.ask("PATCH", "/sim/bot", {"privacy": False})
    message = await sim.bot_says("one moment", reply_markup=buttons)
    query = sim.chat.press(sim.alice, message, "Cancel")
    await sim.bot("answerCallbackQuery", callback_query_id=query, text="Cancelled.")
    await sim.upload(audio())
    await sim.ask("PUT", "/sim/faults/telegram-429", {"on": True})
    process.says("job.submitted")
    process.change(note="It is well.")


async def test_the_events_are_those_of_the_documentation():
    documented = re.findall(r"`(\w+)`", " ".join(row[0] for row in ROWS if re.fullmatch(r"(`\w+`(, )?)+", row[0])))
    process = TalkingProcess()
    async with open_sim(process=process) as sim, sim.stream() as stream:
        process.notifier = sim.playground.notifier
        await everything_once(sim, process)
        await sim.wait_until_told(stream)
        await sim.ask("DELETE", "/sim/chats/1001/messages/1")
        await sim.wait_until_told(stream)
        assert {event for event, _ in stream.told} == set(documented) - {"demo", "playground"}


async def test_the_shapes_are_those_of_the_documentation():
    documented = shapes()
    process = TalkingProcess()
    async with open_sim(process=process) as sim:
        await everything_once(sim, process)
        state = await sim.get("/sim/state")
    shown = {
        "State": [state],
        "User": [state["bot"], *state["people"]],
        "Chat": state["chats"],
        "Permissions": [chat["permissions"] for chat in state["chats"]],
        "Sample": state["samples"],
        "Speech": [state["speech"]],
        "Fault": state["faults"],
        "Process": [state["process"]],
        "Call": state["calls"],
        "Line": state["log"],
    }
    assert documented.keys() == shown.keys()
    for name, found in shown.items():
        assert found
        for one in found:
            always = {field for field, required in documented[name].items() if required}
            assert always <= one.keys() <= documented[name].keys(), name


async def test_the_faults_are_those_of_the_documentation(sim):
    (row,) = [row for row in ROWS if row[0] == "`PUT /sim/faults/{name}`"]
    state = await sim.get("/sim/state")
    assert re.findall(r"`([\w-]+)`", row[2]) == [fault["name"] for fault in state["faults"]]


USUAL = {
    "--port": ports.PAGE_PORT,
    "--telegram-port": ports.TELEGRAM_PORT,
    "--speech-port": ports.SPEECH_PORT,
    "--token": "a new one",
    "--key": "a new one",
}


@pytest.mark.parametrize("command", ["demo", "playground"])
def test_the_options_and_their_defaults_are_those_of_the_command_line(command):
    table = ROWS[2 : next(place for place, row in enumerate(ROWS) if row[0] == "Request")]
    named, documented = "", {}
    for row in table:
        named = row[0].strip("`") or named
        documented.setdefault(named, {})[row[1].strip("`")] = row[2]
    (commands,) = [action for action in _parser()._actions if isinstance(action, argparse._SubParsersAction)]
    offered = {option for action in commands.choices[command]._actions for option in action.option_strings}
    assert documented[command] == {option: str(USUAL.get(option, "")) for option in offered - {"-h", "--help"}}

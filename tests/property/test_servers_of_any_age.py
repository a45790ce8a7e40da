"""Messages of older and newer Bot API servers: whatever form a part of one has, its recording is read.

`bot_api_types.json` has the types that a message is made of, with the types of their fields, as of Bot API 10.1.
"""

import json
from pathlib import Path

import pytest

from bot.engine.intake import Recording
from bot.telegram.downloading.file_limit import FileLimit
from bot.telegram.receiving.updates import MEDIA, read
from handlers.media import received
from tests.world import audio, texts

TYPES = json.loads(Path(__file__).with_name("bot_api_types.json").read_text())
DEEPEST = 2
UNLIMITED = FileLimit(10**40)
SIMPLE = {"Integer": 5, "Float": 0.5, "String": "text", "Boolean": True, "True": True}
ODD = (None, 5, True, "text", "\ud800", 10**30, [], [[]], {}, {"type": "new"})
NEEDED = ("message_id", "date", "chat")
FILE = {"file_id": "file", "file_unique_id": "unique"}
CARRIERS = [{name: FILE} for name in ("voice", "audio", "video_note", "video")]
CARRIERS.append({"document": FILE | {"mime_type": "audio/ogg"}})
PARTS = sorted(TYPES["Message"].keys() - set(NEEDED) - set(MEDIA))


def sample(kind, depth=0):
    """A value of a type of the Bot API with everything in it, as deep as DEEPEST."""
    if kind.startswith("Array of "):
        return [sample(kind.removeprefix("Array of "), depth)]
    if kind in SIMPLE:
        return SIMPLE[kind]
    known = TYPES[kind]
    if isinstance(known, list):
        return sample(known[0], depth)
    if depth == DEEPEST:
        return {}
    return {name: sample(kinds[0], depth + 1) for name, kinds in known.items()}


def mutilated(value):
    """The value with one place in it taken away or of another form, for every place and every form."""
    yield from ODD
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in list(children):
        if isinstance(value, dict):
            yield {name: each for name, each in value.items() if name != key}
        for other in mutilated(child):
            yield {**value, key: other} if isinstance(value, dict) else [other]


def message(**parts):
    return {"message_id": 7, "date": 1_800_000_000, "chat": {"id": -1005, "type": "supergroup"}} | parts


def heard(kind, content):
    """The recording that a message brings, by what must be known of it."""
    recording = received(getattr(read({"update_id": 1, kind: content}, None), kind), UNLIMITED)
    return isinstance(recording, Recording) and (recording.chat_id, recording.message_id, recording.file_id)


@pytest.mark.parametrize("part", PARTS)
def test_no_part_of_a_message_costs_its_recording(part):
    whole = sample(TYPES["Message"][part][0], 1)
    for other in (whole, *mutilated(whole)):
        assert heard("message", message(voice=FILE, **{part: other})) == (-1005, 7, "file"), other


@pytest.mark.parametrize("carrier", CARRIERS, ids=lambda carrier: next(iter(carrier)))
@pytest.mark.parametrize("kind", ["message", "channel_post"])
def test_nothing_about_a_file_costs_it_but_the_name_by_which_it_is_asked_for(carrier, kind):
    ((name, needed),) = carrier.items()
    whole = sample(TYPES["Message"][name][0], 1) | needed
    for other in (whole, *(each for each in mutilated(whole) if isinstance(each, dict))):
        content = message(**{name: other | {"file_id": "file"} | (needed if name == "document" else {})})
        assert heard(kind, content) == (-1005, 7, "file"), other


def test_nothing_else_about_a_chat_costs_a_recording():
    needed = {"id": -1005, "type": "supergroup"}
    for other in mutilated(sample("Chat", 1)):
        if isinstance(other, dict):
            assert heard("message", message(voice=FILE, chat=other | needed)) == (-1005, 7, "file"), other


@pytest.mark.parametrize("carrier", CARRIERS, ids=lambda carrier: next(iter(carrier)))
def test_a_message_with_everything_at_once_is_read(carrier):
    """Also where the other media are none. An animation comes with a document, which it is itself."""
    together = [part for part in PARTS if part != "animation" or "document" not in carrier]
    parts = {part: sample(TYPES["Message"][part][0], 1) for part in together}
    others = {name: {} for name in MEDIA}
    for each in (parts, parts | others, {name: [] for name in (*PARTS, "something_new")}, {}):
        assert heard("message", message(**each | carrier)) == (-1005, 7, "file")


async def test_it_is_answered_too(world):
    alice = world.telegram.user("Alice")
    for chat in (world.telegram.private(alice), world.telegram.supergroup("Team", [alice], privacy=False)):
        world.speech.says("heard")
        chat.send_voice(alice, audio())
        (update,) = world.telegram.pending_updates
        given = update["message"]
        update["message"] = {part: sample(TYPES["Message"][part][0], 1) for part in PARTS} | given
        await world.settle()
        assert texts(chat) == ["heard"]

"""Whatever stands between good updates: they are handled, each once, over real HTTP."""

import asyncio
import copy
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.world import World, audio


def _deep(depth):
    nested: object = 1
    for _ in range(depth):
        nested = [nested]
    return nested


ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.sampled_from([2**31, 2**63, -(2**63), 10**30, -1, 0, 1.5, 1e300]),
    st.sampled_from(["", "x", "\ud800", "\x00", "\u202e\x1b[2J", "9" * 5000, "a" * 5000]),
    st.recursive(
        st.one_of(st.none(), st.integers(), st.text(max_size=3)),
        lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=5), inner, max_size=3)),
        max_leaves=5,
    ),
    st.integers(100, 600).map(_deep),
)
KINDS = ("voice", "command", "choice", "press", "old press", "document", "migration", "membership", "asking", "quoting")


def _places(node, path=()):
    """Every place in some JSON, the root too."""
    yield path
    children = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, child in children:
        yield from _places(child, (*path, key))


def _changed(raw, path, value):
    """The JSON with something else in one place; a place is taken away for `...`."""
    if not path:
        return None if value is ... else value
    changed = copy.deepcopy(raw)
    node = changed
    for key in path[:-1]:
        node = node[key]
    if value is ...:
        del node[path[-1]]
    else:
        node[path[-1]] = value
    return changed


def _deepened(raw, depth):
    """Replies to replies to replies."""
    changed = copy.deepcopy(raw)
    node = changed.get("message", changed)
    for _ in range(depth):
        node["reply_to_message"] = {"message_id": 1, "date": 0, "chat": {"id": 1, "type": "private"}}
        node = node["reply_to_message"]
    return changed


class Town:
    """A bot that lives through all examples, somebody who sends odd updates, and somebody who does not."""

    def __init__(self, world):
        self.world = world
        self.eve, self.alice = world.telegram.user("Eve"), world.telegram.user("Alice")
        self.evil, self.chat = world.telegram.private(self.eve), world.telegram.private(self.alice)
        self.number = 0

    def samples(self):
        """One update of each kind, as Telegram would send it."""
        telegram, queue = self.world.telegram, self.world.telegram.state.updates
        evil, eve = self.evil, self.eve
        voice = evil.send_voice(eve, audio())
        evil.say(eve, "/model")
        evil.say(eve, "/model whisper-tiny")
        for shown in ({"date": 5, "reply_markup": _keyboard("cancel:1")}, {"date": 0}):
            message = {"message_id": 5, "chat": evil.as_json(), "from": telegram.state.bot.as_json()} | shown
            query = {"id": "7", "from": eve.as_json(), "chat_instance": "1", "data": "cancel:1", "message": message}
            telegram.queue_update("callback_query", query)
        evil.send_document(eve, b"x")
        telegram.queue_update("message", voice | {"voice": None, "migrate_to_chat_id": -1_000_000_000_777})
        bot = {"user": telegram.state.bot.as_json(), "can_send_messages": True, "is_member": True}
        changed = {"old_chat_member": bot | {"status": "left"}, "new_chat_member": bot | {"status": "restricted"}}
        group = {"id": -1_000_000_000_778, "type": "supergroup", "title": "Team"}
        telegram.queue_update("my_chat_member", {"chat": group, "from": eve.as_json(), "date": 5} | changed)
        evil.say(eve, "/transcribe", reply_to=voice)
        evil.say(eve, "/transcribe")
        origin = {"origin": {"type": "hidden_user", "sender_user_name": "Eve", "date": 1}}
        queue.pending[-1]["message"]["external_reply"] = origin | {"voice": voice["voice"]}
        samples = queue.pending[-len(KINDS) :]
        queue.drop()
        return dict(zip(KINDS, copy.deepcopy(samples), strict=True))

    async def hears(self, odd):
        telegram, handled = self.world.telegram, []
        store = self.world.app.store
        for update in [None, *odd]:
            if update is not None:
                telegram.queue_raw(update)
            self.chat.say(self.alice, f"/model {('whisper-tiny', 'whisper-small')[self.number % 2]}")
            handled.append(self.chat.send_voice(self.alice, audio())["message_id"])
            self.number += 1
        await self.world.app.receiver.turn(0)
        await self.world.app.replies.stop(1)
        await self.world.app.receiver.turn(0)
        sql = "SELECT message_id FROM jobs WHERE from_chat_id = $1"
        known = await store.engine.read(lambda found: {each["message_id"] for each in found}, sql, self.chat.id)
        assert set(handled) <= known
        chosen = (await store.settings(self.chat.id)).model
        assert chosen == f"whisper-{('small', 'tiny')[self.number % 2]}"
        assert telegram.pending_updates == []


def _keyboard(data):
    return {"inline_keyboard": [[{"text": "Cancel", "callback_data": data}]]}


@pytest.fixture(scope="module")
def runner():
    with asyncio.Runner() as runner:
        yield runner


@pytest.fixture(scope="module")
def town(runner):
    with tempfile.TemporaryDirectory() as folder:
        world = World(Path(folder), max_open_jobs_per_chat=1_000_000)
        life = _living(world)
        yield runner.run(anext(life))
        runner.run(anext(life, None))


async def _living(world):
    async with world.telegram, world.speech, world.running():
        yield Town(world)


@settings(max_examples=30)
@given(data=st.data())
def test_good_updates_are_handled_whatever_stands_between_them(town, runner, data):
    samples = town.samples()
    odd = []
    for _ in range(data.draw(st.integers(1, 6))):
        raw = samples[data.draw(st.sampled_from(KINDS))]
        for _ in range(data.draw(st.integers(1, 3))):
            if not isinstance(raw, dict | list):
                break
            path = data.draw(st.sampled_from(sorted(_places(raw), key=str)))
            raw = _changed(raw, path, data.draw(st.one_of(ODD, st.just(...))))
        odd.append(raw)
    runner.run(town.hears(odd))


def test_replies_to_replies_to_replies_do_not_matter(town, runner):
    samples = town.samples()
    runner.run(town.hears([_deepened(samples[kind], depth) for kind in KINDS for depth in (30, 300)]))

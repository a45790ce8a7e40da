"""Whatever Telegram refuses, wherever and whenever: one answer is seen, or none where none is possible."""

import asyncio
import tempfile
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from bot.engine import patience
from storage.words import FINAL, State
from tests.cases.places import GROUPS, TROUBLES, Place, Trouble
from tests.world import World, other_voice

MOMENTS = ("before the placeholder", "before the answer", "between pages")
ANSWERS = ("short", "pages", "document", "no speech", "apology")
SENTENCE = "The quick brown fox jumps over the lazy dog, and then it does so again. "
END = "And that is the end."
LENGTHS = {"short": 1, "pages": 140, "document": 180}
MOST_ANSWERS = {"pages": 4, "document": 5}  # as pages and, where the last one is refused, as a file or in private
FIRST_SECONDS, MOST_CALLS = 15.0, 5
SOON = 20.0
TRIES = 2 * patience.HOUR  # at an answer instead of a day, which would take the machine seconds


@dataclass(frozen=True)
class Scenario:
    """What is answered where, what Telegram refuses there from which moment on, and whether that ends soon.

    `begun`: a person in a group has begun a private chat with the bot as well.
    """

    kind: str
    trouble: Trouble
    answer: str
    moment: str
    ends: bool
    begun: bool

    @property
    def refuses_placeholder(self):
        return self.moment == MOMENTS[0] and "text" in self.trouble.stops

    @property
    def begins_in_time(self):
        """Whether the answer is not yet shown as a whole when Telegram begins to refuse."""
        return self.moment != MOMENTS[2] or self.answer == "pages"

    @property
    def must_be_answered(self):
        """Whether some form of the answer is possible in the end."""
        trouble = self.trouble
        if not self.begins_in_time:
            return not trouble.destroys
        if trouble.destroys:
            return False  # nobody can say what is left
        if self.ends:
            return trouble.known
        if "text" not in trouble.stops:
            return True
        if self.refuses_placeholder or self.answer not in LENGTHS:
            return False
        return "edit into a file" not in trouble.stops or (self.begun and self.kind in GROUPS and bool(trouble.end))

    @property
    def must_be_whole(self):
        """Whether the whole text is possible, and not only a sentence about it."""
        needs_file = self.answer == "document" and "file" in self.trouble.stops and self.begins_in_time
        beside = self.begun and self.kind in GROUPS
        return self.answer in LENGTHS and self.must_be_answered and (not needs_file or self.ends or beside)


def scenarios():
    def of(trouble):
        return st.builds(
            Scenario,
            st.sampled_from(trouble.kinds),
            st.just(trouble),
            st.sampled_from(ANSWERS),
            st.sampled_from(MOMENTS),
            st.booleans() if trouble.end else st.just(False),
            st.booleans(),
        )

    return st.sampled_from(TROUBLES).flatmap(of)


@pytest.fixture(scope="module")
def runner():
    with asyncio.Runner() as runner:
        yield runner


@pytest.fixture(scope="module")
def world(runner):
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as limits:
        limits.setattr(patience, "TRIES_FOR_AN_ANSWER", TRIES)
        life = _living(World(Path(folder)))
        yield runner.run(anext(life))
        runner.run(anext(life, None))


async def _living(world):
    async with world.telegram, world.speech, world.running():
        yield world


async def played(world, scenario):
    """Somebody speaks, Telegram begins to refuse at that moment, and perhaps ends it soon."""
    place = Place(world.telegram, scenario.kind, scenario.begun)
    length = LENGTHS.get(scenario.answer)
    world.speech.says(SENTENCE * length + END if length else "")
    watched = {MOMENTS[1]: "sendMessage", MOMENTS[2]: "editMessageText"}.get(scenario.moment)
    if watched is None:
        scenario.trouble.begin(place)
    else:
        world.telegram.watch(watched, lambda: scenario.trouble.begin(place), "after")
    began = world.clock()
    place.speak(b"no sound" if scenario.answer == "apology" else other_voice())
    await world.settle(SOON)
    if scenario.ends:
        scenario.trouble.end(place)
    await world.settle()
    world.telegram._server.faults.watchers.clear()
    return place, began


async def states_of(world, place):
    """The states of the jobs of a chat."""
    sql = "SELECT state FROM jobs WHERE from_chat_id = $1"
    return await world.app.store.engine.read(lambda found: [State(each["state"]) for each in found], sql, place.chat.id)


async def check(world, scenario):
    creates = len(world.speech.uploads)
    place, began = await played(world, scenario)
    paid, states = len(world.speech.uploads) - creates, await states_of(world, place)
    shown = [place.says(message)[:60] for message in place.written]
    told = f"{scenario}\nshown: {shown}\npaid: {paid}, jobs: {states}"
    assert all(state in FINAL for state in states), told
    assert paid <= 1, told
    if scenario.refuses_placeholder:
        assert place.calls(began, FIRST_SECONDS) <= MOST_CALLS, told
        assert paid == 0 or place.answers, told
    check_shown(scenario, place, told)


def check_shown(scenario, place, told):
    trouble = scenario.trouble
    if "delete" not in trouble.stops:
        assert len(place.unfinished) <= ("edit" in trouble.stops), told
    wholes = sum(END in place.says(message) for message in place.written)
    assert wholes <= 1, told
    assert len(place.answers) <= MOST_ANSWERS.get(scenario.answer, 1), told
    if scenario.must_be_answered:
        assert place.answers, told
    if scenario.must_be_whole:
        assert wholes == 1, told


@settings(max_examples=70, phases=(Phase.explicit, Phase.reuse, Phase.generate))
@given(scenario=scenarios())
def test_one_answer_is_seen_or_none_where_none_is_possible(world, runner, scenario):
    runner.run(check(world, scenario))

"""Who speaks in a long recording is the same person in all its parts, whatever numbers the provider gives."""

from dataclasses import replace

import pytest

from bot.playground.speech import Recognition, Word
from tests.flow.test_who_is_who import asked, name
from tests.levels import level_of
from tests.long import lecture
from tests.world import answers, texts

SECONDS = 104
SHARED = 7.5  # seconds, by two parts of a minute at the most
COPIED, ENCODED = ("-c:a", "aac", "-b:a", "32k", "-f", "mp4"), ("-f", "wav")
GUEST = range(50, 53)  # the seconds in which somebody speaks who says nothing else
PEOPLE = 3  # beside the guest, who take turns


def who(second):
    return PEOPLE if second in GUEST else second // 2 % PEOPLE


def as_told(names, *, seconds=SECONDS):
    """The text of a meeting in which a word is said every second."""
    turns = []
    for second in range(seconds):
        if second == 0 or who(second) != who(second - 1):
            turns.append(f"{names[who(second)]}:")
        turns[-1] += f" word{second}"
    return "\n\n".join(turns)


class Meeting:
    """A provider that hears a meeting, part by part, and gives those who speak other numbers in each part."""

    def __init__(self, shared):
        self.shared, self.parts, self.end = shared, 0, shared
        self.lengths, self.overheard = [], 0

    async def recognise(self, data, _model, _options):
        start = self.end - self.shared if self.parts else 0.0
        length = level_of(data).seconds
        self.end = start + length
        self.lengths.append(length)
        said = [second for second in range(SECONDS) if start <= second < self.end - 0.5]
        self.parts += 1
        words = tuple(
            Word(f"word{second}", second - start, second - start + 0.5, (who(second) + self.parts) % (PEOPLE + 1))
            for second in said
        )
        return Recognition(" ".join(word.text for word in words), words, length)


def meeting_with_a_break(output):
    """The sound of a meeting of whose three parts nothing can be heard in the second one."""
    return lecture(SECONDS, "-af", "volume=0:enable='between(t,25,79)'", *output)


@pytest.fixture
def alice(stopped_world):
    return stopped_world.telegram.user("Alice")


@pytest.fixture
def chat(stopped_world, alice):
    stopped_world.changed |= {"times_from_minutes": 0, "split_minutes": 1}
    stopped_world.changed |= {"nova_concurrency": 1, "nova_concurrency_most": 1}  # so that parts come in order
    return stopped_world.telegram.private(alice)


async def choose(world, chat, *, speakers):
    await world.app.store.change_settings(chat.id, lambda settings: replace(settings, speakers=speakers))


def heard_by(world, shared):
    meeting = Meeting(shared)
    world.speech.recognise = meeting.recognise
    return meeting


def send(chat, person, output=COPIED):
    chat.send_document(person, lecture(SECONDS, *output), file_name="meeting.m4a", mime_type="audio/mp4")


@pytest.mark.parametrize("output", [COPIED, ENCODED])
async def test_the_same_people_speak_in_all_parts_and_are_named_in_all_of_them(stopped_world, chat, alice, output):
    meeting = heard_by(stopped_world, SHARED)
    async with stopped_world.running() as world:
        await choose(world, chat, speakers=True)
        send(chat, alice, output)
        await world.settle(seconds=600)
        numbered = [f"Speaker {number + 1}" for number in range(PEOPLE + 1)]
        assert texts(chat) == [as_told(numbered)]
        assert meeting.parts == 3
        assert all(length <= 60 for length in meeting.lengths)
        question = await asked(world, chat, alice, chat.bot_messages[-1], "Speaker 2")
        await name(world, chat, alice, question, "Bob")
        assert texts(chat)[0] == as_told([numbered[0], "Bob", *numbered[2:]])


async def test_without_speakers_nothing_is_heard_twice(stopped_world, chat, alice):
    meeting = heard_by(stopped_world, 0.0)
    async with stopped_world.running() as world:
        send(chat, alice)
        await world.settle(seconds=600)
        assert meeting.parts == 3
        assert sum(meeting.lengths) == pytest.approx(SECONDS, abs=0.3)
        (text,) = texts(chat)
        assert text.split() == [f"word{second}" for second in range(SECONDS)]


async def test_the_parts_stay_the_same_after_a_death_whatever_the_chat_chose_meanwhile(stopped_world, chat, alice):
    meeting = heard_by(stopped_world, SHARED)
    stopped_world.speech.latency = 60.0
    async with stopped_world.running() as world:
        await choose(world, chat, speakers=True)
        send(chat, alice)
        await world.settle(seconds=70)
        assert 0 < meeting.parts < 3
    async with stopped_world.running() as world:
        await choose(world, chat, speakers=False)
        await world.settle(seconds=3600)
        assert meeting.parts == 3
        assert answers(chat) == [as_told([f"Speaker {number + 1}" for number in range(PEOPLE + 1)])]


@pytest.mark.parametrize("output", [COPIED, ENCODED])
async def test_a_part_in_which_nobody_is_heard_moves_no_time_and_shortens_nothing(stopped_world, chat, alice, output):
    stopped_world.speech.latency = 60.0  # so that the length is stored before the text is there
    async with stopped_world.running() as world:
        await world.app.store.change_settings(chat.id, lambda settings: replace(settings, speakers=True, times=True))
        world.speech.says(Recognition("Hello. Goodbye.", (Word("Hello.", 0, 1, 0), Word("Goodbye.", 20, 21, 1)), 25.0))
        chat.send_document(alice, meeting_with_a_break(output), file_name="meeting.m4a", mime_type="audio/mp4")
        await world.settle(seconds=3600)
        assert len(world.speech.uploads) == 2
        assert [job.audio_seconds for job in await world.jobs()] == [pytest.approx(SECONDS, abs=0.3)]
        times = [turn.partition(" ")[0] for turn in answers(chat)[0].split("\n\n")]
        minutes, _, seconds = times[-1].partition(":")
        assert times[:2] == ["0:00", "0:20"]
        assert 60 * int(minutes) + int(seconds) > SECONDS - 30

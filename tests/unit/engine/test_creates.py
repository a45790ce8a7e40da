"""Creates with providers that answer in each of the ways that the port allows."""

from dataclasses import replace

import pytest

from bot.engine.looks import Looks
from bot.engine.placing import Placing
from bot.engine.progress import Progress
from bot.engine.slots import Slots
from bot.engine.steps.creates import Creates
from bot.engine.steps.fetch import Fetch
from bot.engine.steps.looking import Looking
from bot.engine.steps.parts import Parts
from bot.engine.steps.side_by_side import SideBySide, _Sending
from bot.errors import RateLimitedError, TemporaryError
from bot.speech.catalogue import Family, find
from bot.speech.provider import Created, Done, Pending
from bot.uploads import Upload
from storage.apology import Reason
from storage.outcomes import Ready, Submitted
from storage.sqlite.engine import open_store
from storage.transcript import Segment, Transcript, Word
from storage.words import State
from tests.clock import Clock
from tests.contract.stored import NOW, again, claimed, recorded, uploading
from tests.migrated import migrated

MODEL = find("nova-2-general")
TTL = 3600.0


class Provider:
    """Gives the answers it was told to, in order; an exception among them is raised."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.asked = []

    async def submit(self, upload, model, options):
        self.asked.append((upload.start, model.name, options.language))
        return self._next()

    async def fetch(self, generation_id):
        self.asked.append(generation_id)
        return self._next()

    def _next(self):
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


class Unhurried:
    """Stands where the placeholder is sent, which these jobs have no chat for."""

    def line_up(self, job, placing):
        pass


@pytest.fixture
async def store(tmp_path):
    store = await open_store(migrated(tmp_path / "verbatim.db"), now=lambda: NOW)
    yield store
    await store.close()


def said(text):
    return Transcript(text, "en", 2.0, (Word(text, 0.5, 1.0),))


def parts(tmp_path, *starts):
    return tuple(Upload(tmp_path / "part.ogg", "audio/ogg", "audio.ogg", start, 600.0) for start in starts)


def creates(store, provider, clock=None):
    clock = clock or Clock()
    slots = Slots(dict.fromkeys(Family, 8), dict.fromkeys(Family, 99))
    return Creates(store, provider, Looks(40, clock), slots, TTL, clock)


def side_by_side(store, provider, clock):
    making = creates(store, provider, clock)
    looking = Looking(store, provider, making.looks, clock)
    return SideBySide(making, looking, Progress(store, None, clock), clock)


async def send_parts(store, provider, job, sources):
    """What comes of sending several parts side by side."""
    sending = side_by_side(store, provider, Clock())
    return await sending.send(job, MODEL, sources, await store.generations(job), Placing(), alone=False)


def fetch(store, provider, looks, clock):
    looking, progress = Looking(store, provider, looks, clock), Progress(store, None, clock)
    return Fetch(store, looking, Unhurried(), progress, looks, TTL, clock)


async def test_a_provider_that_answers_at_once_makes_the_job_ready(store, tmp_path):
    job = await uploading(store)
    provider = Provider(Done(said("hello")))
    outcome = await creates(store, provider).send(job, MODEL, parts(tmp_path, 0.0))
    assert outcome == Ready(said("hello"), NOW + TTL)
    assert (await recorded(store, job, outcome)).state is State.READY
    assert provider.asked == [(0.0, "nova-2-general", "auto")]


async def test_a_part_that_was_answered_at_once_is_not_sent_again_after_a_failure(store, tmp_path):
    job = await uploading(store)
    down = TemporaryError("down", reason=Reason.PROVIDER_DOWN)
    provider = Provider(Done(said("one")), down, Done(said("two")))
    with pytest.raises(TemporaryError):
        await send_parts(store, provider, job, parts(tmp_path, 0.0, 600.0))
    outcome = await send_parts(store, provider, job, parts(tmp_path, 0.0, 600.0))
    assert [start for start, _, _ in provider.asked] == [0.0, 600.0, 600.0]
    words = (Word("one", 0.5, 1.0), Word("two", 600.5, 601.0))
    assert outcome == Ready(Transcript("one\n\ntwo", "en", 602.0, words), NOW + TTL)


async def test_nothing_is_waited_for_once_the_moment_of_the_next_create_has_come(store, tmp_path):
    job, clock = await uploading(store), Clock()
    clock.pass_(100)
    by, sources = side_by_side(store, Provider(), clock), parts(tmp_path, 0.0, 600.0)
    sending = _Sending(by, job, MODEL, sources, Placing().known, Parts(2), alone=False, held=1)
    sending.create_at = clock()
    await sending._wait()


async def test_segments_of_parts_are_counted_from_the_start_of_the_recording(store, tmp_path):
    job = await uploading(store)
    one = Transcript("One.", "en", 2.0, segments=(Segment("One.", 0.5, 1.0),))
    two = Transcript("Two.", "en", 2.0, (Word("Two.", 0.5, 1.0, confidence=0.9),))
    outcome = await send_parts(store, Provider(Done(one), Done(two)), job, parts(tmp_path, 0.0, 600.0))
    words, segments = (Word("Two.", 600.5, 601.0, confidence=0.9),), (Segment("One.", 0.5, 1.0),)
    assert outcome == Ready(Transcript("One.\n\nTwo.", "en", 602.0, words, segments=segments), NOW + TTL)


async def test_the_time_that_an_answer_takes_is_part_of_the_wait_for_the_next_look(store, tmp_path):
    job = await uploading(store)
    outcome = await creates(store, Provider(Created("generation 1"))).send(job, MODEL, parts(tmp_path, 0.0))
    await recorded(store, job, outcome)
    job = replace(await claimed(store, outcome.first_look_at), interrupted=1)  # it is looked at once
    clock = Clock()
    clock.pass_(outcome.first_look_at - clock())

    class Slow(Provider):
        async def fetch(self, generation_id):
            clock.pass_(0.1)
            return Pending()

    outcome = await fetch(store, Slow(), Looks(1000, clock), clock)(job)
    assert outcome.next_at - NOW == pytest.approx(0.45, abs=0.002)


async def test_a_look_with_a_long_line_before_it_waits_in_the_database(store, tmp_path):
    job = await uploading(store)
    provider = Provider(Created("generation 1"))
    outcome = await creates(store, provider).send(job, MODEL, parts(tmp_path, 0.0))
    await recorded(store, job, outcome)
    job, clock = await claimed(store, outcome.first_look_at), Clock()
    looks = Looks(0.01, clock)
    await looks.turn(replace(job, id=2), clock())
    outcome = await fetch(store, provider, looks, clock)(job)
    assert outcome.next_at - clock() == pytest.approx(100.0)
    assert len(provider.asked) == 1, "the create"


async def test_only_a_part_that_was_not_answered_at_once_is_asked_for(store, tmp_path):
    job = await uploading(store)
    provider = Provider(Done(said("one")), Created("generation 2"), Done(said("two")))
    outcome = await send_parts(store, provider, job, parts(tmp_path, 0.0, 600.0))
    assert isinstance(outcome, Submitted)
    await recorded(store, job, outcome)
    job = await claimed(store, outcome.first_look_at)
    outcome = await fetch(store, provider, Looks(40, clock := Clock()), clock)(job)
    assert provider.asked[-1] == "generation 2"
    assert isinstance(outcome, Ready)
    assert outcome.transcript.text == "one\n\ntwo"
    assert (await again(store, job)).state is State.SUBMITTED


async def test_a_create_that_got_through_with_the_last_slot_offers_one_more(store, tmp_path):
    creating = creates(store, Provider(Created("1"), Created("2")))
    outcome = await creating.send(await uploading(store, 1), MODEL, parts(tmp_path, 0.0))
    assert outcome.slots == {}
    outcome = await creating.send(await uploading(store, 2), MODEL, parts(tmp_path, 0.0), took_last=True)
    assert outcome.slots == {"nova": 9}
    assert await creating.slots_now(Family.NOVA) == 9


async def test_a_create_that_got_through_while_another_job_found_no_slot_offers_one_more(store, tmp_path):
    creating = creates(store, Provider(Created("1"), Created("2")))
    creating.slots.lack(Family.NOVA)
    outcome = await creating.send(await uploading(store, 1), MODEL, parts(tmp_path, 0.0))
    assert outcome.slots == {"nova": 9}
    outcome = await creating.send(await uploading(store, 2), MODEL, parts(tmp_path, 0.0))
    assert outcome.slots == {}


async def test_while_the_provider_asks_for_patience_there_is_no_slot_and_nothing_is_sent(store, tmp_path):
    clock = Clock()
    provider = Provider(RateLimitedError("too many", retry_after=7.0), Created("2"))
    creating = creates(store, provider, clock)
    with pytest.raises(RateLimitedError):
        await creating.send(await uploading(store, 1), MODEL, parts(tmp_path, 0.0))
    clock.pass_(3)
    assert [await creating.slots_now(family) for family in Family] == [0, 0]
    prepared = await uploading(store, 2)
    with pytest.raises(RateLimitedError) as caught:
        await creating.send(prepared, MODEL, parts(tmp_path, 0.0))
    assert caught.value.retry_after == 4
    assert len(provider.asked) == 1

    clock.pass_(4)
    assert [await creating.slots_now(family) for family in Family] == [4, 8]
    outcome = await creating.send(prepared, MODEL, parts(tmp_path, 0.0))
    assert outcome.slots == {"nova": 4, "whisper": 8}, "all that are free are offered: those who waited asked in vain"

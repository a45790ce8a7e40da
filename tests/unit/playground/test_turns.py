"""Who speaks, in what the playground hears."""

from bot.playground.sim.provider import Provider
from bot.playground.speech import FakeSpeech, Recognition, Word, conversation
from bot.playground.speech.recognition import in_turns, spoken


def speakers(heard):
    return [word.speaker for word in heard.words]


def test_in_a_conversation_two_speak_in_turn_one_after_the_other():
    heard = conversation("Hello, Ann.", "Hello!", "Fine?")
    assert heard.text == "Hello, Ann. Hello! Fine?"
    assert speakers(heard) == [0, 0, 1, 0]
    assert [(word.start, word.end) for word in heard.words] == [(0.0, 0.4), (0.4, 0.8), (1.6, 2.0), (2.8, 3.2)]
    assert heard.duration == 3.2


def test_a_conversation_of_nothing_is_silence():
    assert conversation() == spoken("")


def test_two_take_turns_at_the_pauses_unless_speakers_are_known():
    words = tuple(Word("a", at, at + 0.5) for at in (0.0, 0.6, 2.0, 2.5, 4.0))
    assert speakers(in_turns(Recognition("a a a a a", words))) == [0, 0, 1, 1, 0]
    known = conversation("One", "two")
    assert in_turns(known) == known


async def test_the_provider_of_a_playground_has_speakers_for_those_who_ask():
    async def hear(_data, _model, _options):
        return Recognition("a b", (Word("a", 0.0, 0.5), Word("b", 2.0, 2.5)))

    speech = FakeSpeech()
    provider = Provider("an engine", speech, hear)
    assert speakers(await speech.recognise(b"", "nova-2-general", {"diarize": "true"})) == [0, 1]
    assert speakers(await speech.recognise(b"", "nova-2-general", {})) == [0, 0]
    provider.says = "Good morning.\n\nHello!"
    heard = await speech.recognise(b"", "nova-2-general", {"diarize": "true"})
    assert (heard.text, speakers(heard)) == ("Good morning. Hello!", [0, 0, 1])
    provider.says = "one line"
    assert await speech.recognise(b"", "nova-2-general", {}) == spoken("one line")

"""The same recognition in every dialect the AI/ML API has been seen to speak."""

from dataclasses import replace

import pytest

from bot.playground.speech import Generation, Recognition, Word, answers
from bot.playground.speech.recognition import spoken
from bot.playground.speech.records import Failure
from bot.playground.speech.sentences import paragraphs

DIALOGUE = Recognition(
    "Hello, Ann. How are you? Fine!",
    (
        Word("Hello,", 0.0, 0.4),
        Word("Ann.", 0.4, 0.8),
        Word("How", 1.0, 1.2),
        Word("are", 1.2, 1.4),
        Word("you?", 1.4, 1.8),
        Word("Fine!", 2.0, 2.5, speaker=1),
    ),
    duration=3.0,
)
PLAIN = Generation("g1", "nova-2-general", "nova", "0" * 64, {}, created_at=0.0, ready_at=2.0)


def generation(**options):
    return replace(PLAIN, options=options)


def result(dialect="deepgram", heard=DIALOGUE, **options):
    return answers.completed(dialect, generation(**options), heard, "completed")["result"]


def alternative(**options):
    return result(**options)["results"]["channels"][0]["alternatives"][0]


@pytest.mark.parametrize("dialect", ["deepgram", "deepgram-channels-object", "root", "assembly", "text"])
def test_a_pending_generation_has_nothing_but_a_status(dialect):
    assert answers.pending(dialect, PLAIN, "queued") == {"status": "queued"}


@pytest.mark.parametrize("dialect", ["deepgram", "deepgram-channels-object", "root", "assembly", "text"])
def test_a_failed_generation_says_why(dialect):
    failure = Failure("cancelled", {"name": "X", "message": "y"})
    assert answers.failed(dialect, PLAIN, failure) == {"status": "cancelled", "error": {"name": "X", "message": "y"}}


def test_the_output_form_names_everything_even_when_there_is_nothing():
    assert answers.pending("output", PLAIN, "queued") == {"id": "g1", "status": "queued", "output": None, "error": None}
    failure = Failure("error", {"name": "X", "message": "y"})
    assert answers.failed("output", PLAIN, failure)["error"] == {"name": "X", "message": "y"}
    assert answers.completed("output", PLAIN, DIALOGUE, "completed")["output"] == result()


def test_the_root_form_has_the_result_beside_the_status():
    answer = answers.completed("root", PLAIN, DIALOGUE, "success")
    assert answer == {"status": "success", **result()}


def test_the_deepgram_form_has_the_metadata_of_the_recording():
    metadata = result()["metadata"]
    assert (metadata["duration"], metadata["channels"], metadata["sha256"]) == (3.0, 1, "0" * 64)
    assert metadata["created"] == "1970-01-01T00:00:00+00:00"
    assert metadata["models"] == list(metadata["model_info"]) == ["nova-2-general"]


def test_words_are_bare_unless_punctuation_was_asked_for():
    assert alternative()["words"][0] == {"word": "hello", "start": 0.0, "end": 0.4, "confidence": 0.98}
    for option in ("punctuate", "smart_format"):
        assert alternative(**{option: "true"})["words"][0]["punctuated_word"] == "Hello,"


def test_speakers_are_told_only_when_asked_for():
    assert [word["speaker"] for word in alternative(diarize="true")["words"]] == [0, 0, 0, 0, 0, 1]
    assert "speaker" not in alternative()["words"][0]


def test_paragraphs_are_laid_out_when_asked_for():
    assert "paragraphs" not in alternative()
    laid_out = alternative(paragraphs="true")["paragraphs"]
    assert laid_out["transcript"] == "\nHello, Ann. How are you?\n\nFine!"
    first, second = laid_out["paragraphs"]
    assert first == {
        "sentences": [
            {"text": "Hello, Ann.", "start": 0.0, "end": 0.8},
            {"text": "How are you?", "start": 1.0, "end": 1.8},
        ],
        "num_words": 5,
        "start": 0.0,
        "end": 1.8,
    }
    assert second["num_words"] == 1


def test_paragraphs_name_their_speakers_when_asked_for():
    laid_out = alternative(smart_format="true", diarize="true")["paragraphs"]
    assert laid_out["transcript"] == "\nSpeaker 0: Hello, Ann. How are you?\n\nSpeaker 1: Fine!"
    assert [paragraph["speaker"] for paragraph in laid_out["paragraphs"]] == [0, 1]


def test_utterances_come_when_asked_for():
    assert "utterances" not in result()["results"]
    *_, last = result(utterances="true", diarize="true")["results"]["utterances"]
    assert (last["transcript"], last["start"], last["end"], last["speaker"]) == ("Fine!", 2.0, 2.5, 1)
    assert len(last["words"]) == 1


def test_the_language_is_told_when_it_had_to_be_detected():
    channel = result(detect_language="true")["results"]["channels"][0]
    assert (channel["detected_language"], channel["language_confidence"]) == ("en", 0.98)


def test_the_specification_has_one_channel_and_many_paragraph_lists():
    results = result("deepgram-channels-object", paragraphs="true")["results"]
    told = results["channels"]["alternatives"][0]
    assert told["transcript"] == DIALOGUE.text
    assert [one["transcript"] for one in told["paragraphs"]] == ["\nHello, Ann. How are you?\n\nFine!"]
    assert "paragraphs" not in result("deepgram-channels-object")["results"]["channels"]["alternatives"][0]


def test_silence_has_neither_words_nor_paragraphs():
    silence = result(heard=spoken(""), smart_format="true")["results"]["channels"][0]["alternatives"][0]
    assert silence == {"transcript": "", "confidence": 0.0, "words": []}
    assert paragraphs(()) == []


def test_the_assembly_form_counts_milliseconds_and_letters_its_speakers():
    told = result("assembly", diarize="true")
    assert (told["text"], told["language_code"], told["audio_duration"]) == (DIALOGUE.text, "en", 3.0)
    assert told["words"][-1] == {
        "text": "Fine!",
        "start": 2000,
        "end": 2500,
        "confidence": 0.98,
        "speaker": "B",
    }
    assert [one["speaker"] for one in told["utterances"]] == ["A", "A", "B"]
    assert told["utterances"][-1]["start"] == 2000


def test_the_assembly_form_is_without_speakers_unless_asked_for():
    told = result("assembly")
    assert told["utterances"] == []
    assert "speaker" not in told["words"][0]


def test_the_text_form_is_text_and_usage():
    told = result("text")
    assert told["text"] == DIALOGUE.text
    assert told["usage"]["total_tokens"] == told["usage"]["input_tokens"] + told["usage"]["output_tokens"] == 36


def test_words_are_spoken_at_an_even_pace():
    heard = spoken("one two three", language="pl")
    assert [(word.text, word.start, word.end) for word in heard.words] == [
        ("one", 0.0, 0.4),
        ("two", 0.4, 0.8),
        ("three", 0.8, 1.2),
    ]
    assert (heard.duration, heard.language) == (1.2, "pl")

"""Reading the answers of the AI/ML API, in every dialect."""

import json
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import TemporaryError
from bot.speech.aimlapi.answers import Balance, read_balance, read_created, read_fetched, undocumented_status
from bot.speech.provider import Created, Done, Failed, Pending, Unreadable
from storage.statements.encoding import decode_transcript, encode_transcript
from storage.transcript import MOST_WORDS, Segment, Transcript, Word, shortened


def word(text, start, end, **more):
    return {"word": text.strip(".,!").lower(), "start": start, "end": end, "confidence": 0.9} | more


def channel(transcript, words=(), **more):
    alternative = {"transcript": transcript, "confidence": 0.99, "words": list(words)} | more
    return {"alternatives": [alternative]}


def deepgram(*channels, **results):
    return {"metadata": {"duration": 2.5}, "results": {"channels": list(channels)} | results}


def completed(result):
    return {"status": "completed", "result": result}


def transcript(body):
    answer = read_fetched(body)
    assert isinstance(answer, Done)
    return answer.transcript


HELLO = deepgram(channel("Hello world."))


@pytest.mark.parametrize(
    "body",
    [
        {"generation_id": "abc-1"},
        {"generation_id": "abc-1", "status": "queued"},
        {"id": "abc-1", "status": "queued"},
        {"generation_id": None, "id": "abc-1"},
        {"generation_id": "../abc", "id": "abc-1"},
        {"generation_id": "abc-1", "id": "something else"},
    ],
)
def test_a_created_generation_is_known_by_its_id(body):
    assert read_created(body) == Created("abc-1")


@pytest.mark.parametrize(
    "body",
    [
        {},
        None,
        [],
        "abc",
        {"generation_id": ""},
        {"generation_id": "  "},
        {"id": 7},
        {"id": "x" * 129},
        {"id": "../billing/balance"},
        {"id": ".."},
        {"id": "a/b"},
        {"id": "a?b"},
        {"id": "a#b"},
        {"id": "a%2fb"},
        {"id": " a"},
        {"id": ":a"},
        {"id": "\x1b[31m"},
        {"id": "идентификатор"},
        {"id": "a\nb"},
        {"id": "\ud800"},
    ],
)
def test_a_create_without_a_usable_id_may_have_been_carried_out(body):
    with pytest.raises(TemporaryError) as caught:
        read_created(body)
    assert caught.value.sure is False


@pytest.mark.parametrize(
    "status", ["waiting", "active", "queued", "generating", "processing", "pending", "running", " Queued "]
)
def test_a_documented_status_before_the_end_is_pending_and_known(status):
    assert read_fetched({"status": status}) == Pending()
    assert undocumented_status({"status": status}) is None


def test_a_status_nobody_has_heard_of_is_pending_and_unknown():
    assert read_fetched({"status": "Contemplating"}) == Pending()
    assert undocumented_status({"status": "Contemplating"}) == "contemplating"


def test_an_unknown_status_is_cut_short():
    assert undocumented_status({"status": "x" * 500}) == "x" * 40


@pytest.mark.parametrize("status", ["completed", "failed", "", None, 7])
def test_an_end_and_no_status_at_all_are_documented(status):
    assert undocumented_status({"status": status}) is None


@pytest.mark.parametrize("status", ["completed", "succeeded", "success", "done", "COMPLETED", None, "", 200])
def test_a_result_is_read_when_the_status_says_done_or_says_nothing(status):
    assert transcript({"status": status, "result": HELLO}).text == "Hello world."


@pytest.mark.parametrize("status", ["error", "failed", "cancelled", "canceled", "timeout", "ERROR"])
def test_a_failed_generation_says_so(status):
    assert read_fetched({"status": status}) == Failed(status.lower(), "")


@pytest.mark.parametrize(
    ("more", "name", "message"),
    [
        ({"error": {"name": "BadAudio", "message": "cannot\n decode"}}, "BadAudio", "cannot decode"),
        ({"error": {"message": None}, "message": "see above"}, "error", ""),
        ({"error": "cannot decode"}, "error", "cannot decode"),
        ({"error": None, "message": "cannot decode"}, "error", "cannot decode"),
        ({"error": {"name": 5, "message": ["a"]}}, "error", ""),
        ({"error": {"message": "x" * 999}}, "error", "x" * 200),
    ],
)
def test_a_failure_is_told_in_the_providers_words_cut_short(more, name, message):
    assert read_fetched({"status": "error"} | more) == Failed(name, message)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("REMOTE_CONTENT_ERROR", "no"),
        ("FetchError", ""),
        ("Error", "Could not download the file"),
        ("Error", "the URL is not reachable"),
        ("BAD_URL", ""),
        ("Error", "failed to retrieve"),
        ("Error", "getaddrinfo ENOTFOUND example.com"),
        ("AxiosError", "Request failed with status code 404"),
        ("Error", "the host cannot be reached"),
        ("Error", "unable to access the audio"),
    ],
)
def test_a_generation_that_failed_for_its_link_says_so(name, message):
    assert read_fetched({"status": "failed", "error": {"name": name, "message": message}}).unreachable


@pytest.mark.parametrize(
    "message",
    ["corrupt or unsupported data", "the recording could not be processed", "no access to this model", "hourly", ""],
)
def test_a_generation_that_failed_for_another_reason_does_not(message):
    assert not read_fetched({"status": "failed", "error": {"name": "Error", "message": message}}).unreachable


@pytest.mark.parametrize(
    "body",
    [
        {"status": "completed", "result": HELLO},
        {"status": "completed", "output": HELLO, "id": "x", "error": None},
        {"status": "completed", "result": None, "output": HELLO},
        {"status": "completed", "result": {"metadata": {}}, "output": HELLO},
        {"status": "completed"} | HELLO,
        HELLO,
        {"status": "completed", "result": HELLO["results"]},
    ],
)
def test_the_result_is_found_under_result_under_output_or_at_the_root(body):
    assert transcript(body).text == "Hello world."


@pytest.mark.parametrize(
    "body",
    [
        {"status": "completed"},
        {"status": "completed", "result": None},
        {"status": "completed", "result": {"metadata": {"duration": 3}}},
        {"status": "completed", "result": {"results": {"channels": []}}},
        {"status": "completed", "result": {"results": {"channels": [{"alternatives": []}]}}},
        {"status": "completed", "result": {"results": {"channels": [{"alternatives": [{"words": 5}]}]}}},
        {"status": "completed", "result": {"results": {"channels": [], "utterances": [{"start": 1}]}}},
        {"status": "completed", "result": {"text": None}},
        {"status": "done", "output": "said"},
    ],
)
def test_done_without_a_readable_result_is_unreadable_and_not_silence(body):
    assert read_fetched(body) == Unreadable()


@pytest.mark.parametrize("body", [{}, None, [], "completed", {"result": None}, {"status": None}])
def test_an_answer_with_neither_status_nor_result_is_a_failed_look(body):
    with pytest.raises(TemporaryError):
        read_fetched(body)


def test_a_nova_answer_is_read_whole():
    words = [
        word("Hello,", 0.1, 0.5, punctuated_word="Hello,", speaker=0),
        word("world.", 0.6, 1.0, punctuated_word="world.", speaker=1),
    ]
    result = deepgram(channel("Hello, world.", words) | {"detected_language": "en"})
    assert transcript(completed(result)) == Transcript(
        "Hello, world.", "en", 2.5, (Word("Hello,", 0.1, 0.5, "0", 0.9), Word("world.", 0.6, 1.0, "1", 0.9))
    )


def test_channels_may_be_one_object_and_paragraphs_an_array():
    paragraphs = [{"transcript": "\nOne.\n\nTwo.", "paragraphs": {"sentences": [{"text": "One."}]}}]
    result = {"results": {"channels": channel("One. Two.", paragraphs=paragraphs)}}
    assert transcript(completed(result)).text == "One.\n\nTwo."


def test_paragraphs_are_preferred_when_they_say_the_same():
    paragraphs = {"transcript": "\nOne.\n\nTwo.", "paragraphs": []}
    assert transcript(completed(deepgram(channel("One. Two.", paragraphs=paragraphs)))).text == "One.\n\nTwo."


def test_speaker_labels_nobody_said_are_left_out_and_the_paragraphs_stay():
    sentences = [
        {"speaker": 0, "sentences": [{"text": "One."}, {"text": "Two."}]},
        {"speaker": 1, "sentences": [{"text": "Three."}]},
    ]
    paragraphs = {"transcript": "\nSpeaker 0: One. Two.\n\nSpeaker 1: Three.", "paragraphs": sentences}
    result = deepgram(channel("One. Two. Three.", paragraphs=paragraphs))
    assert transcript(completed(result)).text == "One. Two.\n\nThree."


LABELLED = "Speaker 0: One. Two.\n\nSpeaker 1: Three."


@pytest.mark.parametrize("said", [None, "", LABELLED])
def test_labels_are_left_out_where_they_are_all_that_there_is(said):
    words = [word("One.", 0, 1), word("Two.", 1, 2), word("Three.", 2, 3)]
    read = transcript(completed(deepgram(channel(said, words, paragraphs={"transcript": LABELLED}))))
    assert read.text == "One. Two.\n\nThree."


def test_labels_that_were_said_stay():
    words = [word("Speaker", 0, 1), word("1:", 1, 2), word("Hello.", 2, 3)]
    assert transcript(completed(deepgram(channel("Speaker 1: Hello.", words)))).text == "Speaker 1: Hello."


def test_words_have_the_speakers_of_the_paragraphs_or_turns_that_they_are_in():
    words = [word("One.", 0, 1), word("Two.", 1.5, 2), word("Three.", 9, 10)]
    turns = [{"start": 1.5, "end": 3.0, "speaker": 1}, {"start": 0.0, "end": 1.0, "speaker": 0}, {"start": 4, "end": 5}]
    by_paragraph = deepgram(channel("One. Two. Three.", words, paragraphs={"paragraphs": turns}))
    by_turn = deepgram(channel("One. Two. Three.", words), utterances=turns)
    for result in (by_paragraph, by_turn):
        assert [each.speaker for each in transcript(completed(result)).words] == ["0", "1", None]


def test_words_that_have_speakers_keep_them():
    words = [word("One.", 0, 1) | {"speaker": 2}, word("Two.", 1.5, 2)]
    result = deepgram(channel("One. Two.", words), utterances=[{"start": 0, "end": 9, "speaker": 0}])
    assert [each.speaker for each in transcript(completed(result)).words] == ["2", None]


def test_paragraphs_that_say_something_else_are_not_believed():
    paragraphs = {"transcript": "Speaker 0: One.", "paragraphs": [{"sentences": [{"text": "Ten."}, None]}]}
    assert transcript(completed(deepgram(channel(" One. ", paragraphs=paragraphs)))).text == "One."


def test_paragraphs_stand_in_for_a_missing_transcript():
    assert transcript(completed(deepgram(channel(None, paragraphs={"transcript": "One."})))).text == "One."


def test_words_stand_in_for_a_missing_transcript():
    words = [word("so", 0, 1), word("be", 1, 2), word("it", 2, 3)]
    assert transcript(completed(deepgram(channel(None, words)))).text == "so be it"


def test_utterances_stand_in_for_missing_channels():
    utterances = [
        {"start": 0, "end": 1, "transcript": "Hello.", "speaker": 0, "words": [word("Hello", 0, 1, speaker=0)]},
        {"start": 1, "end": 2, "transcript": " ", "speaker": 1},
        {"start": 2, "end": 3, "transcript": "Bye.", "speaker": 1},
    ]
    read = transcript(completed({"results": {"channels": None, "utterances": utterances}}))
    words, segments = (Word("hello", 0, 1, "0", 0.9),), (Segment("Bye.", 2, 3, "1"),)
    assert read == Transcript("Hello.\nBye.", duration=3, words=words, segments=segments)


def test_silence_is_an_empty_text_and_not_an_error():
    assert transcript(completed(deepgram(channel("")))) == Transcript("", duration=2.5)


def test_channels_of_their_own_are_told_one_after_the_other_and_their_words_in_order_of_time():
    result = deepgram(
        channel("Hello?", [word("Hello?", 1.0, 1.5, speaker=0)]),
        channel(""),
        channel("Hi. Bye.", [word("Hi.", 0.5, 0.9, speaker=0), word("Bye.", 2.0, 2.5, speaker=1)]),
    )
    read = transcript(completed(result))
    assert read.text == "Hello?\n\nHi. Bye."
    assert [(w.text, w.speaker) for w in read.words] == [("hi", "1"), ("hello?", "0"), ("bye", "1")]


def test_the_same_voice_in_both_channels_is_told_once():
    left = channel("Hello.", [word("Hello.", 0.0, 0.5)])
    right = channel("Hello.", [word("Hello.", 0.1, 0.6)])
    read = transcript(completed(deepgram(left, right, channel(""))))
    assert read == Transcript("Hello.", duration=2.5, words=(Word("hello", 0.0, 0.5, confidence=0.9),))


def test_all_channels_silent_is_silence():
    assert transcript(completed(deepgram(channel(""), channel("")))).text == ""


def test_a_broken_channel_does_not_hide_a_sound_one():
    assert transcript(completed(deepgram(None, {"alternatives": [None]}, channel("Hi.")))).text == "Hi."


@pytest.mark.parametrize(
    "broken",
    [
        None,
        "word",
        {"word": 5, "start": 0, "end": 1},
        {"word": "", "start": 0, "end": 1},
        {"word": None, "start": None, "end": None},
    ],
)
def test_what_is_no_word_is_left_out_and_the_rest_is_kept(broken):
    read = transcript(completed(deepgram(channel("Yes.", [broken, word("Yes.", 0, 1)]))))
    assert [w.text for w in read.words] == ["yes"]


@pytest.mark.parametrize("broken", [None, "1", -1, True, {}, float("nan"), float("inf"), 10**400])
def test_a_word_without_a_time_is_placed_between_its_neighbours(broken):
    lost = {"word": "lost", "start": broken, "end": broken, "speaker": 1, "confidence": 0.5}
    spoken = [word("One", 0, 1, speaker=0), lost, {"word": "word"}, word("two.", 2.6, 3, speaker=0)]
    read = transcript(completed(deepgram(channel("One lost word two.", spoken))))
    assert [(w.text, w.start, w.end, w.speaker, w.confidence) for w in read.words] == [
        ("one", 0, 1, "0", 0.9),
        ("lost", 1, 1.8, "1", 0.5),
        ("word", pytest.approx(1.8), pytest.approx(2.6), None, None),
        ("two", 2.6, 3, "0", 0.9),
    ]


def test_a_word_with_one_time_keeps_it():
    spoken = [word("One", 0, 1), {"word": "two", "start": 1.5}, {"word": "four", "end": 2.5}, word("five", 3, 4)]
    read = transcript(completed(deepgram(channel("One two four five", spoken))))
    assert [(w.text, w.start, w.end) for w in read.words[1:3]] == [
        ("two", 1.5, pytest.approx(1.5 + 3 / 7)),
        ("four", pytest.approx(1.5 + 3 / 7), 2.5),
    ]


def test_words_at_the_ends_are_placed_within_the_recording():
    lost = {"word": "x" * 30}
    read = transcript(completed(deepgram(channel("", [lost, word("Yes.", 9, 10), lost]))))
    assert [(w.start, w.end) for w in read.words] == [(7, 9), (9, 10), (10, 10)]  # of a recording of 2.5 seconds
    read = transcript(
        completed(
            {
                "text": "",
                "audio_duration": 11,
                "words": [{"text": "x" * 30}, {"text": "Yes.", "start": 1000, "end": 10_000}, {"text": "x" * 30}],
            }
        )
    )
    assert [(w.start, w.end) for w in read.words] == [(0, 1), (1, 10), (10, 11)]


def test_words_of_a_turn_are_placed_within_it():
    turns = [
        {
            "text": "a b",
            "start": 1000,
            "end": 2000,
            "words": [{"text": "a", "start": 1900, "end": 1950}, {"text": "b" * 9}],
        },
        {
            "text": "c d",
            "start": 3000,
            "end": 4000,
            "words": [{"text": "c" * 9}, {"text": "d", "start": 3100, "end": 3200}],
        },
    ]
    read = transcript(completed({"text": None, "utterances": turns}))
    assert [moment for w in read.words for moment in (w.start, w.end)] == pytest.approx(
        [1.9, 1.95, 1.95, 2, 3, 3.1, 3.1, 3.2]
    )


def test_words_without_any_time_leave_the_text_as_it_is():
    assert transcript(completed(deepgram(channel("One two.", [{"word": "One"}, {"word": "two."}])))).words == ()


def test_a_turn_without_a_time_is_placed_between_its_neighbours():
    turns = [
        {"text": "Hi.", "words": [{"text": "Hi.", "start": 1000, "end": 2000}]},
        {"text": "Ho.", "start": None, "speaker": "B"},
        {"text": "Hm.", "start": 3000, "end": 4000, "speaker": "A"},
    ]
    read = transcript(completed({"text": "Hi. Ho. Hm.", "words": [], "utterances": turns}))
    assert read.words == (Word("Hi.", 1, 2),)
    assert read.segments == (Segment("Ho.", 2, 3, "B"), Segment("Hm.", 3, 4, "A"))


def test_a_word_never_ends_before_it_starts():
    read = transcript(completed(deepgram(channel("Yes.", [word("Yes.", 2.0, 1.0)]))))
    assert read.words == (Word("yes", 2.0, 2.0, confidence=0.9),)


@pytest.mark.parametrize(
    ("speaker", "known_as"), [(0, "0"), (3.0, "3"), ("B", "B"), ("", None), (True, None), (None, None), ({}, None)]
)
def test_a_speaker_is_a_short_text_or_unknown(speaker, known_as):
    read = transcript(completed(deepgram(channel("Yes.", [word("Yes.", 0, 1, speaker=speaker)]))))
    assert read.words[0].speaker == known_as


@pytest.mark.parametrize(
    ("told", "confidence"), [(0.3, 0.3), (1, 1.0), (0, 0.0), (1.5, None), ("0.3", None), (None, None)]
)
def test_how_sure_a_language_is_is_a_number_up_to_one(told, confidence):
    told_with = {"detected_language": "en", "language_confidence": told}
    assert transcript(completed(deepgram(channel("Yes.") | told_with))).language_confidence == confidence
    assert transcript(
        completed({"text": "Yes.", "language_code": "en", "language_confidence": told})
    ).language_confidence == (confidence)


@pytest.mark.parametrize(
    ("told", "confidence"),
    [(0.3, 0.3), (1, 1), (0, 0), (1.5, None), (-0.1, None), ("0.3", None), (True, None), (float("nan"), None)],
)
def test_how_sure_a_word_is_is_a_number_up_to_one(told, confidence):
    deepgram_word = word("Yes.", 0, 1) | {"confidence": told}
    assembly_word = {"text": "Yes.", "start": 0, "end": 1000, "confidence": told}
    for result in (deepgram(channel("Yes.", [deepgram_word])), {"text": "Yes.", "words": [assembly_word]}):
        assert [each.confidence for each in transcript(completed(result)).words] == [confidence]


def test_sentences_of_the_paragraphs_are_kept_where_there_are_no_words():
    paragraphs = [
        {"speaker": 0, "sentences": [{"text": "One.", "start": 0, "end": 1.5}, {"text": "Two.", "start": 2, "end": 1}]},
        {"speaker": 1, "sentences": [{"text": "Three.", "start": 3, "end": 4}, {"text": "Four."}, None]},
    ]
    laid_out = {"transcript": "Speaker 0: One. Two.", "paragraphs": paragraphs}
    read = transcript(completed(deepgram(channel("One. Two. Three.", paragraphs=laid_out))))
    told = (Segment("One.", 0, 1.5, "0"), Segment("Two.", 2, 2, "0"), Segment("Three.", 3, 4, "1"))
    assert read.segments == (*told, Segment("Four.", 4, 4, "1"))  # the recording has 2.5 seconds
    assert read.words == ()
    with_words = channel("One.", [word("One.", 0, 1)], paragraphs=laid_out)
    assert transcript(completed(deepgram(with_words))).segments == ()


def test_utterances_beside_a_text_without_words_are_kept_as_segments():
    utterances = [{"start": 0.5, "end": 1.5, "transcript": " Hello there. ", "speaker": 2}]
    read = transcript(completed(deepgram(channel("Hello, there."), utterances=utterances)))
    assert read == Transcript("Hello, there.", duration=2.5, segments=(Segment("Hello there.", 0.5, 1.5, "2"),))


def test_utterances_beside_words_are_not_needed():
    spoken = [word("Hello", 0, 1)]
    utterances = [{"start": 0.5, "end": 1.5, "transcript": "Hello"}]
    assert transcript(completed(deepgram(channel("Hello", spoken), utterances=utterances))).segments == ()


def test_segments_of_channels_of_their_own_are_speakers_in_order_of_time():
    def paragraph(text, start):
        return {"paragraphs": [{"speaker": 0, "sentences": [{"text": text, "start": start, "end": start + 1}]}]}

    result = deepgram(channel("Hi.", paragraphs=paragraph("Hi.", 5)), channel("Ho.", paragraphs=paragraph("Ho.", 2)))
    assert transcript(completed(result)).segments == (Segment("Ho.", 2, 3, "1"), Segment("Hi.", 5, 6, "0"))


def test_assembly_utterances_stand_in_for_missing_words_in_milliseconds():
    turns = [
        {"text": "Hi.", "start": 1000, "end": 2000, "speaker": "A"},
        {"text": "Ho.", "start": 3000, "end": 4000, "words": [{"text": "Ho.", "start": 3000, "end": 4000}]},
    ]
    read = transcript(completed({"text": "Hi. Ho.", "words": [], "utterances": turns}))
    assert read == Transcript("Hi. Ho.", None, 4.0, (Word("Ho.", 3.0, 4.0),), segments=(Segment("Hi.", 1.0, 2.0, "A"),))


def test_segments_of_an_openai_answer_are_in_seconds():
    segments = [{"id": 0, "start": 0.0, "end": 2.5, "text": " Hello."}, {"id": 1, "start": "2", "end": 3, "text": "X"}]
    read = transcript(completed({"text": "Hello.", "segments": segments}))
    assert read == Transcript("Hello.", duration=3, segments=(Segment("Hello.", 0.0, 2.5), Segment("X", 2.5, 3)))
    assert transcript(completed({"segments": segments})).text == "Hello.\nX"


def test_segments_are_bounded_as_words_are():
    many = Transcript("x", segments=(Segment("x", 0, 1),) * (MOST_WORDS + 2))
    assert len(shortened(many).segments) == MOST_WORDS
    assert len(shortened(many, 2).segments) == MOST_WORDS // 2


def test_a_text_is_doubtful_below_one_half():
    doubtful = [Transcript("Yes.", "en", language_confidence=sure).is_doubtful for sure in (0.0, 0.49, 0.5, None)]
    assert doubtful == [True, True, False, False]
    assert not Transcript("", "en", language_confidence=0.1).is_doubtful


@pytest.mark.parametrize(
    ("found", "language"),
    [
        ("en", "en"),
        ("en_us", "en-US"),
        ("pt-br", "pt-BR"),
        ("zh-Hant", "zh-Hant"),
        ("es-419", "es-419"),
        ("", None),
        ("not a tag", None),
        (5, None),
        (None, None),
    ],
)
def test_a_detected_language_is_a_language_tag_or_unknown(found, language):
    read = transcript(completed(deepgram(channel("Yes.") | {"detected_language": found})))
    assert read.language == language


@pytest.mark.parametrize("duration", [None, "2", -1, float("nan"), float("inf"), True, 10**400])
def test_a_senseless_duration_is_unknown(duration):
    result = deepgram(channel("Yes."))
    result["metadata"]["duration"] = duration
    assert transcript(completed(result)).duration is None


def test_text_no_store_could_hold_is_made_whole():
    read = transcript(completed(deepgram(channel("a\0b \ud800 \ud83d\ude00", [word("\udfff", 0, 1)]))))
    assert read.text == "ab � 😀"
    assert read.words[0].text == "�"


def test_without_a_duration_a_recording_is_as_long_as_its_words():
    result = deepgram(channel("so be", [word("so", 0, 7), word("be", 1, 2)]))
    del result["metadata"]
    assert transcript(completed(result)).duration == 7


def test_an_assembly_answer_counts_its_words_in_milliseconds_and_its_duration_in_seconds():
    result = {
        "id": "x",
        "status": "completed",
        "language_code": "en_us",
        "text": "Hello.",
        "audio_duration": 2,
        "words": [{"text": "Hello.", "start": 120, "end": 640, "confidence": 0.9, "speaker": "A"}],
    }
    words = (Word("Hello.", pytest.approx(0.12), pytest.approx(0.64), "A", 0.9),)
    expected = Transcript("Hello.", "en-US", 2, words)
    assert transcript({"status": "completed", "output": result}) == expected
    assert transcript(result) == expected


def test_assembly_utterances_stand_in_for_a_missing_text():
    said = [{"text": "Hi.", "words": [{"text": "Hi.", "start": 1000, "end": 2000, "speaker": "A"}]}]
    read = transcript(completed({"text": None, "utterances": said}))
    assert read == Transcript("Hi.", duration=2.0, words=(Word("Hi.", 1.0, 2.0, "A"),))


def test_a_bare_text_with_usage_is_read():
    result = {"text": " Hello. ", "usage": {"type": "duration", "seconds": 3}}
    assert transcript(completed(result)) == Transcript("Hello.", duration=3)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)
KEYS = """
    status result output error message name generation_id id results channels alternatives transcript words word
    punctuated_word text start end speaker paragraphs sentences utterances metadata duration detected_language
    language_code usage seconds balance lowBalance confidence segments
"""
lookalikes = st.recursive(
    json_values | st.sampled_from(["completed", "error", "queued", "en", "\ud800", "\0", 10**400]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS.split()), inner, max_size=6),
    max_leaves=30,
)


def check_it_is_read_or_refused(body):
    try:
        answer = read_fetched(body)
    except TemporaryError:
        return
    if isinstance(answer, Done):
        stored = encode_transcript(answer.transcript)
        assert decode_transcript(stored.encode().decode()) == answer.transcript


@given(json_values | lookalikes)
def test_arbitrary_json_is_read_or_refused_and_never_anything_else(body):
    check_it_is_read_or_refused(body)
    read_balance(body)
    with suppress(TemporaryError):
        assert read_created(body)


@settings(max_examples=50)
@given(st.lists(lookalikes, max_size=3), lookalikes, lookalikes, lookalikes)
def test_a_finished_answer_with_anything_inside_is_read_or_refused(words, paragraphs, text, utterances):
    sides = [channel(text, words, paragraphs=paragraphs), channel("Hello.", words)]
    check_it_is_read_or_refused(completed(deepgram(*sides, utterances=utterances)))
    check_it_is_read_or_refused(completed({"text": text, "words": words, "utterances": utterances}))
    check_it_is_read_or_refused(completed({"text": text, "segments": utterances}))


def test_deep_nesting_is_unreadable():
    body = {"status": "completed", "result": {}}
    for _ in range(100_000):
        body = {"status": "completed", "result": body}
    assert read_fetched(body) == Unreadable()


def test_an_hour_of_speech_keeps_every_word():
    words = [word(f"w{n}", n * 0.3, n * 0.3 + 0.2, punctuated_word=f"W{n}.") for n in range(12_000)]
    body = json.loads(json.dumps(completed(deepgram(channel("so it goes", words)))))
    assert len(transcript(body).words) == 12_000


@pytest.mark.parametrize(
    ("body", "balance"),
    [
        ({"balance": 1500, "lowBalance": False, "lowBalanceThreshold": 1}, Balance(1500.0, low=False)),
        ({"balance": -0.5, "lowBalance": True}, Balance(-0.5, low=True)),
        ({"balance": "many", "lowBalance": "true"}, Balance(None, low=False)),
        ({"balance": float("nan")}, Balance(None, low=False)),
        ({"balance": True}, Balance(None, low=False)),
        (None, Balance(None, low=False)),
    ],
)
def test_a_balance_is_read_as_far_as_it_can_be(body, balance):
    assert read_balance(body) == balance

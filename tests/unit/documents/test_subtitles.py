"""Subtitles by the rules that professionals keep."""

import gc
import re
import subprocess
import time
from datetime import UTC, datetime

import pytest

from bot.documents.cues import Cue, cues_of
from bot.documents.document import Ending, make
from bot.documents.known import Known
from bot.documents.timing import timed
from bot.machine.subprocesses import bundled_ffmpeg
from storage.transcript import Segment, Transcript, Word

SENT = datetime(2026, 3, 5, 23, 30, tzinfo=UTC)


def known(transcript, **more):
    return Known(transcript, "nova-2-general", SENT, **more)


def talk(*said, text=None, language="en", seconds=0.3):
    """Return a transcript of (speaker, text) with so many seconds a word; a number between them is a pause."""
    words, at = [], 0.0
    for each in said:
        if not isinstance(each, tuple):
            at += each
            continue
        for word in each[1].split():
            words.append(Word(word, at, at + seconds, each[0]))
            at += seconds
    return known(
        Transcript(" ".join(word.text for word in words) if text is None else text, language, at, tuple(words))
    )


def shown(known):
    return [(cue.start, cue.end, *cue.lines) for cue in cues_of(known).cues]


def lines(known):
    return [cue.lines for cue in cues_of(known).cues]


def test_a_sentence_is_cut_at_a_clause_and_its_lines_are_balanced():
    said = "Before we start, I would like to thank the whole team in Lisbon, because the release went out on Thursday."
    assert lines(talk((None, said))) == [
        ("Before we start, I would like", "to thank the whole team in Lisbon,"),
        ("because the release went out on Thursday.",),
    ]


def test_short_sentences_stand_together_and_long_ones_alone():
    long = "What else do you want to tell me about the weather in Lisbon in spring?"
    assert lines(talk((None, f"Yes. I know. {long} {long}"))) == [
        ("Yes. I know. What else do you want to tell", "me about the weather in Lisbon in spring?"),
        ("What else do you want to tell me about", "the weather in Lisbon in spring?"),
    ]


def test_a_cue_has_one_speaker_and_is_read_before_the_next_one():
    assert shown(talk(("0", "Shall we go?"), ("1", "Yes."), ("0", "Good, then let us go."))) == [
        (0, 900, "Shall we go?"),
        (900, 1734, "Yes."),
        (1734, 2699, "Good, then let us go."),
    ]


def test_a_pause_ends_a_cue_and_a_short_gap_is_closed():
    assert shown(talk((None, "One."), 5.0, (None, "Two."), 1.0, (None, "Three."))) == [
        (0, 834, "One."),
        (5300, 6600, "Two."),
        (6600, 7434, "Three."),
    ]


def test_a_cue_stays_as_long_as_it_takes_to_read_while_nobody_speaks():
    quick = talk((None, "incomprehensibilities internationalization"), 3.0, (None, "So."), seconds=0.1)
    assert shown(quick)[0] == (0, 2530, "incomprehensibilities internationalization")


@pytest.mark.parametrize(
    ("measured", "told", "end"),
    [(1.5, None, 1500), (None, 1.5, 1500), (1.5, 1.8, 1800), (0.5, None, 834), (3.0, None, 2530), (None, None, 2530)],
)
def test_the_last_cue_ends_with_the_recording_unless_it_would_be_too_short(measured, told, end):
    words = (Word("incomprehensibilities", 0.0, 0.5), Word("internationalization", 0.5, 2.0))
    transcript = Transcript("incomprehensibilities internationalization", duration=told, words=words)
    assert shown(known(transcript, duration=measured))[-1][:2] == (0, end)


def test_what_is_said_after_the_end_of_a_recording_stays_as_long_as_any_other():
    words = (Word("incomprehensibilities", 5.0, 5.5), Word("internationalization", 5.5, 6.0))
    transcript = Transcript("incomprehensibilities internationalization", duration=3.0, words=words)
    assert shown(known(transcript)) == [(5000, 7530, "incomprehensibilities internationalization")]


def test_no_cue_stays_for_more_than_seven_seconds():
    slow = talk((None, "One two three four"), seconds=3.0)
    assert shown(slow) == [(0, 6000, "One two"), (6000, 12000, "three four")]
    assert shown(known(Transcript("Mmmm", words=(Word("Mmmm", 0, 60),)))) == [(0, 7000, "Mmmm")]


def test_a_gap_that_cannot_be_closed_has_two_frames():
    assert list(timed([(0, 6.98), (7.2, 8)], [1, 1])) == [(0, 6980), (7200, 8200)]
    assert list(timed([(0, 6.98), (7.02, 8)], [1, 1])) == [(0, 6936), (7020, 8020)]


def test_cues_that_begin_at_one_time_follow_each_other():
    assert list(timed([(1, 1), (1, 1), (1, 1)], [0, 0, 0])) == [(1000, 1834), (1834, 2000), (2000, 2834)]


def test_japanese_has_lines_of_thirteen_characters_without_spaces():
    said = "こんにちは 、 今日 は 来週 の 会議 に ついて 少し お話し したい と 思い ます 。"
    spaced = talk((None, said), language="ja")
    assert lines(spaced) == [("こんにちは、", "今日は来週の会議について"), ("少しお話ししたいと", "思います。")]
    assert max(len(line) for cue in lines(spaced) for line in cue) <= 13


def test_chinese_and_korean_have_lines_of_sixteen_characters():
    chinese = lines(talk((None, "大家 好 ， 今天 我们 来 聊一聊 最近 上映 的 几部 电影 。"), language="zh"))
    assert max(len(line) for cue in chinese for line in cue) <= 16
    assert "".join(line for cue in chinese for line in cue) == "大家好，今天我们来聊一聊最近上映的几部电影。"
    korean = lines(talk((None, "안녕하세요 여러분 오늘은 다음 주 회의에 대해 이야기하겠습니다."), language="ko"))
    assert max(len(line) for cue in korean for line in cue) <= 16


def test_no_line_of_japanese_begins_with_a_full_stop_or_ends_with_an_opening_bracket():
    said = "「はい」と彼は言った。" * 12
    told = known(Transcript(said, "ja", 60.0))
    for line in (line for cue in lines(told) for line in cue):
        assert line[0] not in "」。、"
        assert line[-1] != "「"


def test_a_space_of_chinese_that_means_something_stays():
    words = tuple(Word(each, n, n + 0.3) for n, each in enumerate("你好我叫小明今天天气好"))
    assert "".join(lines(known(Transcript("你好 我叫小明 今天天气好", "zh", words=words)))[0]) == "你好 我叫小明"


def test_thai_has_no_spaces_where_its_text_has_none():
    words = tuple(Word(each, n, n + 0.5) for n, each in enumerate(["สวัสดี", "ครับ", "ทุกคน"]))
    assert lines(known(Transcript("สวัสดีครับ ทุกคน", "th", words=words))) == [("สวัสดีครับ ทุกคน",)]


@pytest.mark.parametrize(
    ("said", "text", "expected"),
    [
        ("shall we go yes good", "Shall we go? Yes. Good.", ["Shall we go? Yes. Good."]),
        ("he said well-known yes", 'He said: "Well-known (yes)!"', ['He said: "Well-known (yes)!"']),
        ("hola cómo estás bien", "¡Hola! ¿Cómo estás? — Bien…", ["¡Hola! ¿Cómo estás? — Bien…"]),
        ("it costs twenty five euros now", "It costs 25 euros, now.", ["It costs twenty five euros, now."]),
        ("nothing of this", "Entirely other words.", ["nothing of this"]),
        ("Once more.", "Once\nmore.", ["Once more."]),
    ],
)
def test_words_have_the_signs_and_capitals_of_the_text(said, text, expected):
    assert [" ".join(each) for each in lines(talk((None, said), text=text))] == expected


def test_japanese_words_have_the_signs_of_the_text_without_spaces():
    words = tuple(Word(each, n / 2, n / 2 + 0.4) for n, each in enumerate(["今日", "です", "はい", "明日", "も"]))
    assert lines(known(Transcript("今日です。「はい」明日も。", "ja", words=words))) == [
        ("今日です。「はい」明日も。",)
    ]


def test_signs_without_end_are_no_part_of_a_word():
    words = tuple(Word("so", n, n + 0.3) for n in range(3))
    assert lines(known(Transcript("!" * 1000 + "So? So" + "!" * 1000 + " so.", words=words))) == [("so so so.",)]


def test_a_text_from_right_to_left_has_marks_around_each_line_and_room_for_them():
    said = "صباح الخير جميعا، هذه رسالة قصيرة عن اجتماع الغد في القاعة الكبيرة."
    for cue in lines(talk((None, said), language="ar")):
        assert all(line[0] == line[-1] == "\u200f" and len(line) <= 42 for line in cue)


def test_a_speakers_name_stands_at_each_turn_in_srt_and_at_each_cue_in_webvtt():
    long = "It was quite a week, honestly, and I think we learned a lot about how things behave when nobody looks."
    told = talk(("0", long), ("1", "Right."), ("0", "So."))
    srt = make(Ending.SRT, told).content.decode()
    assert re.findall("Speaker .: ", srt) == ["Speaker 1: ", "Speaker 2: ", "Speaker 1: "]
    vtt = make(Ending.VTT, told).content.decode()
    assert vtt.count("<v Speaker 1>") + vtt.count("<v Speaker 2>") == vtt.count(" --> ") > 3


def test_a_word_of_nobody_belongs_to_the_turn_that_it_stands_in():
    words = (Word("Uh", 0, 0.3), Word("yes,", 0.3, 0.6, "0"), Word("well", 0.6, 0.9), Word("no.", 2.0, 2.3, "1"))
    cues = cues_of(known(Transcript("Uh yes, well no.", words=words))).cues
    assert [(cue.lines, cue.speaker) for cue in cues] == [
        (("Uh yes, well",), "Speaker 1"),
        (("no.",), "Speaker 2"),
    ]


def test_webvtt_is_escaped_and_srt_is_not():
    told = known(
        Transcript("x", words=(Word("a<b", 0, 1, "0"), Word("&", 1, 2, "0"), Word("-->", 2, 3, "0"))),
        names={"0": "A<b>"},
    )
    assert "<v A&lt;b&gt;>a&lt;b &amp; --&gt;\n" in make(Ending.VTT, told).content.decode()
    assert "\nA<b>: a<b & →\n" in make(Ending.SRT, told).content.decode()


def test_a_note_of_webvtt_says_where_it_comes_from():
    told = known(Transcript("Hi.", "en", words=(Word("Hi.", 0, 1),)), sender="Ann\n\n--> x")
    assert make(Ending.VTT, told).content.decode() == (
        "WEBVTT\n\nNOTE\nSender: Ann → x\nDate: 2026-03-05T23:30:00Z\n"
        "Model: nova-2-general\nLanguage: en\n\n"
        "00:00:00.000 --> 00:00:01.000\nHi.\n"
    )


def test_segments_make_cues_where_there_are_no_words():
    segments = (Segment("Hello there, everybody.", 1.0, 3.0, "0"), Segment("Hi!", 3.5, 4.5, "1"))
    told = known(Transcript("Hello there, everybody. Hi!", segments=segments))
    assert cues_of(told).cues == [
        Cue(1000, 3500, ("Hello there, everybody.",), "Speaker 1"),
        Cue(3500, 4500, ("Hi!",), "Speaker 2"),
    ]
    assert "estimates" not in make(Ending.VTT, told).content.decode()


def test_a_text_alone_is_spread_over_the_recording_and_webvtt_says_so():
    told = known(Transcript("One banana, one plum. Two.", duration=10.0))
    cues = cues_of(told)
    assert cues.are_estimated
    assert [(cue.start, cue.end, cue.lines) for cue in cues.cues] == [
        (0, 4286, ("One banana,",)),
        (4286, 10_000, ("one plum. Two.",)),
    ]
    assert "\nNOTE The times are estimates: only the text is known" in make(Ending.VTT, told).content.decode()


def test_a_text_alone_without_a_duration_takes_a_fifth_of_a_second_for_a_syllable():
    assert shown(known(Transcript("banana banana")))[0][:2] == (0, 1200)


def test_words_with_times_that_cannot_be_are_placed_between_their_neighbours():
    words = (Word("one", 1, 1.5), Word("two", 900, 901), Word("three", 2, 2.5), Word("four", 1e8, 1e8))
    assert lines(known(Transcript("one two three four", words=words))) == [("one two three four",)]


def test_nothing_said_is_a_file_with_nothing_in_it_that_can_be_sent():
    silent = known(Transcript(""))
    assert make(Ending.SRT, silent).content == b"\n"
    assert make(Ending.VTT, silent).content.startswith(b"WEBVTT\n\nNOTE\n")


@pytest.mark.parametrize("ending", [Ending.SRT, Ending.VTT])
@pytest.mark.process
def test_ffmpeg_reads_every_cue(ending, tmp_path):
    told = talk(("0", "Is a < b & c > d? Yes. " * 9), 2.0, ("1", "{\\an8} --> <i>"), 2.0, ("0", "End.\u200f"))
    file = make(ending, told)
    path = tmp_path / file.name
    path.write_bytes(file.content)
    command = [bundled_ffmpeg(), "-v", "error", "-i", path, "-f", "srt", "-"]
    ended = subprocess.run(command, capture_output=True, timeout=30, check=True)
    assert ended.stderr == b""
    cues = cues_of(told).cues
    times = re.findall(r"00:00:(\d+),(\d+) --> 00:00:(\d+),(\d+)", ended.stdout.decode())
    assert [(int(a + b), int(c + d)) for a, b, c, d in times] == [(cue.start, cue.end) for cue in cues]


def test_a_day_of_speech_takes_twice_as_long_as_half_a_day():
    def cpu(words):
        told = known(Transcript("", words=tuple(Word("so,", n * 0.2, n * 0.2 + 0.2) for n in range(words))))
        gc.disable()  # or it looks through whatever other tests have left
        began = time.thread_time()
        make(Ending.SRT, told)
        gc.enable()
        return time.thread_time() - began

    cpu(100)
    assert cpu(20_000) < 5 * cpu(10_000)


def test_one_word_without_end_is_cut_between_characters():
    family = "👨\u200d👩\u200d👧"
    told = known(Transcript("x", words=(Word(family * 100, 0, 20),)))
    assert all(line == family * (len(line) // 5) for cue in lines(told) for line in cue)

"""What the fake AI/ML API refuses, what it only frowns at, and what it takes for audio."""

import pytest

from bot.playground.speech import catalogue
from bot.playground.speech.audio import looks_like_audio
from bot.playground.speech.form import FilePart, Form
from bot.playground.speech.rules import agent_mistakes, findings, mistakes

VOICE = FilePart("audio", "voice.ogg", "audio/ogg", b"OggS")


def form(*, files=(VOICE,), repeated=(), **fields):
    named = {"model": "nova-2-general", "language": "en"} | fields
    return Form((*((name, value) for name, value in named.items() if value is not None), *repeated), tuple(files))


def test_fifteen_models_are_known_with_their_old_prefix_and_without():
    assert len(catalogue.MODELS) == 30
    assert {"#g1_nova-2-medical", "nova-2-medical", "#g1_whisper-tiny", "whisper-tiny"} <= catalogue.MODELS


@pytest.mark.parametrize("model", sorted(catalogue.MODELS))
def test_every_model_takes_an_english_voice(model):
    assert findings(form(model=model)) == []
    assert mistakes(form(model=model)) == []


@pytest.mark.parametrize(
    "options",
    [
        {"smart_format": "true", "diarize": "true", "keywords": "Verbatim:2", "utterances": "false"},
        {"language": "pt-BR"},
        {"language": "multi"},
        {"language": None, "detect_language": "true"},
        {"model": "#g1_whisper-large", "language": "yo"},
        {"summarize": "v2", "custom_topic_mode": "strict", "utt_split": "0.8"},
        {"keywords": ",".join(["word"] * 100)},
        {"nonsense": "is ignored"},
        {"repeated": [("tag", "a"), ("tag", "b")]},
    ],
)
def test_good_options_are_taken(options):
    assert findings(form(**options)) == []


@pytest.mark.parametrize(
    ("mistake", "finding"),
    [
        ({"model": "whisper-huge"}, "model: Invalid enum value, received 'whisper-huge'"),
        ({"model": None}, "model: Invalid enum value, received None"),
        ({"files": []}, "audio: a file or a url is required"),
        ({"files": [VOICE, VOICE]}, "audio: exactly one file is expected"),
        ({"files": [FilePart("file", "voice.ogg", "audio/ogg", b"OggS")]}, "file: Unexpected field"),
        ({"files": [FilePart("audio", "voice.ogg", "audio/ogg", b"")]}, "audio: the file is empty"),
        ({"url": "https://files.example/voice.ogg"}, "url: not reachable here"),
        ({"diarize": "True"}, "diarize: Invalid value 'True'"),
        ({"summarize": "true"}, "summarize: Invalid value 'true'"),
        ({"custom_intent_mode": "loose"}, "custom_intent_mode: Invalid value 'loose'"),
        ({"utt_split": "soon"}, "utt_split: Invalid value 'soon'"),
        ({"repeated": [("diarize", "true"), ("diarize", "true")]}, "diarize: Expected string, received array"),
        ({"keywords": ",".join(["word"] * 101)}, f"keywords: Invalid value {','.join(['word'] * 101)!r}"),
        ({"language": "xx"}, "language: nova-2-general does not speak 'xx'"),
        ({"model": "#g1_nova-2-medical", "language": "de"}, "language: nova-2-medical does not speak 'de'"),
        ({"model": "whisper-base", "language": "multi"}, "language: whisper-base does not speak 'multi'"),
    ],
)
def test_a_mistake_is_refused_by_name(mistake, finding):
    assert findings(form(**mistake)) == [finding]


@pytest.mark.parametrize(
    ("oddity", "doubt"),
    [
        ({"language": None}, "neither language nor detect_language"),
        (
            {"model": "#g1_nova-2-video", "detect_language": "true"},
            "detect_language, but nova-2-video speaks only English",
        ),
        ({"speed": "fast"}, "unknown option speed"),
        ({"diarize": "false"}, "diarize=false: leave out what is not to be true"),
        ({"url": "https://files.example/bot12345:AAAAAAAAAAAAAAAAAAAAAAA/voice.ogg"}, "a url with a bot token in it"),
        ({"files": [FilePart("audio", "voice.ogg", "audio/ogg", b"")]}, "a file is empty"),
        ({"model": "whisper-small", "keywords": "Verbatim"}, "whisper knows no keywords"),
        ({"model": "whisper-small", "profanity_filter": "true"}, "whisper knows no profanity_filter"),
        ({"keywords": "Ada,,Zoë"}, "no word between the commas of keywords: ''"),
        ({"keywords": "Ada, Zoë"}, "no word between the commas of keywords: ' Zoë'"),
        ({"keywords": "Ada:Zoë"}, "a keyword with a colon and no number behind it: 'Ada:Zoë'"),
        ({"keywords": "Ada,Ada"}, "a keyword comes 2 times: 'Ada'"),
        ({"language": "de", "summarize": "v2"}, "summarize is for English, not for de"),
        (
            {"language": "ja", "paragraphs": "true"},
            "paragraphs are for languages with spaces between words, not for ja",
        ),
    ],
)
def test_an_oddity_is_frowned_at_by_name(oddity, doubt):
    assert mistakes(form(**oddity)) == [doubt]


@pytest.mark.parametrize(
    "fields",
    [{"language": "en-GB", "topics": "true"}, {"language": "ja", "paragraphs": "true", "detect_language": "true"}],
)
def test_options_that_fit_the_language_are_not_frowned_at(fields):
    assert mistakes(form(**fields)) == []


@pytest.mark.parametrize("agent", ["Python/3.11 aiohttp/3.14", "python-requests/2.32", "curl/8.5", "axios/1.7"])
def test_the_name_of_a_library_is_no_name(agent):
    assert agent_mistakes(agent) == [f"a library's User-Agent: {agent}"]


def test_a_program_with_a_name_of_its_own_is_welcome():
    assert agent_mistakes("verbatim/0.1 (+https://example.org)") == []
    assert agent_mistakes("") == ["no User-Agent"]


@pytest.mark.parametrize(
    "data",
    [
        b"OggS\x00",
        b"fLaC\x00",
        b"\x1a\x45\xdf\xa3",
        b"ID3\x04",
        b"\xff\xfb\x90",
        b"\xff\xf1\x50",
        b"RIFF\x24\x00\x00\x00WAVEfmt ",
        b"\x00\x00\x00\x20ftypM4A ",
    ],
)
def test_audio_is_known_by_its_first_bytes(data):
    assert looks_like_audio(data)


@pytest.mark.parametrize("data", [b"", b"\xff", b"%PDF-1.7", b"RIFF\x24\x00\x00\x00AVI LIST", b"\xff\x00\x00"])
def test_anything_else_is_no_audio(data):
    assert not looks_like_audio(data)

import subprocess
import sys

import pytest

from bot.playground.engines import NoEngineError, pick_engine
from bot.playground.engines.sphinx import Sphinx
from bot.playground.engines.whisper import Whisper


def these(*packages: str):
    return lambda package: package in packages


def test_the_engine_is_pocketsphinx_unless_another_is_asked_for():
    engine = pick_engine("", these("pocketsphinx", "faster_whisper"))
    assert engine.name == "pocketsphinx, English"
    assert isinstance(engine.recognise.__self__, Sphinx)
    assert engine.note == ""


def test_faster_whisper_is_the_engine_when_its_model_is_named():
    engine = pick_engine("base", these("pocketsphinx", "faster_whisper"))
    assert engine.name == "faster-whisper, base"
    assert isinstance(engine.recognise.__self__, Whisper)
    assert engine.note == ""


def test_faster_whisper_is_missed_aloud_when_its_model_is_named():
    engine = pick_engine("base", these("pocketsphinx"))
    assert engine.name == "pocketsphinx, English"
    assert engine.note == "PLAYGROUND_WHISPER=base has no effect: faster-whisper is not installed."


@pytest.mark.parametrize(("asked", "there"), [("", []), ("base", []), ("", ["faster_whisper"])])
def test_without_any_engine_one_is_told_how_to_get_one(asked, there):
    with pytest.raises(NoEngineError, match=r"Use Python 3\.11 or 3\.13, or install faster-whisper"):
        pick_engine(asked, these(*there))


def test_to_pick_an_engine_loads_none():
    pytest.importorskip("pocketsphinx")
    look = "import sys; from bot.playground.engines import pick_engine; pick_engine(''); print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", look], check=True, capture_output=True, text=True).stdout.split()
    assert "bot.playground.engines.sphinx" in loaded
    assert "pocketsphinx" not in loaded

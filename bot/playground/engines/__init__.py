"""Speech engines for the AI/ML API of the playground, which recognise the words in a recording."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec

from bot.playground.engines.sphinx import Sphinx
from bot.playground.engines.whisper import Whisper
from bot.playground.speech.recognition import Recogniser

__all__ = ["Engine", "NoEngineError", "pick_engine"]


class NoEngineError(Exception):
    """No engine is installed on this machine; the message says how to get one."""


@dataclass(frozen=True, slots=True)
class Engine:
    """An engine and its name. `note` is a sentence for the user if it is not the engine that was asked for."""

    name: str
    recognise: Recogniser
    note: str = ""


def _installed(package: str) -> bool:
    """Say whether a package is installed, without importing it, as an engine takes much memory."""
    return find_spec(package) is not None


def pick_engine(whisper_model: str, installed: Callable[[str], bool] = _installed) -> Engine:
    """Pick faster-whisper if a model is named and it is installed, else pocketsphinx.

    The engine loads its model later. Raises NoEngineError.
    """
    if whisper_model and installed("faster_whisper"):
        return Engine(f"faster-whisper, {whisper_model}", Whisper(whisper_model).recognise)
    if not installed("pocketsphinx"):
        raise NoEngineError(
            "pocketsphinx is not installed, as it has no wheel for some Pythons and machines. Use Python 3.11 or 3.13,"
            " or install faster-whisper and set PLAYGROUND_WHISPER=base."
        )
    note = (
        f"PLAYGROUND_WHISPER={whisper_model} has no effect: faster-whisper is not installed." if whisper_model else ""
    )
    return Engine("pocketsphinx, English", Sphinx().recognise, note)

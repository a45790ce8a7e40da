"""Speech engines for the AI/ML API of the playground, which hear what is really said in a recording."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec

from bot.playground.engines.sphinx import Sphinx
from bot.playground.engines.whisper import Whisper
from bot.playground.speech.recognition import Recogniser

__all__ = ["Engine", "NoEngineError", "pick_engine"]


class NoEngineError(Exception):
    """There is no engine on this machine; the message says how to get one."""


@dataclass(frozen=True, slots=True)
class Engine:
    """An engine and what to call it; `note` is a sentence if it is not the one that was asked for."""

    name: str
    recognise: Recogniser
    note: str = ""


def _installed(package: str) -> bool:
    """Looked up and not imported: the playground itself has no use for what an engine takes of memory."""
    return find_spec(package) is not None


def pick_engine(whisper_model: str, installed: Callable[[str], bool] = _installed) -> Engine:
    """faster-whisper with the model of PLAYGROUND_WHISPER if both are there, else pocketsphinx.

    Nothing is loaded yet. Raises NoEngineError.
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

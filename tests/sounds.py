"""Recordings that are made for a test: noise and voices of any level, in any container."""

import subprocess
from pathlib import Path

from bot.machine.subprocesses import bundled_ffmpeg

AUDIO = Path(__file__).parent / "audio"
WORD = ("-i", str(AUDIO / "voice_short.ogg"))
VOICE = ("-i", str(AUDIO / "voice.ogg"))
# Of a uniform distribution the mean level is 4.8 dB below the amplitude.
_BELOW_AMPLITUDE = 4.77


def noise(level: float, seconds: float = 4.0) -> tuple[str, ...]:
    """White noise of a mean level, in dB below full scale."""
    amplitude = 10 ** ((level + _BELOW_AMPLITUDE) / 20)
    source = f"anoisesrc=amplitude={amplitude:.8f}:color=white:duration={seconds}:seed=7:sample_rate=48000"
    return ("-f", "lavfi", "-i", source)


def made(target: Path, sound: tuple[str, ...], *options: str) -> Path:
    """The file `target` with a sound in it; `options` are those of ffmpeg for the output."""
    command = (bundled_ffmpeg(), "-nostdin", "-v", "error", "-y", *sound, *options, str(target))
    subprocess.run(command, check=True, timeout=60)
    return target

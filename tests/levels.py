"""How loud and how long a recording is, as ffmpeg decodes it."""

import re
import subprocess
import tempfile
from pathlib import Path
from typing import NamedTuple

from bot.machine.subprocesses import bundled_ffmpeg

_MEASURED = re.compile(r"n_samples: (\d+)\n.*mean_volume: (\S+) dB")
_RATE = 48_000


class Level(NamedTuple):
    """The mean level in dB below full scale, over all channels, and the length of the sound; silence has -91 dB."""

    mean: float
    seconds: float


def level_of(recording: bytes | Path, *filters: str, track: int = 0) -> Level:
    """The level of one track of sound, behind these filters. What cannot be decoded has none, and lasts 0 s."""
    if isinstance(recording, Path):
        recording = recording.read_bytes()
    chain = ",".join((f"[0:a:{track}]asetpts=N/SR/TB", *filters, "asplit[measured][counted]"))
    graph = f"{chain};[measured]volumedetect,anullsink;[counted]aresample={_RATE},aformat=channel_layouts=mono[out]"
    with tempfile.NamedTemporaryFile() as file:  # some containers can be read with seeking only
        file.write(recording)
        file.flush()
        output = ("-filter_complex", graph, "-map", "[out]", "-c:a", "pcm_u8", "-f", "u8", "pipe:1")
        command = (bundled_ffmpeg(), "-nostdin", "-nostats", "-i", file.name, *output)
        ran = subprocess.run(command, capture_output=True, timeout=60, check=False)
    found = _MEASURED.findall(ran.stderr.decode(errors="replace"))
    return Level(float(found[-1][1]) if found else -91.0, len(ran.stdout) / _RATE)

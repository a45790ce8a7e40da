"""The environment of the demo's bot. It has none of the operator's settings, so a demo costs and keeps nothing."""

from collections.abc import Mapping
from pathlib import Path

import bot

PASSED_ON = frozenset({"PATH", "HOME", "LANG"})
PASSED_ON_PREFIXES = ("LC_", "SSL_CERT_")


def for_bot(base: Mapping[str, str], folder: Path, settings: Mapping[str, str]) -> dict[str, str]:
    """Return what any program needs of `base`, and the settings of the bot, with its files in `folder`.

    The bot runs in that folder, so that it reads no `.env`. It finds this package by PYTHONPATH.
    """
    temporary = folder / "temporary"
    temporary.mkdir(exist_ok=True)
    kept = {name: value for name, value in base.items() if name in PASSED_ON or name.startswith(PASSED_ON_PREFIXES)}
    return kept | {
        "PYTHONPATH": str(Path(next(iter(bot.__path__))).parent),
        "TMPDIR": str(temporary),
        "DATABASE_URL": f"sqlite:///{folder / 'verbatim.db'}",
        "LOG_LEVEL": "DEBUG",
        "LOG_FORMAT": "json",
        **settings,
    }

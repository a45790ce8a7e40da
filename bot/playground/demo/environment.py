"""The environment of the demo's bot: nothing of the operator's settings, so that a demo spends and writes nothing."""

from collections.abc import Mapping
from pathlib import Path

import bot

PASSED_ON = frozenset({"PATH", "HOME", "LANG"})
PASSED_ON_PREFIXES = ("LC_", "SSL_CERT_", "COVERAGE_")


def for_bot(base: Mapping[str, str], folder: Path, settings: Mapping[str, str]) -> dict[str, str]:
    """What programs need of `base`, and the settings of the bot; all its files are kept in `folder`.

    The bot runs in that folder, where no `.env` is, so the way to this program is named.
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

"""Finding a Chromium of this machine; none is ever downloaded."""

import os
import shutil
from pathlib import Path

NO_CHROMIUM = "NO CHROMIUM HERE: the page was not tested (install chromium, or name one in CHROMIUM)"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ON_MACOS = (
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)


def find_chromium() -> str | None:
    """What CHROMIUM names, or the first that is installed."""
    named = os.environ.get("CHROMIUM")
    if named:
        return named
    found = [shutil.which(name) for name in NAMES] + [path for path in ON_MACOS if Path(path).exists()]
    return next(filter(None, found), None)

"""Opening the page in a browser if there is a screen."""

import sys
import threading
import webbrowser
from collections.abc import Mapping

SCREENS = ("DISPLAY", "WAYLAND_DISPLAY")


def open_page(url: str, environment: Mapping[str, str]) -> None:
    """Open the page without waiting for the browser.

    Without a screen nothing is opened: a browser for terminals would take over the terminal.
    """
    if has_screen(environment, sys.platform):
        threading.Thread(target=webbrowser.open, args=[url], daemon=True).start()


def has_screen(environment: Mapping[str, str], platform: str) -> bool:
    return platform == "darwin" or any(environment.get(name) for name in SCREENS)

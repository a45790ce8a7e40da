"""Opening the page where there is a screen to see it on."""

import sys
import threading
import webbrowser
from collections.abc import Mapping

SCREENS = ("DISPLAY", "WAYLAND_DISPLAY")


def open_page(url: str, environment: Mapping[str, str]) -> None:
    """Only with a screen: a browser for terminals would take the terminal away. Nobody waits for it."""
    if has_screen(environment, sys.platform):
        threading.Thread(target=webbrowser.open, args=[url], daemon=True).start()


def has_screen(environment: Mapping[str, str], platform: str) -> bool:
    return platform == "darwin" or any(environment.get(name) for name in SCREENS)

"""The playground over HTTP: who says what, what the chats show, faults, and the page for all of it."""

from bot.playground.sim.playground import Playground, Process
from bot.playground.sim.provider import Provider
from bot.playground.sim.server import serving

__all__ = ["Playground", "Process", "Provider", "serving"]

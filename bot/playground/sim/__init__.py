"""The playground over HTTP: people and what they send, the chats, faults, and the page."""

from bot.playground.sim.playground import Playground, Process
from bot.playground.sim.provider import Provider
from bot.playground.sim.server import serving

__all__ = ["Playground", "Process", "Provider", "serving"]

"""The engine, wired: what works on jobs and errands, and what makes jobs."""

from functools import partial
from typing import NamedTuple

from bot.engine.deletions import Deletions
from bot.engine.errands import Errands, Work
from bot.engine.exports import Exports
from bot.engine.intake import Defaults, Intake
from bot.engine.poller import Poller
from bot.engine.renaming import Renaming
from bot.engine.steps import Steps
from bot.engine.turn import Turn
from bot.speech.languages import fallback_of
from bot.telegram.writing.names import sender_of
from bot.wiring.shared import Shared
from bot.wiring.steps import steps_of
from storage.errands import ErrandKind


class Engine(NamedTuple):
    """What works on jobs and errands."""

    steps: Steps
    poller: Poller
    errands: Errands


def engine_of(shared: Shared) -> Engine:
    """Build what works on jobs and errands, and let presence tell the poller when to rest."""

    def nudge() -> None:
        poller.nudge()

    outside, steps = shared.outside, steps_of(shared, nudge)
    turn = Turn(shared.store, shared.moves, steps.take, shared.delivery, shared.events, outside.now, outside.random)
    poller = Poller(shared.store, turn, shared.events, outside.now, presence=shared.presence)
    shared.presence.hands = poller
    return Engine(steps, poller, _errands_of(shared))


def intake_of(shared: Shared, engine: Engine) -> Intake:
    """Build what makes jobs of messages."""
    settings, (default, fallback) = shared.settings, shared.models
    defaults = Defaults(default.name, settings.default_language, fallback_of(default, fallback))
    most_open, admission = settings.max_open_jobs_per_chat, engine.steps.submit.admission
    now = shared.outside.now
    return Intake(shared.store, shared.events, engine.poller, defaults, most_open, admission, now, shared.quotas)


def _errands_of(shared: Shared) -> Errands:
    store, now, transport = shared.store, shared.outside.now, shared.transport
    works: dict[str, Work] = {
        ErrandKind.EXPORT: Exports(store, partial(sender_of, shared.calls)),
        ErrandKind.DELETE: Deletions(transport, store, now),
        ErrandKind.NAMES: Renaming(transport, store, shared.scripts()),
    }
    return Errands(store, transport, shared.moves, shared.presence, shared.events, works, now)

"""What every part of one process shares."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import partial

from bot.config import Settings
from bot.engine.delivery import Delivery
from bot.engine.events import Events
from bot.engine.guests import Guests
from bot.engine.looks import Looks
from bot.engine.placeholders import Placeholders
from bot.engine.presence import Presence
from bot.engine.steps.scripts import Scripts
from bot.engine.telling import Telling
from bot.engine.trouble import Trouble
from bot.folders import remove_folders
from bot.machine.clock import Clock
from bot.machine.workplace import Workplace
from bot.media.ffmpeg import Ffmpeg
from bot.media.threads import Threads
from bot.media.trial import Choice
from bot.metrics import Metrics
from bot.outgoing.session import Session
from bot.parts import Models, calls_of, file_limit_of, provider_of, quotas_of, slots_of, telegram_of
from bot.speech.catalogue import Family
from bot.telegram.downloading.files import Files
from bot.telegram.pace import Pace
from bot.telegram.receiving.door import Door
from bot.telegram.receiving.unfinished import Unfinished
from bot.telegram.writing.replies import Replies
from bot.telegram.writing.transport import Transport
from handlers.joining import Joining
from storage.replicas import process_of


@dataclass(frozen=True, slots=True)
class Outside:
    """What the wiring needs of the world: a session, a folder for passing files, threads, the clock, chance.

    `moved` tells how far the system's clock has gone from `now`.
    """

    session: Session
    workplace: Workplace
    threads: Threads
    now: Clock
    moved: Callable[[], float]
    random: Callable[[], float]


class Shared:
    """One process: what every part of it shares."""

    def __init__(self, settings: Settings, models: Models, guests: Guests, outside: Outside) -> None:
        self.settings = settings
        self.models = models
        self.guests = guests
        self.moves = moves = guests.moves
        self.store = store = guests.store
        self.quotas = quotas_of(settings, lambda: guests.owner)
        self.outside = outside
        self.metrics = Metrics()
        receives = "polling" if settings.webhook_url is None else "webhook"
        self.presence = Presence(store, outside.now, receives, tidy=self._tidy)
        self.metrics.leads.set_function(lambda: float(self.presence.leads))
        self.slots = slots_of(settings)
        for family in Family:
            self.metrics.slots.labels(family).set_function(partial(self.slots.allowed, family))
        named = str(settings.ffmpeg) if settings.ffmpeg else None
        choice = Choice(outside.workplace.scratch, named)
        self.ffmpeg = Ffmpeg(choice.path, choice.try_again)
        self.events = Events(self.metrics, outside.now)
        pace = Pace(outside.now, store.ledger)
        self.to_telegram = outside.session.through(settings.proxy_of("telegram"))
        self.telegram = telegram_of(settings, outside.session, self.metrics, pace)
        self.calls = calls = calls_of(settings, outside.session, self.metrics)
        limit = file_limit_of(settings)
        self.files = Files(calls, self.to_telegram, limit, settings.telegram_local_files)
        replies = Replies(pace, self.metrics, moves.follow)
        unfinished = Unfinished(store, self.telegram.bot, outside.now)
        self.door = Door(replies, self.metrics, unfinished, in_turn=guests.is_shared)
        self.joining = Joining(self.door, self.store, pace.refusing, self.telegram.bot, outside.now, guests.is_shared)
        self.transport = transport = Transport(calls, pace)
        self.placeholders = Placeholders(transport, store)
        self.delivery = Delivery(transport, store, self.placeholders)
        self.provider = provider_of(settings, outside.session, self.metrics)
        tell = Telling(transport, store, lambda: guests.owner_speaks)
        self.trouble = Trouble(store, tell, lambda: guests.owner, lambda: self.metrics.bugs_seen, outside.now)
        self.looks = Looks(settings.looks_per_second, outside.now)

    def scripts(self) -> Scripts:
        return Scripts(self.store, self.settings.times_from_seconds)

    def _tidy(self, replicas: Collection[str]) -> None:
        remove_folders(self.settings.database_url, {process_of(each) for each in replicas})

"""The composition root: builds everything and passes it by constructor; there are no globals."""

from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import NamedTuple

from bot.config import Settings
from bot.engine.bell import Bell
from bot.engine.clockwatch import ClockWatch
from bot.engine.deletions import Deletions
from bot.engine.delivery import Delivery
from bot.engine.errands import Errands as ErrandWork
from bot.engine.errands import Work
from bot.engine.events import Events
from bot.engine.exports import Exports
from bot.engine.guests import Guests
from bot.engine.intake import Defaults, Intake
from bot.engine.looks import Looks
from bot.engine.maintenance import Maintenance
from bot.engine.moves import Moves
from bot.engine.poller import Poller
from bot.engine.presence import Presence
from bot.engine.progress import Progress
from bot.engine.renaming import Renaming
from bot.engine.sharing import Sharing
from bot.engine.steps import Steps
from bot.engine.steps.creates import Creates
from bot.engine.steps.deliver import Deliver
from bot.engine.steps.fetch import Fetch
from bot.engine.steps.looking import Looking
from bot.engine.steps.recordings import Recordings
from bot.engine.steps.scripts import Scripts
from bot.engine.steps.side_by_side import SideBySide
from bot.engine.steps.sniff import Sniff
from bot.engine.steps.submit import Rules, Submit
from bot.engine.telling import Telling
from bot.engine.trouble import Trouble
from bot.engine.turn import Turn
from bot.engine.watched import Watched
from bot.folders import remove_folders, workplace_for
from bot.machine.clock import Clock, SharedClock, seconds_asleep
from bot.machine.workplace import Workplace
from bot.media.ffmpeg import Ffmpeg
from bot.media.prepare import Limits, most_work
from bot.media.threads import Threads
from bot.media.trial import Choice
from bot.metrics import Metrics
from bot.outgoing.session import Session
from bot.parts import (
    Models,
    calls_of,
    file_limit_of,
    hook_of,
    models_of,
    open_session,
    provider_of,
    quotas_of,
    slots_of,
    telegram_of,
)
from bot.sizes import MEGABYTE
from bot.speech.aimlapi.formats import UPLOAD_FORMATS
from bot.speech.catalogue import Family
from bot.speech.languages import fallback_of
from bot.telegram.application import Telegram
from bot.telegram.downloading.files import Files
from bot.telegram.pace import Pace
from bot.telegram.receiving.dispatch import Dispatch, processing
from bot.telegram.receiving.door import Door
from bot.telegram.receiving.receiver import Receiver
from bot.telegram.receiving.registration import Hook, Registration
from bot.telegram.receiving.webhook import Webhook
from bot.telegram.writing.button_data import (
    Admit,
    AskDelete,
    AskLanguage,
    AskVersion,
    AskWho,
    CancelJob,
    Carried,
    Choose,
    ChooseHere,
    DeleteText,
    ExportText,
    ForgetChat,
    HandOver,
    InLanguage,
    KeepChat,
    KeepOwner,
    NameSpeaker,
    ShowGuests,
    ShowLess,
    ShowMore,
    ShowPage,
    TryAgain,
    UseNames,
    WithModel,
)
from bot.telegram.writing.replies import Replies
from bot.telegram.writing.transport import Transport
from bot.text.menu import COMMANDS
from bot.text.rooms.trouble import Kind
from handlers.access import Access
from handlers.again import Again
from handlers.asking import Asking
from handlers.cancel import Cancel
from handlers.choices import Choices
from handlers.choosing import Choosing
from handlers.commands import Commands
from handlers.errands import Errands
from handlers.groups import Groups
from handlers.hints import Hints
from handlers.joining import Joining
from handlers.links import Links
from handlers.media import Media
from handlers.misfits import Misfits
from handlers.more import More
from handlers.owning import Owning
from handlers.people import People
from handlers.privacy import Privacy, Told
from handlers.routes import Handlers, register
from handlers.shown import Shown
from handlers.speaking import Speaking
from handlers.taps import Act, Taps
from handlers.using import Using
from handlers.versions import Versions
from handlers.who import Who
from storage.errands import ErrandKind
from storage.opening import open_store
from storage.replicas import process_of
from storage.store import Store


class Hooked(NamedTuple):
    """A bot to which updates are brought: where, by whom they are taken, and what has Telegram bring them."""

    hook: Hook
    webhook: Webhook
    registration: Registration


@dataclass(frozen=True, slots=True)
class App:
    """Everything that runs, wired together."""

    settings: Settings
    store: Store
    presence: Presence
    guests: Guests
    telegram: Telegram
    receiver: Receiver
    hooked: Hooked | None  # None where the bot asks for updates
    joining: Joining
    replies: Replies
    poller: Poller
    errands: ErrandWork
    maintenance: Maintenance
    trouble: Trouble
    sharing: Sharing
    is_low_on_credits: Callable[[], Awaitable[bool]]
    ffmpeg: Ffmpeg
    clockwatch: ClockWatch
    metrics: Metrics
    now: Callable[[], float]


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


@asynccontextmanager
async def build(
    settings: Settings,
    now: Clock,
    random: Callable[[], float],
    *,
    moved: Callable[[], float] = lambda: 0.0,
) -> AsyncIterator[App]:
    """Open the database and the session, and close them at the end; nothing runs yet.

    Raises SettingsError for a model that does not exist, and the store's errors for a database that is in
    use, too new or out of reach.
    """
    models = models_of(settings)
    async with AsyncExitStack() as stack:
        store = await open_store(settings.database_url, now, owner=settings.bot_id)
        stack.push_async_callback(store.close)
        session = await stack.enter_async_context(open_session())
        if store.replicas.are_shared:
            now, moved = SharedClock(store.now), lambda: 0.0  # whoever sets that clock sets it for all
        workplace = stack.enter_context(workplace_for(settings.database_url, store.replicas.process))
        threads = Threads()
        stack.callback(threads.close)
        moves = Moves(store)
        await moves.load()
        is_open, is_shared = settings.access == "open", store.replicas.are_shared
        guests = Guests(store, moves, settings.allowed_chats, is_open, is_shared)
        await guests.load(settings.telegram_bot_token)
        outside = Outside(session, workplace, threads, now, moved, random)
        wiring = _Wiring(settings, models, guests, outside)
        wiring.looks.learned.load(await store.learned())
        await wiring.trouble.load()
        yield wiring.app()


class _Wiring:
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
        self.door = Door(Replies(pace, self.metrics, moves.follow), self.metrics, in_turn=guests.is_shared)
        self.joining = Joining(self.door, self.store, pace.refusing, self.telegram.bot, outside.now, guests.is_shared)
        self.delivery = Delivery(transport := Transport(calls, pace), store)
        self.provider = provider_of(settings, outside.session, self.metrics)
        tell = Telling(transport, store, lambda: guests.owner_speaks)
        self.trouble = Trouble(store, tell, lambda: guests.owner, lambda: self.metrics.bugs_seen, outside.now)
        self.looks = Looks(settings.looks_per_second, outside.now)

    def app(self) -> App:
        now, metrics, bot = self.outside.now, self.metrics, self.telegram.bot
        self.poller = self.presence.hands = poller = self._poller()
        self.errands = self._errands()
        self._register_handlers(poller)
        self.maintenance = self._maintenance()
        dispatch = Dispatch(bot, processing(self.telegram), self.door, metrics)
        expects = self.presence.expects_conflict
        receiver = Receiver(bot.base_url, self.to_telegram, dispatch.handle, metrics, now, expects)
        return App(
            settings=self.settings,
            store=self.store,
            presence=self.presence,
            guests=self.guests,
            telegram=self.telegram,
            receiver=receiver,
            hooked=self._hooked(dispatch),
            joining=self.joining,
            replies=self.door.replies,
            poller=poller,
            errands=self.errands,
            maintenance=self.maintenance,
            trouble=self.trouble,
            sharing=self._sharing(),
            is_low_on_credits=self.provider.is_low,
            ffmpeg=self.ffmpeg,
            clockwatch=ClockWatch(self.outside.moved, seconds_asleep, poller.nudge),
            metrics=metrics,
            now=now,
        )

    def _hooked(self, dispatch: Dispatch) -> Hooked | None:
        hook, store = hook_of(self.settings), self.store
        if hook is None:
            return None
        registration = Registration(self.telegram.bot, hook, store.webhook, store.keep_webhook)
        return Hooked(hook, Webhook(dispatch, self.metrics), registration)

    def _maintenance(self) -> Maintenance:
        ttl = self.settings.transcript_ttl_hours * 3600
        usable = (self._database_refuses, partial(self.trouble.ends, Kind.DATABASE))
        around = (self.outside.now, self.outside.moved, ttl, self.looks.learned)
        return Maintenance(self.store, self.metrics, *around, *usable, self._nudge, lambda: self.presence.leads)

    def _tidy(self, replicas: Collection[str]) -> None:
        remove_folders(self.settings.database_url, {process_of(each) for each in replicas})

    def _sharing(self) -> Sharing:
        return Sharing((self.guests.refresh, self.hold.refresh, self.trouble.refresh))

    def _database_refuses(self) -> None:
        """Let one replica tell of it, which nothing can tell the others: the one that led last."""
        if self.presence.led_last:
            self.trouble.begins(Kind.DATABASE)

    def _hurry(self) -> None:
        self.maintenance.hurry()

    def _poller(self) -> Poller:
        outside = self.outside
        take = self._steps().take
        turn = Turn(self.store, self.moves, take, self.delivery, self.events, outside.now, outside.random)
        return Poller(self.store, turn, self.events, outside.now, presence=self.presence)

    def _errands(self) -> ErrandWork:
        now, transport = self.outside.now, self.delivery.transport
        works: dict[str, Work] = {
            ErrandKind.EXPORT: Exports(self.store),
            ErrandKind.DELETE: Deletions(transport, self.store, now),
            ErrandKind.NAMES: Renaming(transport, self.store, self._scripts()),
        }
        return ErrandWork(self.store, transport, self.moves, self.presence, self.events, works, now)

    def _scripts(self) -> Scripts:
        return Scripts(self.store, self.settings.times_from_seconds)

    def _nudge(self) -> None:
        self.poller.nudge()

    def _steps(self) -> Steps:
        settings, now = self.settings, self.outside.now
        provider = Watched(self.provider, self.trouble)
        transcript_ttl = settings.transcript_ttl_hours * 3600
        creates = Creates(self.store, provider, self.looks, self.slots, transcript_ttl, now, self.quotas)
        self.hold = creates.hold
        rules = Rules(self.models.default, settings.link_minutes * 60)
        looking = Looking(self.store, provider, self.looks, now)
        progress = Progress(self.store, self.delivery.transport, now, self.looks.learned)
        side_by_side = SideBySide(creates, looking, progress, now)
        submit = Submit(self.store, self.delivery, self._recordings(), creates, side_by_side, rules, self._nudge, now)
        self.admission = submit.admission
        fetch = Fetch(self.store, looking, self.delivery, progress, self.looks, transcript_ttl, now)
        bell = Bell(self.delivery.transport, self.store, now)
        deliver = Deliver(self.store, self.delivery, bell, self._scripts(), settings.max_audio_minutes * 60)
        return Steps(Sniff(self.files), submit, fetch, deliver)

    def _recordings(self) -> Recordings:
        settings = self.settings
        max_seconds = settings.max_audio_minutes * 60
        limits = Limits(max_seconds, settings.split_minutes * 60, most_work(max_seconds))
        formats = replace(UPLOAD_FORMATS, max_bytes=settings.max_upload_bytes)
        return Recordings(self.files, self.outside.workplace, self.ffmpeg, self.outside.threads, limits, formats)

    def _intake(self, poller: Poller) -> Intake:
        settings = self.settings
        default, fallback = self.models
        defaults = Defaults(default.name, settings.default_language, fallback_of(default, fallback))
        most_open = settings.max_open_jobs_per_chat
        now = self.outside.now
        return Intake(self.store, self.events, poller, defaults, most_open, self.admission, now, self.quotas)

    def _choices(self) -> Choices:
        settings, models = self.settings, self.models
        kept_days = settings.transcript_ttl_hours / 24
        return Choices(
            models.default, settings.default_language, kept_days, models.fallback, settings.times_from_minutes
        )

    def _register_handlers(self, poller: Poller) -> None:
        settings, door, now = self.settings, self.door, self.outside.now
        limit, links_on = self.files.limit, settings.links == "on"
        speaking = Speaking(door, self.store)
        intake = self._intake(poller)
        media = Media(door, speaking, intake, limit, Misfits(speaking, self.models.default, self.models.fallback))
        limits = (round(limit.bytes / MEGABYTE), round(settings.max_audio_minutes))
        cancel, models = Cancel(door, speaking, self.store, poller.nudge, now), self.models
        choosing = Choosing(door, speaking, self.store, self._choices(), self._hurry)
        asking = Asking(media, Links(media, links_on))
        shown = Shown(speaking, self.store)
        versions = Versions(door, speaking, intake, shown, limit, models.preferred)
        errands = Errands(door, speaking, self.store, shown, self.errands.nudge, now)
        more = More(door, speaking, shown)
        who = Who(door, speaking, self.store, shown, self.errands.nudge, now)
        under = _Under(cancel, Again(door, speaking, intake), versions, more, errands, who)
        told = Told(models.default.name, settings.transcript_ttl_hours)
        privacy = Privacy(door, speaking, self.store, self.guests, self.calls, told, self._hurry, now)
        owning = Owning(door, speaking, self.guests, self.joining.greet)
        handlers = Handlers(
            access=Access(speaking, self.guests, self.store, now),
            owning=owning,
            media=media,
            asking=asking,
            versions=versions,
            who=who,
            hints=Hints(asking, {command.name for command in COMMANDS}, now),
            cancel=cancel,
            errands=errands,
            commands=Commands(door, speaking, asking, self.store, models.default, *limits, links_on),
            choosing=choosing,
            using=Using(door, speaking, self.store, self.quotas, self.calls, now),
            people=People(door, speaking, self.store),
            privacy=privacy,
            taps=Taps(door, speaking, _acts(under, choosing, owning, privacy)),
            groups=Groups(door, self.moves),
            joining=self.joining,
        )
        register(self.telegram, handlers)


class _Under(NamedTuple):
    """Who acts on the buttons under placeholders and answers."""

    cancel: Cancel
    again: Again
    versions: Versions
    more: More
    errands: Errands
    who: Who


def _acts(under: _Under, choosing: Choosing, owning: Owning, privacy: Privacy) -> Mapping[type[Carried], Act]:
    """Return who acts on what buttons carry."""
    return {
        CancelJob: under.cancel,
        TryAgain: under.again,
        AskVersion: under.versions.ask,
        AskLanguage: under.versions.ask,
        WithModel: under.versions.choose,
        InLanguage: under.versions.choose,
        ShowMore: under.more.show,
        ShowLess: under.more.close,
        ExportText: under.errands.export,
        AskDelete: under.errands.ask_delete,
        DeleteText: under.errands.delete,
        AskWho: under.who.ask,
        NameSpeaker: under.who.choose,
        UseNames: under.who.use,
        ShowPage: choosing.show,
        Choose: choosing.choose,
        ChooseHere: choosing.choose,
        Admit: owning.admit,
        ShowGuests: owning.show,
        HandOver: owning.hand_over,
        KeepOwner: owning.keep_owner,
        ForgetChat: privacy.erase,
        KeepChat: privacy.spare,
    }

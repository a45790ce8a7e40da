"""The handlers, wired: who takes which update, and who acts on which button."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from bot.sizes import MEGABYTE
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
from bot.text.menu import COMMANDS
from bot.wiring.engine import Engine, intake_of
from bot.wiring.shared import Shared
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


def register_handlers(shared: Shared, engine: Engine, hurry: Callable[[], None]) -> None:
    """Build the handlers and let Telegram's updates reach them; `hurry` is called when something is to be erased."""
    settings, door, now = shared.settings, shared.door, shared.outside.now
    limit, links_on = shared.files.limit, settings.links == "on"
    speaking = Speaking(door, shared.store)
    intake = intake_of(shared, engine)
    media = Media(door, speaking, intake, limit, Misfits(speaking, shared.models.default, shared.models.fallback))
    limits = (round(limit.bytes / MEGABYTE), round(settings.max_audio_minutes))
    cancel, models = Cancel(door, speaking, shared.store, engine.poller.nudge, now), shared.models
    choosing = Choosing(door, speaking, shared.store, _choices(shared), hurry)
    asking = Asking(media, Links(media, links_on))
    shown = Shown(speaking, shared.store)
    versions = Versions(door, speaking, intake, shown, limit, models.preferred)
    errands = Errands(door, speaking, shared.store, shown, engine.errands.nudge, now)
    more = More(door, speaking, shown)
    who = Who(door, speaking, shared.store, shown, engine.errands.nudge, now)
    under = _Under(cancel, Again(door, speaking, intake), versions, more, errands, who)
    told = Told(models.default.name, settings.transcript_ttl_hours)
    privacy = Privacy(door, speaking, shared.store, shared.guests, shared.calls, told, hurry, now)
    owning = Owning(door, speaking, shared.guests, shared.joining.greet)
    handlers = Handlers(
        access=Access(speaking, shared.guests, shared.store, now),
        owning=owning,
        media=media,
        asking=asking,
        versions=versions,
        who=who,
        hints=Hints(asking, {command.name for command in COMMANDS}, now),
        cancel=cancel,
        errands=errands,
        commands=Commands(door, speaking, asking, shared.store, models.default, *limits, links_on),
        choosing=choosing,
        using=Using(door, speaking, shared.store, shared.quotas, shared.calls, now),
        people=People(door, speaking, shared.store),
        privacy=privacy,
        taps=Taps(door, speaking, _acts(under, choosing, owning, privacy)),
        groups=Groups(door, shared.moves),
        joining=shared.joining,
    )
    register(shared.telegram, handlers)


def _choices(shared: Shared) -> Choices:
    settings, models = shared.settings, shared.models
    kept_days = settings.transcript_ttl_hours / 24
    return Choices(models.default, settings.default_language, kept_days, models.fallback, settings.times_from_minutes)


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

"""The steps, wired."""

from collections.abc import Callable
from dataclasses import replace

from bot.engine.bell import Bell
from bot.engine.progress import Progress
from bot.engine.steps import Steps
from bot.engine.steps.creates import Creates
from bot.engine.steps.deliver import Deliver
from bot.engine.steps.fetch import Fetch
from bot.engine.steps.looking import Looking
from bot.engine.steps.recordings import Recordings
from bot.engine.steps.side_by_side import SideBySide
from bot.engine.steps.sniff import Sniff
from bot.engine.steps.submit import Rules, Submit
from bot.engine.watched import Watched
from bot.media.prepare import Limits, most_work
from bot.speech.aimlapi.formats import UPLOAD_FORMATS
from bot.wiring.shared import Shared


def steps_of(shared: Shared, nudge: Callable[[], None]) -> Steps:
    """Build the steps; `nudge` is called when another job may have become due meanwhile."""
    settings, now = shared.settings, shared.outside.now
    provider = Watched(shared.provider, shared.trouble)
    transcript_ttl = settings.transcript_ttl_hours * 3600
    creates = Creates(shared.store, provider, shared.looks, shared.slots, transcript_ttl, now, shared.quotas)
    rules = Rules(shared.models.default, settings.link_minutes * 60)
    looking = Looking(shared.store, provider, shared.looks, now)
    progress = Progress(shared.store, shared.transport, now, shared.looks.learned)
    side_by_side = SideBySide(creates, looking, progress, now)
    submit = Submit(shared.store, shared.placeholders, _recordings(shared), creates, side_by_side, rules, nudge, now)
    fetch = Fetch(shared.store, looking, shared.placeholders, progress, shared.looks, transcript_ttl, now)
    bell = Bell(shared.transport, shared.store, now)
    deliver = Deliver(shared.store, shared.delivery, bell, shared.scripts(), settings.max_audio_minutes * 60)
    return Steps(Sniff(shared.files), submit, fetch, deliver)


def _recordings(shared: Shared) -> Recordings:
    settings = shared.settings
    max_seconds = settings.max_audio_minutes * 60
    limits = Limits(max_seconds, settings.split_minutes * 60, most_work(max_seconds))
    formats = replace(UPLOAD_FORMATS, max_bytes=settings.max_upload_bytes)
    return Recordings(shared.files, shared.outside.workplace, shared.ffmpeg, shared.outside.threads, limits, formats)

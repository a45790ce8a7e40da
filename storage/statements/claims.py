"""Accepting a message as a job, leasing what is due in the order of the turns.

A job keeps the turn that it got when it was accepted. The first open job of a chat has its turn at once, each further
one TURN_AFTER the one before. So the chats are served one after the other, however much one of them sends, and with a
single index: what is due and found no place is lined up, and leaves the line when it is leased.
"""

import secrets
from collections.abc import Collection
from dataclasses import fields, replace

from storage.chats import ChatSettings
from storage.host import Rate
from storage.intake import RINGS_AFTER, NewJob, NotTaken, Refused, Sent, Start
from storage.leases import Claim
from storage.options import AUTO, Options
from storage.outcomes import Admitted, MustWait
from storage.statements import rates
from storage.statements.admission import admit
from storage.statements.chats import COLUMNS, SELECT, settings_of
from storage.statements.making import make
from storage.statements.people import has_opted_out
from storage.statements.rows import JOB_COLUMNS, job_of
from storage.statements.transaction import Row, Transaction, listed
from storage.statements.twins import is_left_out
from storage.words import Job

# Seconds between the turns of one chat's jobs. Long, so that the first recording of another chat comes before the
# second one of a chat that waits already; and finite, so that newcomers without end do not keep that one from its turn.
TURN_AFTER = 600.0
NO_LIMIT = 2**31 - 1
TOLD_EVERY = 60.0  # seconds, while a chat sends more recordings than it may have open
# An interrupted job is worked on by itself. One that was at the provider, or had its answer, only waited for most of
# the time that it was leased: a second death makes it suspicious.
_ALONE = "(interrupted > 0 AND (interrupted > 1 OR deaths > 0 OR state = 'queued'))"
OPTIONS = tuple(each.name for each in fields(Options))  # a chat chooses them by the same names
LINED_UP_AT_ONCE = 100  # by one claim, beside those that it takes: more would keep others waiting for the database


async def accept(
    tx: Transaction,
    new: NewJob,
    now: float,
    most_open: int | None = None,
    start: Start | None = None,
    rate: Rate | None = None,
) -> Job | Refused | NotTaken | None:
    await tx.alone_with_chat(new.chat_id)
    await rates.alone_with_person(tx, new, rate)
    accepted = await _accept(tx, new, now, most_open, start, rate)
    if accepted is None and start is not None:
        return await _started(tx, new, start)
    return accepted


async def _accept(
    tx: Transaction, new: NewJob, now: float, most_open: int | None, start: Start | None, rate: Rate | None
) -> Job | Refused | NotTaken | None:
    chat = await read_chat(tx, new.chat_id, most_open, now)
    settings = settings_of([chat])
    if (why := await _why_not(tx, new, settings, now)) is not None:
        return why
    chosen = as_chosen(new, settings, now)
    if await is_left_out(tx, chosen):
        return None
    if most_open is not None and chat["open"] >= most_open:
        return await _refuse(tx, new, chat["oldest"], now)
    if (refused := await _too_often(tx, new, rate, now)) is not None:
        return refused
    # The lock of a post is taken last, so its jobs ask for admission later.
    has_to_wait = chat["open"] or chat["others_wait"] or new.must_sniff or new.post is not None
    start = None if has_to_wait else start
    made = await make(tx, chosen, now, next_turn(chat, now), start)
    if made is not None and rate is not None:
        await rates.arrived(tx, new, now, rate)
    return made if made is None or start is None else await _ask_for_admission(tx, made, start, now)


async def read_chat(tx: Transaction, chat_id: int, most_open: int | None, now: float) -> Row:
    """Read what a chat chose, count its open jobs up to a number, and tell whether others wait for their turn."""
    chat = await tx.row(
        f"SELECT {COLUMNS}, open, turn, oldest, EXISTS"
        " (SELECT 1 FROM jobs WHERE lined_up = 1 AND turn <= $3 AND next_at <= $3) AS others_wait"
        " FROM (SELECT count(*) AS open, max(turn) AS turn, min(created_at) AS oldest FROM"
        " (SELECT turn, created_at FROM jobs WHERE chat_id = $1 AND next_at IS NOT NULL ORDER BY turn DESC LIMIT $2)"
        " AS latest) AS counted LEFT JOIN chats ON chats.chat_id = $1",
        chat_id,
        NO_LIMIT if most_open is None else max(1, most_open),  # how many more are open changes nothing
        now,
    )
    assert chat is not None
    return chat


def next_turn(chat: Row, now: float) -> float:
    """Return the turn of a chat's next job."""
    return now if chat["turn"] is None else max(now, float(chat["turn"]) + TURN_AFTER)


async def _too_often(tx: Transaction, new: NewJob, rate: Rate | None, now: float) -> Refused | None:
    """Refuse a message that comes too soon after others, unless it has a job already."""
    if rate is None:
        return None
    too_often = await rates.too_often(tx, new, now, rate)
    if too_often is None or await _is_known(tx, new):
        return None
    return Refused(tell=await rates.may_tell(tx, new, too_often.whose, now), too_often=too_often)


async def refuse_or_count(
    tx: Transaction,
    new: NewJob,
    has_room: bool,  # noqa: FBT001 - of its chat
    rate: Rate | None,
    now: float,
) -> Refused | None:
    """Refuse a job that somebody asks for with a tap or a command, and who is told of each refusal; or count it."""
    if not has_room:
        return Refused(tell=True)
    if rate is not None:
        if (too_often := await rates.too_often(tx, new, now, rate)) is not None:
            return Refused(tell=True, too_often=too_often)
        await rates.arrived(tx, new, now, rate)
    return None


async def _started(tx: Transaction, new: NewJob, start: Start) -> Job | None:
    """Find the job that an earlier call with the same token has made, whose answer was lost."""
    sql = (
        f"SELECT {JOB_COLUMNS} FROM jobs WHERE from_chat_id = $1 AND message_id = $2 AND lease_token = $3"
        " AND state = 'queued'"
    )
    found = await tx.row(sql, new.chat_id, new.message_id, tx.holder + start.lease_token)
    return None if found is None else job_of(found)


async def _ask_for_admission(tx: Transaction, leased: Job, start: Start, now: float) -> Job:
    """Admit a job that was just made to the provider, if it may be; return it as it is then."""
    if (allowed := start.admission(leased.model)) is None:
        return leased
    match await admit(tx, leased, *allowed, now):
        case Admitted():
            return replace(leased, slot=allowed[0])
        case MustWait(waiting_for):
            return replace(leased, waiting_for=waiting_for)
        case _:
            return leased


async def _why_not(tx: Transaction, new: NewJob, settings: ChatSettings, now: float) -> NotTaken | None:
    """Tell why a message gets no job: its chat wants none, or the recording that it asks for has one already."""
    if (why := await unwanted_by(tx, settings, new)) is not None or new.about is None:
        return why
    rows = await tx.rows(
        "SELECT message_id, next_at FROM jobs WHERE from_chat_id = $1 AND message_id IN ($2, $3)"
        " UNION ALL SELECT message_id, next_at FROM jobs WHERE from_chat_id = $1 AND about = $2",
        new.chat_id,
        new.about,
        new.message_id,
    )
    if any(each["message_id"] == new.message_id for each in rows):
        return None  # it has come before, and has its job
    if any(each["next_at"] is not None for each in rows):
        await _take_for_recording(tx, new.chat_id, new.about, now)
        return NotTaken.UNDER_WAY
    return NotTaken.UNWANTED if rows and not settings.takes_again(new.asked) else None


async def unwanted(tx: Transaction, sent: Sent) -> NotTaken | None:
    return await unwanted_by(tx, settings_of(await tx.rows(SELECT, sent.chat_id)), sent)


async def unwanted_by(tx: Transaction, settings: ChatSettings, sent: Sent | NewJob) -> NotTaken | None:
    if not settings.takes(sent.asked, sent.video_seconds):
        return NotTaken.UNWANTED
    is_left_alone = sent.chat_id < 0 and await has_opted_out(tx, sent.people)
    return NotTaken.OPTED_OUT if is_left_alone else None


async def _take_for_recording(tx: Transaction, chat_id: int, message_id: int, now: float) -> None:
    """Let a document become text, or say why not, that would be left alone if its first bytes are not a recording's."""
    await tx.rows(
        "UPDATE jobs SET must_sniff = 0, lease_token = NULL, handling = 0, next_at = $3"
        " WHERE from_chat_id = $1 AND message_id = $2 AND state = 'queued' AND must_sniff = 1",
        chat_id,
        message_id,
        now,
    )


def as_chosen(new: NewJob, chosen: ChatSettings, now: float) -> NewJob:
    """Return the job with the settings of its chat, where it has some."""
    new = replace(
        new,
        interface=chosen.interface or (new.speaks if new.chat_id > 0 else None),
        answers=chosen.answers,
        fold_from=chosen.fold_from,
        reacts=bool(chosen.quiet),
        rings_at=_rings_at(new, chosen, now),
        times=chosen.times,
    )
    if new.is_decided:
        return new
    options = _options(new.options, chosen)
    model = chosen.model or _model_of_operator(new, options)
    taken = options.without(new.untaken.get(model, ()))
    return replace(new, model=model, options=taken, fallback=None, untaken={})


def _options(usual: Options, chosen: ChatSettings) -> Options:
    picked = {name: value for name in OPTIONS if (value := getattr(chosen, name)) is not None}
    return replace(usual, **picked) if picked else usual


def _model_of_operator(new: NewJob, options: Options) -> str:
    """Return the model for the language that a chat chose, or that its sender or else the chat is spoken with in."""
    likely = options.language if options.language != AUTO else new.speaks or new.interface
    return new.fallback.model if new.fallback is not None and new.fallback.knows(likely) else new.model


def _rings_at(new: NewJob, chosen: ChatSettings, now: float) -> float | None:
    """Return from when on a private chat is rung for a text, which has waited for long then.

    The wait begins when the recording was sent, at the end of the second that Telegram names.
    """
    if new.chat_id < 0 or chosen.notify is False:
        return None
    sent_at = now if new.sent_at is None else min(now, new.sent_at + 1)
    return sent_at + RINGS_AFTER


async def _refuse(tx: Transaction, new: NewJob, oldest: float, now: float) -> Refused | None:
    """Refuse a message unless it has a job; once all that was open at the last telling is answered, tell anew."""
    if await _is_known(tx, new):
        return None
    told = await tx.row("SELECT full_told_at FROM chats WHERE chat_id = $1", new.chat_id)
    told_at = told["full_told_at"] if told else None
    if told_at is not None and oldest <= told_at <= now < told_at + TOLD_EVERY:
        return Refused(tell=False)
    await tx.rows(
        "INSERT INTO chats (chat_id, full_told_at) VALUES ($1, $2)"
        " ON CONFLICT (chat_id) DO UPDATE SET full_told_at = excluded.full_told_at",
        new.chat_id,
        now,
    )
    return Refused(tell=True)


async def _is_known(tx: Transaction, new: NewJob) -> bool:
    sql = "SELECT 1 FROM jobs WHERE from_chat_id = $1 AND message_id = $2"
    return await tx.row(sql, new.chat_id, new.message_id) is not None


async def claim(
    tx: Transaction, now: float, lease_until: float, limit: int, passed_over: Collection[int] = ()
) -> Claim:
    jobs: tuple[Job, ...] = ()
    if limit > 0:
        waiting = await _lined_up(tx, now, limit, passed_over)
        due = await tx.rows(
            f"SELECT id, turn, chat_id FROM jobs WHERE lined_up = 0 AND NOT {_ALONE} AND next_at <= $1"
            f" ORDER BY next_at, id LIMIT $2 {tx.skip_locked}",
            now,
            limit + LINED_UP_AT_ONCE,
        )
        wanted = [*waiting, *(each for each in due if each["chat_id"] not in passed_over)]
        taken = [each["id"] for each in sorted(wanted, key=lambda each: (each["turn"], each["id"]))[:limit]]
        await _line_up(tx, [each["id"] for each in due if each["id"] not in taken])
        jobs = await _lease(tx, taken, now, lease_until)
    return Claim(jobs, await _next_at(tx, now, passed_over), await _interrupted_at(tx))


async def claim_interrupted(tx: Transaction, now: float, lease_until: float) -> Claim:
    due = await tx.rows(
        f"SELECT id FROM jobs WHERE {_ALONE} AND next_at <= $1"
        f" ORDER BY interrupted, next_at, id LIMIT 1 {tx.skip_locked}",
        now,
    )
    jobs = await _lease(tx, [each["id"] for each in due], now, lease_until)
    return Claim(jobs, await _next_at(tx, now), await _interrupted_at(tx))


async def _lined_up(tx: Transaction, now: float, limit: int, passed_over: Collection[int]) -> list[Row]:
    """Find the first jobs in the line, but for those of some chats."""
    others = f"AND chat_id NOT IN ({listed(3, passed_over)})" if passed_over else ""
    return await tx.rows(
        "SELECT id, turn, chat_id, next_at FROM jobs"
        f" WHERE lined_up = 1 AND next_at <= $1 {others} ORDER BY turn, id LIMIT $2 {tx.skip_locked}",
        now,
        limit,
        *passed_over,
    )


async def _line_up(tx: Transaction, ids: list[int]) -> None:
    """Put jobs into the line, but for those whose lease has expired: their holders may still record something."""
    if ids:
        await tx.rows(f"UPDATE jobs SET lined_up = 1 WHERE lease_token IS NULL AND id IN ({listed(1, ids)})", *ids)


async def _next_at(tx: Transaction, now: float, passed_over: Collection[int] = ()) -> float | None:
    """Return when to claim again: what is in the line is due already, unless a clock was set back."""
    if waiting := await _lined_up(tx, now, 1, passed_over):
        return float(waiting[0]["next_at"])
    first = await tx.row("SELECT min(next_at) AS next_at FROM jobs WHERE next_at IS NOT NULL AND lined_up = 0")
    return first["next_at"] if first else None


async def _interrupted_at(tx: Transaction) -> float | None:
    first = await tx.row(f"SELECT min(next_at) AS next_at FROM jobs WHERE {_ALONE}")
    return first["next_at"] if first else None


async def _lease(tx: Transaction, ids: list[int], now: float, lease_until: float) -> tuple[Job, ...]:
    """Lease these jobs, and return them in the order of their ids in the list."""
    if not ids:
        return ()
    leased = await tx.rows(
        "UPDATE jobs SET lease_token = $1, next_at = $2, claimed_at = $3, lined_up = 0,"
        " waiting_for = CASE WHEN woken = 1 THEN NULL ELSE waiting_for END"
        f" WHERE id IN ({listed(4, ids)}) RETURNING {JOB_COLUMNS}",
        tx.holder + secrets.token_hex(8),
        lease_until,
        now,
        *ids,
    )
    jobs = {each["id"]: job_of(each) for each in leased}  # RETURNING keeps no order
    return tuple(jobs[each] for each in ids)

"""Recording what a step achieved: one function an outcome, each obeying the map of states (`NEXT`).

Only a READY job that apologises instead of showing its transcript stays READY.

Every change is guarded by id, lease and state: no row back means that the lease was lost, and nothing is changed.
"""

from dataclasses import dataclass
from typing import Any

from storage import outcomes
from storage.apology import Apology, Reason
from storage.errors import ImpossibleMoveError
from storage.host import DAY
from storage.statements import pauses, spending
from storage.statements.encoding import encode_apology, encode_transcript
from storage.statements.guarded import add_generation, updated
from storage.statements.rows import JOB_COLUMNS, LEFT_OUT, job_of
from storage.statements.sharing import forget, still_at_provider
from storage.statements.texts import delete_texts
from storage.statements.transaction import Row, Transaction
from storage.statements.twins import pass_on
from storage.statements.waking import (
    AWAITS,
    PAUSES,
    REFUSED_BY_ITS_CHAT,
    alone_with_awaited,
    wake_for_slot,
    wake_for_slots,
    wake_paused,
    wake_refused,
    wake_the_same,
)
from storage.transcript import Doubt
from storage.words import LINK, NEXT, SAME, Job, State

_NOT_REFUSED = "refused = 0"
_NOTHING_UNDER_WAY = "create_started = 0, handling = 0"
_GOT_ON = "interrupted = 0, deaths = 0"
_SUCCEEDED = "attempts = 0, tried_seconds = 0"
_COUNTED = "reserved = 0"  # what is counted for it stays so
_FAILED = frozenset({Reason.PROVIDER_FAILED, Reason.LINK_UNREACHABLE, Reason.REFUSED})  # says the provider
_NO_LONGER_WAITING = "slot = NULL, more_slots = 0, waiting_for = NULL, woken = 0"


# With who is to be woken. No other job begins to wait for this one meanwhile, as that takes the lock of the key.
_CURRENT = (
    "SELECT slot, more_slots, waiting_for, woken, post, chat_id, user_id, reserved, reserved_on, forgotten,"
    " (SELECT keep_days FROM chats WHERE chats.chat_id = jobs.chat_id) AS keep_days,"
    " (SELECT expires_at FROM transcripts WHERE transcripts.id = jobs.transcript_id) AS expires_at,"
    " EXISTS (SELECT 1 FROM generations WHERE generations.job_id = jobs.id) AS has_generations,"
    f" EXISTS (SELECT 1 FROM jobs AS other WHERE other.cache_key = jobs.cache_key AND {AWAITS}) AS is_awaited,"
    f" EXISTS (SELECT 1 FROM jobs AS other WHERE {PAUSES}) AS is_paused,"
    f" EXISTS (SELECT 1 FROM jobs AS other WHERE other.chat_id = jobs.chat_id AND {REFUSED_BY_ITS_CHAT}) AS is_refused"
    " FROM jobs WHERE id = $1 AND lease_token = $2 AND state = $3"
)


async def record(tx: Transaction, job: Job, outcome: outcomes.Outcome, now: float) -> bool:
    return await _record(tx, job, outcome, now) is not None


async def advance(tx: Transaction, job: Job, outcome: outcomes.Outcome, now: float, lease_until: float) -> Job | None:
    """Record, and keep the lease under the same token: by it a repetition finds what it has stored already."""
    moved = await _record(tx, job, outcome, now, lease_until)
    if moved is None:
        sql = f"SELECT {JOB_COLUMNS} FROM jobs WHERE id = $1 AND lease_token = $2 AND (state, must_sniff) <> ($3, $4)"
        moved = await tx.row(sql, job.id, job.lease_token, job.state, int(job.must_sniff))
    return None if moved is None else job_of(moved)


async def _record(
    tx: Transaction, job: Job, outcome: outcomes.Outcome, now: float, lease_until: float | None = None
) -> Row | None:
    """Record an outcome; return the columns of the job where its lease is kept, None if it was lost."""
    await tx.alone_with(job.cache_key)
    current = await _read_current(tx, job)
    if current is not None and current["waiting_for"] is not None:
        await alone_with_awaited(tx, current["waiting_for"])
        current = await _read_current(tx, job)
    return None if current is None else await _Recording(tx, job, current, now, lease_until).apply(outcome)


async def _read_current(tx: Transaction, job: Job) -> Row | None:
    """Read what others may have changed since the job was claimed; None if the lease was lost."""
    return await tx.row(_CURRENT, job.id, job.lease_token, job.state)


@dataclass(frozen=True, slots=True)
class _Recording:
    """One outcome of one job, inside one transaction. Each method returns None where the lease was lost.

    The lease is given back, or kept until `lease_until`.
    """

    tx: Transaction
    job: Job
    current: Row
    now: float
    lease_until: float | None

    async def apply(self, outcome: outcomes.Outcome) -> Row | None:  # noqa: C901, PLR0911 - one line an outcome: this is the table
        match outcome:
            case outcomes.Submitted():
                return await self._submitted(outcome)
            case outcomes.Waiting(next_at, waiting_for, pause_since):
                is_over = pause_since is not None and await pauses.is_over(self.tx, pause_since)
                return await self._stay(self.now if is_over else next_at, waiting_for=waiting_for)
            case outcomes.Attempted(next_at, in_doubt):
                return await self._stay(next_at, tried=outcome, in_doubt=in_doubt)
            case outcomes.Released(next_at):
                return await self._stay(next_at, in_doubt=True)
            case outcomes.Forgotten():
                return await self._forgotten(outcome)
            case outcomes.Ready():
                return await self._ready(outcome)
            case outcomes.Known(transcript_id):
                return await self._known(transcript_id)
            case outcomes.Hopeless(apology, in_doubt):
                return await self._hopeless(apology, in_doubt=int(in_doubt))
            case outcomes.Ended(state):
                return await self._ended(state)
            case outcomes.Sniffed():
                return await self._sniffed()
            case outcomes.Ignored():
                return await self._ignored()

    async def _move(self, to: State, assignments: str, *values: Any, next_at: float | None) -> Row | None:
        """Move the job to a state that the map has; values from $5 on."""
        if to not in NEXT[self.job.state]:
            raise ImpossibleMoveError(self.job.id, self.job.state, to)
        return await self._change(f"state = $4, {assignments}, {_GOT_ON}, {_NOT_REFUSED}", to, *values, next_at=next_at)

    async def _change(self, assignments: str, *values: Any, next_at: float | None) -> Row | None:
        """Change the job, with values from $4 on, and give its lease back until `next_at`, or keep it."""
        at = 4 + len(values)
        everything = f"{assignments}, {_NOTHING_UNDER_WAY}, next_at = ${at}"
        if self.lease_until is None:
            return await updated(self.tx, self.job, "id", f"{everything}, lease_token = NULL", *values, next_at)
        kept = (self.lease_until, self.now)
        return await updated(self.tx, self.job, JOB_COLUMNS, f"{everything}, claimed_at = ${at + 1}", *values, *kept)

    async def _submitted(self, outcome: outcomes.Submitted) -> Row | None:
        """Move on, and end the pause for others, too: a create got through."""
        assignments = f"submitted_at = $5 - {LEFT_OUT}, audio_seconds = $6, doubtful = $7, {_SUCCEEDED}"
        doubtful = Doubt.FAINT if outcome.is_faint else Doubt.NOTHING
        values = (self.now, outcome.audio_seconds, int(doubtful))
        moved = await self._move(State.SUBMITTED, assignments, *values, next_at=outcome.first_look_at)
        if moved is None:
            return None
        if outcome.generation is not None:
            await add_generation(self.tx, self.job, outcome.generation)
        for family, slots in sorted(outcome.slots.items()):  # in one order, so that no two wait for each other
            await wake_for_slots(self.tx, family, slots, self.now)
        await self._wake_paused()
        await self._wake_refused()
        return moved

    async def _stay(
        self,
        next_at: float,
        *,
        tried: outcomes.Attempted | None = None,
        in_doubt: bool = False,
        waiting_for: str | None = None,
    ) -> Row | None:
        """Keep the state; `in_doubt` counts only where a create was started.

        A failed try counts with its time: from the claim to the next try, without the time in which nothing ran.

        A queued job gives its slot back, and is due at once if it was woken while a step had it. It stays woken until
        it asks for admission again, because only so may it find a transcript that is not kept. One whose wake was
        known when it was claimed, and whose step did not come to ask, waits for its moment.

        One that was interrupted has got on when its step did what it is for, or failed at it without a death.
        """
        woken, slot = self.current["woken"], self.current["slot"]
        if woken and self.current["waiting_for"] is not None:
            next_at = self.now
        kept = await self._slots_kept(gives_back=tried is not None and tried.gives_slot_back)
        assignments = (
            "waiting_for = $4, attempts = attempts + $5, tried_seconds = tried_seconds + $6,"
            " creates_in_doubt = creates_in_doubt + $7 * create_started, slot = $8, refused = $9, more_slots = $10"
        )
        seconds = 0.0 if tried is None else self.job.spent(self.now) + max(0.0, next_at - self.now)
        counted = (int(tried is not None), seconds, int(in_doubt))
        refused = int(tried is not None and tried.refused)
        values = (None if woken else waiting_for, *counted, slot if kept else None, refused, max(0, kept - 1))
        if not in_doubt and (tried is not None or self.job.state is not State.QUEUED):
            assignments += f", {_GOT_ON}"
        if (stayed := await self._change(assignments, *values, next_at=next_at)) is None:
            return None
        if self.job.state is State.QUEUED:
            await spending.give_back(self.tx, self.job.id, self.current)
        await self._pass_on_slots(kept)
        return stayed

    async def _slots_kept(self, *, gives_back: bool) -> int:
        """Return how many slots a job keeps that stays as it is: a queued one those of its parts at the provider."""
        if self.current["slot"] is None or gives_back:
            return 0
        held = 1 + int(self.current["more_slots"])
        if self.job.state is not State.QUEUED:
            return held
        return min(held, await still_at_provider(self.tx, self.job)) if self.current["has_generations"] else 0

    async def _pass_on_slots(self, kept: int) -> None:
        """Let others have the slots that a job had and does not keep."""
        await wake_for_slot(self.tx, self.current["slot"], self.now, slots=1 + self.current["more_slots"] - kept)

    async def _forgotten(self, outcome: outcomes.Forgotten) -> Row | None:
        """Drop what has to be made again, and keep what is paid for and can still be had, with its slots."""
        held = 0 if self.current["slot"] is None else 1 + int(self.current["more_slots"])
        kept = min(held, await still_at_provider(self.tx, self.job, but_not=outcome.parts))
        assignments = "submitted_at = NULL, generations_lost = generations_lost + 1, slot = $5, more_slots = $6"
        values = (self.current["slot"] if kept else None, max(0, kept - 1))
        if (moved := await self._move(State.QUEUED, assignments, *values, next_at=outcome.next_at)) is None:
            return None
        await forget(self.tx, self.job, outcome.parts)
        await self._pass_on_slots(kept)
        return moved

    async def _ready(self, outcome: outcomes.Ready) -> Row | None:
        """Store the transcript, for this job and for those that wait for it."""
        key, body = self.job.cache_key, encode_transcript(outcome.transcript)
        doubtful = int(outcome.doubtful)
        speakers = outcome.transcript.count_speakers() if self.job.options.speakers else 0
        sql = (
            "INSERT INTO transcripts (cache_key, body, expires_at, doubtful, speakers) VALUES ($1, $2, $3, $4, $5)"
            " RETURNING id"
        )
        new = await self.tx.row(sql, key, body, self._expires_at(outcome), doubtful, speakers)
        assert new is not None
        if (moved := await self._known(new["id"])) is None:
            await self.tx.rows("DELETE FROM transcripts WHERE id = $1", new["id"])
            return None
        if self.job.kind == LINK:
            await spending.correct(self.tx, self.current, outcome.transcript.duration)
        if self.current["is_awaited"]:
            await self._give_to_those_that_wait(new["id"], doubtful, speakers)
        if self.job.state is State.QUEUED:  # answered at once, so a create got through
            await self._wake_paused()
        return moved

    async def _give_to_those_that_wait(self, transcript_id: int, doubtful: int, speakers: int) -> None:
        """Make the jobs ready that wait for this transcript, and let those ask again that a step holds."""
        sql = (
            "UPDATE jobs SET state = 'ready', transcript_id = $1, ready_at = $2, next_at = $2, waiting_for = NULL,"
            f" doubtful = $5, speakers = $6, {_COUNTED}"
            " WHERE cache_key = $3 AND waiting_for = $4 AND woken = 0 AND lease_token IS NULL"
            " RETURNING chat_id, user_id"
        )
        for other in await self.tx.rows(sql, transcript_id, self.now, self.job.cache_key, SAME, doubtful, speakers):
            await self._count(other)
        await wake_the_same(self.tx, self.job.cache_key, self.now)

    def _expires_at(self, outcome: outcomes.Ready) -> float:
        """Return the moment that the chat has chosen, if it has chosen one and the text says something."""
        days = self.current["keep_days"]
        return outcome.expires_at if days is None or not outcome.says_something else self.now + days * DAY

    async def _known(self, transcript_id: int) -> Row | None:
        done = f"{_COUNTED}, {_SUCCEEDED}, {_NO_LONGER_WAITING}"
        told = ", ".join(
            f"{name} = (SELECT {name} FROM transcripts WHERE id = $6)" for name in ("doubtful", "speakers")
        )
        assignments = f"ready_at = $5, transcript_id = $6, {told}, {done}"
        moved = await self._move(State.READY, assignments, self.now, transcript_id, next_at=self.now)
        if moved is None:
            return None
        await self._count(self.current)
        await self._provider_is_done()
        return moved

    async def _count(self, job: Row) -> None:
        """Count a recording that has become text, for its chat and its sender."""
        await spending.count(self.tx, job["chat_id"], job["user_id"], int(self.now // DAY))

    async def _hopeless(self, apology: Apology, *, in_doubt: int) -> Row | None:
        """Make the job ready to apologise; one that is ready already apologises instead of showing its transcript."""
        assignments = (
            f"ready_at = $5, apology = $6, {_SUCCEEDED},"
            " creates_in_doubt = creates_in_doubt + $7 * create_started,"
            f" {_NO_LONGER_WAITING}"
        )
        values = (self.now, encode_apology(apology), in_doubt)
        if self.job.state is State.READY:
            everything = f"state = $4, {assignments}, {_GOT_ON}, {_NOT_REFUSED}"
            moved = await self._change(everything, State.READY, *values, next_at=self.now)
        else:
            moved = await self._move(State.READY, assignments, *values, next_at=self.now)
        if moved is None:
            return None
        await spending.give_back(self.tx, self.job.id, self.current, failed=apology.reason in _FAILED)
        await self._wake_the_same()
        await self._provider_is_done()
        return moved

    async def _ended(self, state: State) -> Row | None:
        moved = await self._move(state, f"ended_at = $5, {_NO_LONGER_WAITING}", self.now, next_at=None)
        if moved is None:
            return None
        await spending.give_back(self.tx, self.job.id, self.current)
        await self._wake_the_same()
        if state is State.FAILED and self.current["post"] is not None:
            await pass_on(self.tx, self.job.id, self.current["post"], self.now)
        await self._keep_no_longer()
        if state is not State.FAILED:
            await self._wake_refused()
        await self._provider_is_done()
        return moved

    async def _sniffed(self) -> Row | None:
        assignments = f"must_sniff = 0, waiting_for = NULL, woken = 0, {_SUCCEEDED}, {_GOT_ON}"
        return await self._change(assignments, next_at=self.now)

    async def _ignored(self) -> Row | None:
        """Delete the job; its message would be looked at again if Telegram delivered it again, and ignored again."""
        sql = "DELETE FROM jobs WHERE id = $1 AND lease_token = $2 AND state = $3 AND must_sniff = 1 RETURNING id"
        gone = await self.tx.row(sql, self.job.id, self.job.lease_token, self.job.state)
        if gone is not None:
            await self._wake_the_same()
        return gone

    async def _wake_the_same(self) -> None:
        if self.current["is_awaited"]:
            await wake_the_same(self.tx, self.job.cache_key, self.now)

    async def _wake_paused(self) -> None:
        if self.current["is_paused"]:
            await wake_paused(self.tx, self.now)

    async def _wake_refused(self) -> None:
        if self.current["is_refused"]:
            await wake_refused(self.tx, self.job.chat_id, self.now)

    async def _keep_no_longer(self) -> None:
        """Let the text expire when the chat wants that, and delete what is not to be kept."""
        days, expires_at = 0 if self.current["forgotten"] else self.current["keep_days"], self.current["expires_at"]
        if days is not None and expires_at is not None:
            expires_at = min(expires_at, self.now + days * DAY)
            sql = "UPDATE transcripts SET expires_at = $2 WHERE id = $1 AND expires_at > $2"
            await self.tx.rows(sql, self.job.transcript_id, expires_at)
        if self.current["forgotten"]:
            await self.tx.rows("DELETE FROM jobs WHERE id = $1", self.job.id)
        if expires_at is not None and expires_at <= self.now:
            await self._forget_expired()

    async def _forget_expired(self) -> None:
        """Delete a transcript that may not be kept, once no other job is left to show it."""
        which = (
            "FROM transcripts WHERE id = $1 AND expires_at <= $2 AND NOT EXISTS"
            " (SELECT 1 FROM jobs WHERE cache_key = $3 AND next_at IS NOT NULL AND state IN ('queued', 'ready'))"
        )
        await delete_texts(self.tx, which, self.job.transcript_id, self.now, self.job.cache_key)

    async def _provider_is_done(self) -> None:
        """Drop the generations and pass the slot on: nothing of this job is at the provider any more."""
        if self.current["has_generations"]:
            await self.tx.rows("DELETE FROM generations WHERE job_id = $1", self.job.id)
        await self._pass_on_slots(0)

"""Steps: one turn of work on one job, chosen by its state; each ends in an outcome.

A step holds the job's lease. It stores what it did to the outside world before it does the next thing, so a death at
any point costs at most one repetition, and never a second payment without a trace.
"""

from dataclasses import dataclass

from bot.engine.lease import Hand
from bot.engine.steps.deliver import Deliver
from bot.engine.steps.fetch import Fetch
from bot.engine.steps.sniff import Sniff
from bot.engine.steps.submit import Submit
from storage.outcomes import Outcome
from storage.words import State


@dataclass(frozen=True, slots=True)
class Steps:
    """Takes steps. Their failures leave as exceptions, and `bot.engine.policy` says what these mean for the job."""

    sniff: Sniff
    submit: Submit
    fetch: Fetch
    deliver: Deliver

    async def take(self, hand: Hand) -> Outcome:
        """Do one thing for a job that is not over."""
        job = hand.job
        match job.state:
            case State.QUEUED if job.must_sniff:
                return await self.sniff(job)
            case State.QUEUED:
                return await self.submit(job, hand.generations, hand.placing)
            case State.SUBMITTED:
                return await self.fetch(job, hand.generations, hand.look_at, hand.placing)
            case State.READY:
                return await self.deliver(job, hand.told)
            case State.DELIVERED | State.FAILED | State.CANCELLED:
                raise ValueError(f"job {job.id} is over: {job.state}")

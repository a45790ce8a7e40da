"""Steps: one turn of work on one job, chosen by its state; each ends in an outcome.

A step owns the job's lease. What it does to the outside world it stores before it does the next thing, so a
death anywhere in here costs at most one repetition, and never a second payment without a trace.
"""

from bot.engine.steps.deliver import Deliver
from bot.engine.steps.fetch import Fetch
from bot.engine.steps.submit import Submit
from storage.outcomes import Outcome
from storage.words import Job, State


class Steps:
    """Takes steps; failures leave as exceptions, and `bot.engine.policy` says what they mean for the job."""

    def __init__(self, submit: Submit, fetch: Fetch, deliver: Deliver) -> None:
        self._submit = submit
        self._fetch = fetch
        self._deliver = deliver

    async def take(self, job: Job) -> Outcome:
        """Do one thing for a job that is not over."""
        match job.state:
            case State.QUEUED:
                return await self._submit(job)
            case State.SUBMITTED:
                return await self._fetch(job)
            case _:
                return await self._deliver(job)

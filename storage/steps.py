"""What a step stores of the job that it holds by a lease. Promises as in `storage.store`."""

from typing import Protocol

from storage.apology import Notice
from storage.host import Exhausted, Spending
from storage.outcomes import Admission, Outcome
from storage.pause import Pause
from storage.transcript import Transcript
from storage.words import Form, Generation, Job


class Steps(Protocol):
    """Stores how far a step has come, and what it has achieved."""

    async def admit(self, job: Job, family: str, slots: int, now: float) -> Admission | None:
        """Decide whether a queued job may go to the provider; None if the lease was lost.

        A transcript of the same key is reused; behind an older job of the same key the job waits; at most
        `slots` jobs of a family are admitted at once, and of three or more slots one is kept for other chats. A slot
        that gets free is offered to the first in turn of the jobs that wait for one; a job whose turn is later stands
        behind all that still wait.
        """

    async def give_slot_back(self, job: Job, now: float) -> bool:
        """Give back the slot of a job that is not at the provider yet; True again for a job that has none."""

    async def take_slots(self, job: Job, family: str, wanted: int, slots: int) -> bool | None:
        """Let a job that has a slot of the family have `wanted` of its `slots`, for parts that go side by side.

        False where others need them: one waits for a slot, none would be left free, or more than half of all would
        belong to such parts. None if the lease was lost.
        """

    async def ahead(self, job: Job, family: str, most: int) -> int:
        """Count the jobs that wait for a slot of the family and come before this one, up to `most`."""

    async def place(self, job: Job, message_id: int, notice: Notice, form: Form = Form.EDIT) -> bool:
        """Store the placeholder of a job that has none; True again for the same message."""

    async def replace(self, job: Job, message_id: int, form: Form) -> bool:
        """Store another placeholder instead of the one that `job` has, which is left over from now on."""

    async def change_form(self, job: Job, form: Form) -> bool:
        """Store how the answer is shown from now on; the placeholder stays."""

    async def note(self, job: Job, notice: Notice) -> bool:
        """Store what the placeholder says now."""

    async def tell(self, job: Job, now: float) -> bool:
        """Store that the placeholder is about to tell how far the job is, instead of any notice."""

    async def ring(self, job: Job) -> bool:
        """Store that the message that rings is about to be sent: it comes once at the most."""

    async def start_create(
        self,
        job: Job,
        spending: Spending | None = None,
        unless_paused_at: float | None = None,
        under_way: int = 1,
    ) -> bool | Exhausted | Pause:
        """Store that a create is about to be sent, so that a lost answer leaves a trace.

        With it so many are `under_way`: each of them is in doubt where the process dies.

        Pause where one has creates wait at that moment; None is for the job that tries for all.

        The seconds that it spends are counted with it, once a job, and given back when it turns out that nothing was
        made. Exhausted, and nothing stored, where they are more than is left of the day.
        """

    async def created(self, job: Job, generation: Generation, under_way: int = 0) -> bool:
        """Store a generation, before anything else happens, and how many creates are still under way.

        A part has one: storing it again replaces it.
        """

    async def creates_under_way(self, job: Job, under_way: int) -> bool:
        """Store how many creates are still under way, as one has surely failed."""

    async def part_ready(self, job: Job, part: int, transcript: Transcript, now: float) -> bool:
        """Store the transcript of one part of a job, and let others have the slot that it took beside the first."""

    async def make_again(self, job: Job, parts: frozenset[int], now: float) -> bool:
        """Drop the generations of some parts of a job, which are made again, and count that as `Forgotten` does."""

    async def looked_in_vain(self, job: Job, part: int, looks: int) -> bool:
        """Store that so many looks at a part found it finished, with an answer that could not be read."""

    async def page_placed(self, job: Job, number: int, message_id: int) -> bool:
        """Store the message of page `number` (1, 2, …) of a long transcript; 0 for the first one, once it is shown."""

    async def record(self, job: Job, outcome: Outcome, now: float) -> bool:
        """Move the job on and give the lease back; jobs that waited for this outcome become due.

        So do those that their chat had refused, once one of the chat gets on.

        ImpossibleMoveError for an outcome that the job's state does not allow.
        """

    async def advance(self, job: Job, outcome: Outcome, now: float, lease_until: float) -> Job | None:
        """Record an outcome as `record` does, but keep the lease, until another moment.

        Return the job as it is then; None if the lease was lost. Only for outcomes after which the job is in another
        state and something is left to do, and for Sniffed.
        """

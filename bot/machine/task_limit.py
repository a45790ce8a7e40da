"""A limit on how many tasks do something large at the same time."""

import asyncio


class TaskLimit:
    """At most `number` tasks have a place. A task keeps its place until it ends, with all that it has made by then."""

    def __init__(self, number: int) -> None:
        self._free = asyncio.Semaphore(number)
        self._taken_by: set[asyncio.Task[object]] = set()

    async def take(self) -> None:
        """Wait until the current task has a place; it may have one already."""
        task = _current_task()
        if task not in self._taken_by:
            await self._free.acquire()
            self._taken_by.add(task)
            task.add_done_callback(self._give_back)

    async def take_if_free(self) -> bool:
        """Give the current task a place without a wait; False if there is none."""
        if _current_task() not in self._taken_by and self._free.locked():
            return False
        await self.take()
        return True

    def _give_back(self, task: "asyncio.Task[object]") -> None:
        self._taken_by.discard(task)
        self._free.release()


def _current_task() -> "asyncio.Task[object]":
    task = asyncio.current_task()
    assert task is not None
    return task

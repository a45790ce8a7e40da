"""Stores on PostgreSQL, each with connections that other tests have had: a new one takes longer than most tests."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Self

from storage.postgres.engine import PostgresEngine
from storage.postgres.replicas import PostgresReplicas
from storage.statements.store import SQLStore


class _Engine(PostgresEngine):
    def anew(self) -> Self:
        """Return one with the same connections that knows nothing of what was done with them."""
        return type(self)(self._way, self._pool, self._urgent, self._clock)

    async def settle(self) -> bool:
        """Let what is under way end; tell whether the connections can be used further."""
        await asyncio.gather(*self._running, return_exceptions=True)
        return not (self._pool.is_closing() or self._urgent.is_closing())


class Lender:
    """Lends stores. Whoever borrows one is the only one who has its connections."""

    def __init__(self) -> None:
        self._engines: list[_Engine] = []

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_error: object) -> None:
        for engine in self._engines:
            await engine.close()

    @asynccontextmanager
    async def store(self, url: str) -> AsyncIterator[SQLStore]:
        """Lend a store on the one database of this worker. It may be closed, with its connections."""
        engine = self._engines.pop().anew() if self._engines else await _Engine.open(url)
        try:
            yield SQLStore(engine, PostgresReplicas(engine))
        finally:
            if await engine.settle():
                self._engines.append(engine)

"""A provider that is watched: what its answers tell of its state, the owner hears."""

from dataclasses import dataclass

from bot.engine.trouble import Trouble
from bot.errors import VerbatimError
from bot.speech.catalogue import Model
from bot.speech.provider import Created, Done, Failed, Pending, Provider, Unknown, Unreadable
from bot.uploads import Source
from storage.options import Options


@dataclass(frozen=True, slots=True)
class Watched:
    """Passes calls on, and their answers and failures back."""

    provider: Provider
    trouble: Trouble

    async def submit(self, source: Source, model: Model, options: Options) -> Created | Done:
        try:
            made = await self.provider.submit(source, model, options)
        except VerbatimError as error:
            self.trouble.failed(error)
            raise
        self.trouble.accepted()
        return made

    async def fetch(self, generation_id: str) -> Pending | Done | Unreadable | Failed | Unknown:
        try:
            found = await self.provider.fetch(generation_id)
        except VerbatimError as error:
            self.trouble.failed(error)
            raise
        self.trouble.answered()
        return found

"""A client of the AI/ML API as the bot is one."""

from typing import Any

import aiohttp

from bot.playground.speech import FakeSpeech
from tests.patience import until


async def transcribed(api: FakeSpeech, data: bytes, name: str) -> dict[str, Any]:
    """The answer to whoever creates a generation and fetches it once it has ended."""
    form = aiohttp.FormData({"model": "#g1_nova-2-general"})
    form.add_field("audio", data, filename=name, content_type="audio/ogg")
    async with aiohttp.ClientSession(headers={"Authorization": f"Bearer {api.key}"}) as client:
        async with client.post(f"{api.url}/stt/create", data=form) as created:
            generation = (await created.json())["generation_id"]
        await until(api, lambda: api.generations[generation].outcome)
        async with client.get(f"{api.url}/stt/{generation}") as fetched:
            told: dict[str, Any] = await fetched.json()
            return told

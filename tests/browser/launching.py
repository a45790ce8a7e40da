"""Starting a browser that talks to nobody but us."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from playwright.async_api import Browser, async_playwright

QUIET = (
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@asynccontextmanager
async def launched(executable: str, *arguments: str) -> AsyncIterator[Browser]:
    """A headless browser of its own; root may not use its sandbox."""
    sandbox = os.geteuid() != 0
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=executable, args=[*QUIET, *arguments], chromium_sandbox=sandbox
        )
        try:
            yield browser
        finally:
            await browser.close()

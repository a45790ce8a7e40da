"""The page of the demo in a browser, with the chat of one person open, and requests to /sim behind it."""

import asyncio
import itertools
import re
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, Self

import aiohttp
from playwright.async_api import Browser, BrowserContext, Locator, Page, expect

from tests.patience import patience

QUIET_SECONDS = 60.0
LOOKING_AROUND = 0.15  # of a processor: a browser with a page that lies still, and who asks it again and again
FOR_EVER = 3_600_000  # milliseconds: no step of a test knows how long the whole may take
WAITED_IN_VAIN = 408
DESKTOP = {"width": 1440, "height": 900}
PHONE = {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 2, "has_touch": True, "is_mobile": True}
expect.set_options(timeout=FOR_EVER)
_names = (f"Robin {number:03}" for number in itertools.count(1))


class ChatPage:
    """`page` shows the private chat of a person, one whom nobody knew before unless `name` says who."""

    def __init__(self, browser: Browser, sim: aiohttp.ClientSession, url: str, name: str | None = None) -> None:
        self.sim = sim
        self.url = url
        self.name = name or next(_names)
        self.chat_id = 0
        self.page: Page
        self.context: BrowserContext
        self.errors: list[str] = []
        self._browser = browser
        self._stack = AsyncExitStack()
        self._events = 0
        self._watching: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._watching = asyncio.create_task(self._watch())
        self.chat_id = await self._person()
        await self.ask("POST", "/sim/chats", type="private", user=self.chat_id)
        self.page = await self.open()
        return self

    async def _watch(self) -> None:
        """Close the page once nothing has happened for QUIET_SECONDS, which ends every wait for it."""
        try:
            async with patience(QUIET_SECONDS, happened=lambda: self._events, looking_around=LOOKING_AROUND):
                await asyncio.Event().wait()
        except AssertionError as error:
            self.errors.append(str(error))
            await self._stack.aclose()

    def _count(self, _: object) -> None:
        self._events += 1

    async def _person(self) -> int:
        people = (await self.ask("GET", "/sim/state"))["people"]
        known = [person for person in people if person["first_name"] == self.name]
        person = known[0] if known else await self.ask("POST", "/sim/people", first_name=self.name)
        return int(person["id"])

    async def __aexit__(self, *failure: object) -> None:
        if self._watching is not None:
            self._watching.cancel()
        await self._stack.aclose()
        await self.ask("PATCH", "/sim/speech", says=None)
        await self.ask("PATCH", "/sim/bot", privacy=True)
        for fault in (await self.ask("GET", "/sim/state"))["faults"]:
            await self.ask("PUT", f"/sim/faults/{fault['name']}", on=False)
        if failure[0] is None:
            assert self.errors == []

    async def open(self, *, enter: bool = True, **options: Any) -> Page:
        """A browser window of its own with the person's chat in it, or with the first one unless it is to `enter`."""
        self.context = await self._browser.new_context(**{"viewport": DESKTOP} | options)
        self._stack.push_async_callback(self.context.close)
        self.context.set_default_timeout(FOR_EVER)
        page = await self.context.new_page()
        for event in ("request", "requestfinished", "requestfailed", "console", "framenavigated"):
            page.on(event, self._count)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("request", lambda request: self._allowed(request.url))
        page.on("console", lambda said: self.errors.append(said.text) if said.type == "error" else None)
        await page.goto(self.url)
        await page.locator("body[data-ready=true]").wait_for()
        if enter:
            await self.enter(page)
        return page

    async def enter(self, page: Page | None = None) -> None:
        """A private chat is called after the bot, and after the person too where there are several."""
        page = page or self.page
        back = page.get_by_role("button", name="Back to the chats")
        if await back.is_visible():
            await back.click()
        name = re.compile(rf"^Verbatim (?:· {re.escape(self.name)}\b|(?!·))")
        await page.get_by_role("navigation", name="Chats").get_by_role("button", name=name).click()

    def _allowed(self, url: str) -> None:
        """The page works offline: whatever it asks for is here."""
        if not url.startswith((self.url, "blob:", "data:")):
            self.errors.append(f"asked for {url}")

    async def picture(self, path: Path, part: Locator | None = None) -> None:
        """What the page, or a part of it, looks like when the pointer rests outside and everything has come to rest."""
        await self.page.mouse.move(0, 0)
        await (part or self.page).screenshot(path=path, animations="disabled", caret="hide")

    async def ask(self, method: str, path: str, **body: Any) -> Any:
        """One request to /sim, which must go well."""
        async with self.sim.request(method, path, json=body or None) as answer:
            told = await answer.json()
            assert answer.ok, told
            return told

    async def says(self, text: str) -> None:
        """This is heard from now on."""
        await self.ask("PATCH", "/sim/speech", says=text)

    async def switch_on(self, name: str) -> None:
        await self.ask("PUT", f"/sim/faults/{name}", on=True)

    @property
    def messages(self) -> Locator:
        return self.page.get_by_role("log", name="Messages").get_by_role("article")

    @property
    def from_bot(self) -> Locator:
        return self.page.locator("article[data-from=bot]")

    async def send_sample(self, title: str) -> None:
        await self.page.get_by_role("button", name="Samples").click()
        await self.page.get_by_role("menu", name="Samples").get_by_role("menuitem", name=title).click()

    async def say(self, text: str) -> None:
        await self.page.get_by_role("textbox", name="Message").fill(text)
        await self.page.get_by_role("button", name="Send", exact=True).click()

    async def see(self, text: str, where: Locator | None = None) -> None:
        """Wait until the bot's latest message, or that element, says so."""
        await expect(where or self.from_bot.last).to_contain_text(text)

    async def says_in_private(self, words: str) -> str:
        """What the bot has written into the private chat with these words in it, once it has."""
        where = f"/sim/chats/{self.chat_id}/messages?contains={words}&wait=5"
        async with patience(QUIET_SECONDS):
            while True:
                async with self.sim.get(where) as answer:
                    if answer.status != WAITED_IN_VAIN:
                        return str((await answer.json())[0]["text"])

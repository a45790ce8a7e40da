"""What a page of somebody else can do through the browser of the person who runs a playground: follow a link to it."""

from contextlib import asynccontextmanager

import pytest
from aiohttp import web
from playwright.async_api import expect

from bot.playground.telegram import FakeTelegram
from tests.browser.chat_page import FOR_EVER, LOOKING_AROUND, QUIET_SECONDS
from tests.patience import patience

pytestmark = pytest.mark.asyncio(loop_scope="session")

# It knows the token, which is the worst case, and tries every way of a page to send a request.
ATTACK = """<!doctype html>
<title>kittens</title>
<a id="link" href="{page}">the playground</a>
<iframe name="frame"></iframe>
<form id="form" method="post" target="frame" action="{takeover}"></form>
<script>
const loaded = (node) => new Promise((done) => {{ node.onload = node.onerror = done; document.body.append(node); }});
const framed = (tag, address) => loaded(Object.assign(document.createElement(tag), {{ src: address, data: address }}));
const submitted = (form) => new Promise((done) => {{ frames.frame.frameElement.onload = done; form.submit(); }});
async function attack() {{
  for (const address of ["{takeover}", "{page}"]) {{
    for (const tag of ["iframe", "img", "script", "embed"]) await framed(tag, address);
    for (const mode of ["no-cors", "cors"]) await fetch(address, {{ mode }}).catch(() => null);
    await fetch(address, {{ mode: "no-cors", method: "POST", body: "{{}}" }}).catch(() => null);
  }}
  await submitted(document.forms.form);
  document.title = "done";
}}
onload = attack;
</script>
"""


@asynccontextmanager
async def serving(text):
    """Serve a page at a port of its own, which is yielded."""

    async def show(_):
        return web.Response(text=text, content_type="text/html")

    app = web.Application()
    app.router.add_get("/", show)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()


@pytest.mark.parametrize("name", ["kittens.localhost", "localhost", "127.0.0.1"])
async def test_a_page_of_somebody_else_takes_nothing_over(browser, demo_url, name):
    async with FakeTelegram("123456:the-page-knows-it") as telegram:
        takeover = f"{telegram.url}/bot{telegram.state.token}/setWebhook?url=https://kittens.example/hook"
        attack = ATTACK.format(takeover=takeover, page=demo_url)
        async with (
            serving(attack) as port,
            await browser.new_context() as context,
            patience(QUIET_SECONDS, looking_around=LOOKING_AROUND),
        ):
            context.set_default_timeout(FOR_EVER)
            page = await context.new_page()
            await page.goto(f"http://{name}:{port}/")
            await expect(page).to_have_title("done")
            for frame in page.frames[1:]:
                assert await frame.locator("#conversation").count() == 0
            assert (telegram.calls, telegram.state.webhook) == ([], None)
            await page.locator("#link").click()
            await expect(page.locator("body[data-ready=true]")).to_be_visible()
            await page.goto(takeover)
        assert (telegram.calls, telegram.state.webhook) == ([], None)

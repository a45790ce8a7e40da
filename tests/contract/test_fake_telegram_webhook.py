"""The fake Bot API with a webhook: where updates go, in which order, and what happens to those that are not taken."""

import asyncio
import time

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.playground.telegram import FakeTelegram
from tests.contract.fake_telegram_client import Client
from tests.patience import until

SECOND = 0.01
URL = "https://bot.example.org/telegram"


class Hook:
    """A bot's webhook that keeps what it gets. It answers with the statuses in `answers`, then with 200.

    A text in `held` is not answered before it is taken out of there.
    """

    def __init__(self) -> None:
        self.url = ""
        self.received: list[tuple[str | None, str]] = []  # secrets and texts
        self.times: list[float] = []
        self.answers: list[int] = []
        self.again_after: int | None = None
        self.held: set[str] = set()
        self.most_at_once = 0
        self._at_once = 0
        self.notify = lambda: None
        self._released = asyncio.Condition()

    async def release(self, text: str) -> None:
        async with self._released:
            self.held.discard(text)
            self._released.notify_all()

    async def receive(self, request: web.Request) -> web.Response:
        text = (await request.json())["message"]["text"]
        self.received.append((request.headers.get("X-Telegram-Bot-Api-Secret-Token"), text))
        self.times.append(time.monotonic())
        self._at_once += 1
        self.most_at_once = max(self.most_at_once, self._at_once)
        self.notify()
        async with self._released:
            await self._released.wait_for(lambda: text not in self.held)
        self._at_once -= 1
        status = self.answers.pop(0) if self.answers else 200
        again = {} if status == 200 or self.again_after is None else {"Retry-After": str(self.again_after)}
        return web.Response(status=status, headers=again)

    @property
    def texts(self) -> list[str]:
        return [text for _, text in self.received]


@pytest.fixture
async def hook():
    hook = Hook()
    application = web.Application()
    application.router.add_post("/telegram", hook.receive)
    async with TestServer(application) as server:
        hook.url = str(server.make_url("")).rstrip("/")
        yield hook


@pytest.fixture
async def telegram(clock, hook):
    """Without `plain_webhooks`: what goes to the public address arrives at the hook, as behind a proxy."""
    async with FakeTelegram(clock=clock, webhook_second=SECOND) as server:
        server.upstreams[:] = [hook.url]
        hook.notify = server.notifier.notify
        yield server


@pytest.fixture
async def plain(clock, hook):
    async with FakeTelegram(clock=clock, webhook_second=SECOND, plain_webhooks=True) as server:
        hook.notify = server.notifier.notify
        async with aiohttp.ClientSession() as session:
            yield Client(server, session)


def people(telegram, *names):
    """Private chats of so many people, and who they are."""
    return [(telegram.private(user), user) for user in map(telegram.user, names)]


async def delivered(telegram):
    await until(telegram, lambda: not telegram.pending_updates)


async def test_each_update_comes_until_it_is_taken_and_the_next_one_of_its_chat_only_then(telegram, client, hook):
    ((chat, alice),) = people(telegram, "Alice")
    hook.answers = [500, 404]
    assert (await client.setWebhook(url=URL, secret_token="s3cret", max_connections=1)).result is True
    chat.say(alice, "one")
    chat.say(alice, "two")
    await delivered(telegram)
    assert hook.received == [("s3cret", text) for text in ("one", "one", "one", "two")]
    info = (await client.getWebhookInfo()).result
    assert (info["url"], info["max_connections"]) == (URL, 1)
    assert info["last_error_message"] == "Wrong response from the webhook: 404 Not Found"
    assert info["pending_update_count"] == 0


async def test_chats_do_not_wait_for_each_other(telegram, client, hook):
    (one, alice), (two, bob) = people(telegram, "Alice", "Bob")
    await client.setWebhook(url=URL)
    hook.held = {"slow"}
    one.say(alice, "slow")
    one.say(alice, "behind it")
    two.say(bob, "quick")
    two.say(bob, "quick too")
    await until(telegram, lambda: len(hook.received) == 3)
    assert sorted(hook.texts) == ["quick", "quick too", "slow"]
    await hook.release("slow")
    await delivered(telegram)
    assert hook.texts[3:] == ["behind it"]


async def test_no_more_come_at_once_than_the_bot_asked_for(telegram, client, hook):
    await client.setWebhook(url=URL, max_connections=2)
    hook.held = {"A", "B"}
    for chat, person in people(telegram, "A", "B", "C", "D"):
        chat.say(person, person.first_name)
    await until(telegram, lambda: len(hook.received) == 2)
    await hook.release("A")
    await hook.release("B")
    await delivered(telegram)
    assert (hook.most_at_once, sorted(hook.texts)) == (2, ["A", "B", "C", "D"])


async def test_the_first_failure_is_repeated_at_once_and_later_ones_after_twice_the_wait_each(telegram, client, hook):
    ((chat, alice),) = people(telegram, "Alice")
    await client.setWebhook(url=URL)
    hook.answers = [500] * 5
    chat.say(alice, "hello")
    await delivered(telegram)
    waits = [after - before for before, after in zip(hook.times, hook.times[1:], strict=False)]
    assert [wait >= least * SECOND for wait, least in zip(waits, (0, 2, 4, 8, 16), strict=True)] == [True] * 5


async def test_the_wait_that_the_bot_asks_for_is_kept_also_the_first_time(telegram, client, hook):
    ((chat, alice),) = people(telegram, "Alice")
    await client.setWebhook(url=URL)
    hook.answers, hook.again_after = [503, 503], 10
    chat.say(alice, "hello")
    await delivered(telegram)
    first, second, third = hook.times
    assert min(second - first, third - second) >= 10 * SECOND


async def test_behind_a_proxy_the_bots_take_turns_and_one_that_is_gone_is_passed_over(
    telegram, client, hook, refusing_port
):
    telegram.upstreams[:] = [f"http://127.0.0.1:{refusing_port}", hook.url]
    ((chat, alice),) = people(telegram, "Alice")
    await client.setWebhook(url=URL)
    for text in ("one", "two", "three"):
        chat.say(alice, text)
    await delivered(telegram)
    assert hook.texts == ["one", "two", "three"]
    assert "last_error_message" not in (await client.getWebhookInfo()).result


@pytest.mark.parametrize("upstreams", [0, 1])
async def test_where_nobody_is_there_updates_wait(telegram, client, refusing_port, upstreams):
    """Without anybody behind the proxy nothing leaves this machine, as the name is nobody's."""
    telegram.upstreams[:] = [f"http://127.0.0.1:{refusing_port}"] * upstreams
    ((chat, alice),) = people(telegram, "Alice")
    await client.setWebhook(url=URL)
    chat.say(alice, "hello")
    await until(telegram, lambda: telegram.state.webhook.last_error)
    info = (await client.getWebhookInfo()).result
    assert info["pending_update_count"] == 1
    assert info["last_error_message"] == (
        "Wrong response from the webhook: 502 Bad Gateway"
        if upstreams
        else "Failed to resolve host: Name or service not known"
    )
    await client.deleteWebhook(drop_pending_updates=True)
    assert (await client.getWebhookInfo()).result["pending_update_count"] == 0


async def test_a_plain_address_on_this_machine_gets_updates_too(plain, hook):
    ((chat, alice),) = people(plain.telegram, "Alice")
    await plain.setWebhook(url=f"{hook.url}/telegram", ip_address="127.0.0.1")
    chat.say(alice, "hello")
    await delivered(plain.telegram)
    assert hook.received == [(None, "hello")]
    assert (await plain.getWebhookInfo()).result["ip_address"] == "127.0.0.1"


async def test_a_plain_address_at_which_nobody_listens_is_told(plain, refusing_port):
    ((chat, alice),) = people(plain.telegram, "Alice")
    await plain.setWebhook(url=f"http://127.0.0.1:{refusing_port}/")
    chat.say(alice, "hello")
    await until(plain.telegram, lambda: plain.telegram.state.webhook.last_error)
    assert (await plain.getWebhookInfo()).result["last_error_message"] == "Connection refused"


async def test_a_success_can_be_lost_and_an_update_not_come_at_all(telegram, client, hook):
    ((chat, alice),) = people(telegram, "Alice")
    await client.setWebhook(url=URL)
    telegram.fault("webhook")
    telegram.fault("webhook", drop=True, after_effect=True)
    seen = []
    telegram.watch("webhook", seen.append, "after", times=None)
    chat.say(alice, "hello")
    await delivered(telegram)
    assert hook.texts == ["hello", "hello"]
    assert [update["message"]["text"] for update in seen] == ["hello", "hello"]


async def test_another_webhook_is_sent_what_the_one_before_did_not_take(telegram, client, hook, clock):
    ((chat, alice),) = people(telegram, "Alice")
    await client.setWebhook(url=URL, secret_token="old")
    hook.answers, hook.again_after = [503], 3600
    chat.say(alice, "hello")
    await until(telegram, lambda: telegram.state.webhook.last_error)
    clock.pass_(1)
    await client.setWebhook(url=URL, secret_token="new")
    await delivered(telegram)
    assert hook.received == [("old", "hello"), ("new", "hello")]
    assert "last_error_message" not in (await client.getWebhookInfo()).result


async def test_a_webhook_is_set_once_a_second_and_the_same_one_changes_nothing(telegram, client, hook, clock):
    ((chat, alice),) = people(telegram, "Alice")
    hook.answers = [500]
    await client.setWebhook(url=URL)
    assert (await client.setWebhook(url=URL)).refusal == (429, "Too Many Requests: retry after 1")
    chat.say(alice, "hello")
    await delivered(telegram)
    clock.pass_(1)
    await client.setWebhook(url=URL)
    assert (await client.getWebhookInfo()).result["last_error_message"].endswith("500 Internal Server Error")


async def test_polling_and_a_webhook_exclude_each_other(telegram, client):
    poll = asyncio.create_task(client.getUpdates(timeout=50))
    await until(telegram, lambda: telegram.calls_of("getUpdates"))
    await client.setWebhook(url=URL)
    assert (await poll).refusal == (409, "Conflict: terminated by setWebhook request")
    status, sentence = (await client.getUpdates()).refusal
    assert status == 409
    assert sentence.startswith("Conflict: can't use getUpdates method while webhook is active")
    assert "ip_address" not in (await client.getWebhookInfo()).result
    await client.setWebhook(url="")
    assert (await client.getWebhookInfo()).result["url"] == ""
    assert await client.updates() == []

"""What the bot tells Telegram about its webhook, and when."""

import asyncio

import pytest

from bot.errors import RateLimitedError, TemporaryError
from bot.metrics import Metrics
from bot.parts import open_session, telegram_of
from bot.telegram.failures import translated
from bot.telegram.pace import Pace
from bot.telegram.receiving.receiver import ALLOWED_UPDATES
from bot.telegram.receiving.registration import Hook, Registration
from tests.patience import until

HOOK = Hook("https://bot.example.org/telegram", "/telegram", "s3cret", "mark")


class Desk:
    """A registration at the fake, and what it remembers."""

    def __init__(self, stopped_world, session) -> None:
        self.telegram = stopped_world.telegram
        self.clock = stopped_world.clock
        self.mark: str | None = None
        self._bot = telegram_of(stopped_world.settings(), session, Metrics(), Pace(stopped_world.clock)).bot

    async def remembered(self) -> str | None:
        return self.mark

    async def remember(self, mark: str) -> None:
        self.mark = mark

    def registration(self, hook=HOOK) -> Registration:
        return Registration(self._bot, hook, self.remembered, self.remember)

    async def settle(self, hook=HOOK) -> None:
        self.clock.pass_(1)
        with translated():
            await self.registration(hook).settle()

    def times_set(self) -> int:
        return len(self.telegram.calls_of("setWebhook"))


@pytest.fixture
async def desk(stopped_world):
    async with open_session() as session:
        yield Desk(stopped_world, session)


async def test_it_is_set_with_everything_that_polling_asks_for_and_drops_nothing(desk):
    alice = desk.telegram.user("Alice")
    desk.telegram.private(alice).say(alice, "/start")
    await desk.settle()
    webhook = desk.telegram.state.webhook
    assert (webhook.url, webhook.secret_token, webhook.max_connections) == (HOOK.url, HOOK.secret, 40)
    assert desk.telegram.state.updates.allowed == list(ALLOWED_UPDATES)
    assert len(desk.telegram.pending_updates) == 1
    assert desk.mark == HOOK.mark


async def test_it_is_not_set_again_where_nothing_differs(desk):
    await desk.settle()
    await desk.settle()
    assert desk.times_set() == 1


@pytest.mark.parametrize(
    "differs",
    [
        {"url": "https://elsewhere.example.org/telegram"},
        {"max_connections": 1},
        {"allowed_updates": ["message"]},
        {"allowed_updates": []},
    ],
    ids=lambda differs: next(iter(differs)),
)
async def test_it_is_set_again_where_telegram_has_something_else(desk, differs):
    await desk.settle()
    webhook, updates = desk.telegram.state.webhook, desk.telegram.state.updates
    webhook.url = differs.get("url", webhook.url)
    webhook.max_connections = differs.get("max_connections", webhook.max_connections)
    updates.allowed = differs.get("allowed_updates", updates.allowed)
    await desk.settle()
    assert desk.times_set() == 2


async def test_it_is_set_again_where_it_was_taken_back(desk):
    await desk.settle()
    desk.telegram.state.webhook = None
    await desk.settle()
    assert desk.telegram.state.webhook.url == HOOK.url


async def test_it_is_set_again_with_another_secret_which_telegram_does_not_tell(desk):
    await desk.settle()
    await desk.settle(Hook(HOOK.url, HOOK.path, "another", "another mark"))
    assert desk.telegram.state.webhook.secret_token == "another"


async def test_it_is_set_again_once_when_the_bot_refuses_a_secret_that_somebody_else_has_set(desk, lines):
    await desk.settle()
    registration = desk.registration()
    await registration.settle()
    desk.telegram.state.webhook.last_error = (desk.clock(), "Wrong response from the webhook: 401 Unauthorized")
    desk.telegram.state.webhook.secret_token = "of somebody else"
    error = desk.telegram.state.webhook.last_error
    desk.clock.pass_(1)
    await registration.settle()
    assert (desk.times_set(), desk.telegram.state.webhook.secret_token) == (2, HOOK.secret)
    desk.telegram.state.webhook.last_error = error  # should a server keep it
    desk.clock.pass_(1)
    await registration.settle()
    assert desk.times_set() == 2
    assert len(lines.of("webhook.failing")) == 1


async def test_a_new_failure_is_told_once_with_what_waits(desk, lines):
    await desk.settle()
    registration = desk.registration()
    await registration.settle()
    desk.telegram.state.webhook.last_error = (desk.clock(), "Connection refused")
    await registration.settle()
    await registration.settle()
    (line,) = lines.of("webhook.failing")
    assert (line["because_of"], line["waiting"]) == ("Connection refused", 0)
    desk.telegram.state.webhook.last_error = (desk.clock() + 60, "Read timeout expired")
    await registration.settle()
    assert [line["because_of"] for line in lines.of("webhook.failing")] == [
        "Connection refused",
        "Read timeout expired",
    ]
    assert desk.times_set() == 1


@pytest.mark.parametrize("waiting", [0, 1])
async def test_after_a_start_an_old_failure_counts_only_if_something_waits(desk, lines, waiting):
    desk.telegram.fault("webhook", times=None)
    await desk.settle()
    alice = desk.telegram.user("Alice")
    for _ in range(waiting):
        desk.telegram.private(alice).say(alice, "/start")
    desk.telegram.state.webhook.last_error = (desk.clock(), "Connection refused")
    await desk.settle()
    assert len(lines.of("webhook.failing")) == waiting


async def test_an_address_that_telegram_refuses_is_told_in_its_words(desk, lines):
    await desk.settle(Hook("https://bot/telegram", "/telegram", "s3cret", "mark"))
    (line,) = lines.of("webhook.refused")
    assert line["because_of"] == "bad webhook: Failed to resolve host: Name or service not known"
    assert (desk.telegram.state.webhook, desk.mark) == (None, None)


async def test_patience_that_telegram_asks_for_is_known(desk):
    desk.telegram.fault("setWebhook", 429, retry_after=3)
    with pytest.raises(RateLimitedError) as asked:
        await desk.settle()
    assert asked.value.retry_after == 3


@pytest.mark.parametrize("result", [None, [], {"url": 5}, "x"])
async def test_an_answer_of_another_form_changes_nothing(desk, result):
    desk.telegram.fault("getWebhookInfo", 200, body={"ok": True, "result": result})
    with pytest.raises(TemporaryError):
        await desk.settle()
    assert desk.times_set() == 0


@pytest.mark.parametrize(
    "odd", [{"last_error_date": 10**30}, {"last_error_date": "x"}, {"allowed_updates": [5]}, {"max_connections": True}]
)
async def test_odd_parts_of_an_answer_count_as_missing(desk, odd):
    desk.telegram.fault("getWebhookInfo", 200, body={"ok": True, "result": {"url": HOOK.url} | odd})
    await desk.settle()
    assert desk.times_set() == 1


async def test_it_is_looked_at_until_it_can_be_set(desk, lines):
    desk.telegram.fault("getWebhookInfo", 401)
    keeping = asyncio.create_task(desk.registration().keep())
    await until(desk.telegram, lambda: desk.telegram.state.webhook)
    keeping.cancel()
    await asyncio.gather(keeping, return_exceptions=True)
    (line,) = lines.of("webhook.unknown")
    assert line["error"] == "Telegram does not accept TELEGRAM_BOT_TOKEN"

"""The memory of what chats refuse: how often they are asked, and who learns of an answer."""

import asyncio

import pytest
from telegram.error import BadRequest, Forbidden, NetworkError, RetryAfter

from bot.errors import ChatRefusesError, FormRefusedError, UndeliverableError
from bot.telegram import refusing
from bot.telegram.refusals import ThreadGoneError
from bot.telegram.refusing import FRESH, WAITS, WAITS_IN_DOUBT, Refusing
from tests.clock import Clock

CHAT, OTHER = -1001, -1002
SHUT = BadRequest("CHAT_RESTRICTED")


class Asked:
    """A chat whose answers the test gives, and which counts how often it is asked."""

    def __init__(self):
        self.clock, self.calls = Clock(), 0
        self.refusing = Refusing(self.clock)
        self.answers = self.goes_on = None

    async def ask(self, error=None, *, chat=CHAT, endpoint="sendMessage", topic=None):
        async def call():
            self.calls += 1
            if self.goes_on is not None:
                await self.goes_on.wait()
            if error is not None:
                raise error
            return "sent"

        return await self.refusing.asked(chat, endpoint, call, topic=topic)

    async def refused(self, error=SHUT, **how):
        with pytest.raises((ChatRefusesError, FormRefusedError, UndeliverableError)) as caught:
            await self.ask(error, **how)
        return caught.value


@pytest.fixture
def chat():
    return Asked()


async def test_a_chat_that_refused_is_asked_again_after_waits_that_grow(chat):
    for wait in (*WAITS, WAITS[-1]):
        assert (await chat.refused()).retry_after == wait
        chat.clock.pass_(wait - 1)
        asked = chat.calls
        assert (await chat.refused()).retry_after == pytest.approx(1)
        assert chat.calls == asked
        chat.clock.pass_(1)


async def test_a_chat_whose_refusal_nobody_knows_is_asked_less_often(chat):
    for wait in (*WAITS_IN_DOUBT, WAITS_IN_DOUBT[-1]):
        assert (await chat.refused(BadRequest("SOMETHING"))).retry_after == wait
        chat.clock.pass_(wait)


async def test_a_chat_is_known_to_take_messages_from_one_to_the_next_refusal(chat):
    assert not chat.refusing.is_known_to_take(CHAT)
    await chat.ask(endpoint="editMessageText")
    assert not chat.refusing.is_known_to_take(CHAT)
    await chat.ask()
    assert chat.refusing.is_known_to_take(CHAT)
    await chat.refused()
    assert not chat.refusing.is_known_to_take(CHAT)


async def test_chats_that_take_messages_are_not_remembered_without_end(chat, monkeypatch):
    monkeypatch.setattr(refusing, "MANY", 2)
    for number in (1, 2, 3):
        await chat.ask(chat=number)
    assert [chat.refusing.is_known_to_take(number) for number in (1, 2, 3)] == [False, False, True]


async def test_a_chat_that_takes_a_message_is_forgiven(chat):
    await chat.refused()
    assert chat.refusing.is_known(CHAT)
    chat.clock.pass_(WAITS[0])
    assert await chat.ask() == "sent"
    assert not chat.refusing.is_known(CHAT)
    assert (await chat.refused()).retry_after == WAITS[0]


async def test_refusals_hold_for_their_chat_and_their_form_alone(chat):
    await chat.refused(BadRequest("CHAT_SEND_PLAIN_FORBIDDEN"))
    assert await chat.ask(chat=OTHER) == "sent"
    assert await chat.ask(endpoint="sendDocument") == "sent"
    assert await chat.ask(endpoint="editMessageText") == "sent"
    assert isinstance(await chat.refused(None), FormRefusedError)


async def test_a_chat_that_is_shut_takes_no_form_of_new_message(chat):
    await chat.refused()
    assert isinstance(await chat.refused(None, endpoint="sendDocument"), ChatRefusesError)
    assert await chat.ask(endpoint="editMessageText") == "sent"


async def test_an_unknown_refusal_stays_unknown(chat):
    assert not (await chat.refused(BadRequest("SOMETHING"))).known
    assert not (await chat.refused(None)).known
    assert chat.calls == 1


async def test_a_chat_that_is_lost_may_be_back_which_only_a_call_can_tell(chat):
    lost = Forbidden("Forbidden: bot was blocked by the user")
    assert isinstance(await chat.refused(lost), UndeliverableError)
    assert isinstance(await chat.refused(lost), ChatRefusesError)
    assert chat.calls == 1


async def test_somebody_who_writes_makes_the_chat_be_asked_sooner_and_not_at_once(chat):
    await chat.refused()
    chat.clock.pass_(WAITS[0])
    await chat.refused()
    chat.refusing.ask_again(CHAT)
    chat.clock.pass_(FRESH - 1)
    await chat.refused(None)
    chat.clock.pass_(1)
    assert await chat.ask() == "sent"


async def test_of_many_that_write_at_once_one_finds_out_for_all(chat):
    chat.goes_on = asyncio.Event()
    asking = [asyncio.create_task(chat.ask(SHUT)) for _ in range(20)]
    await asyncio.sleep(0)
    chat.goes_on.set()
    found = await asyncio.gather(*asking, return_exceptions=True)
    assert {type(each) for each in found} == {ChatRefusesError}
    assert chat.calls == 1


async def test_of_many_that_write_at_once_all_learn_that_the_chat_is_lost(chat):
    chat.goes_on = asyncio.Event()
    asking = [asyncio.create_task(chat.ask(Forbidden("bot was kicked from the group chat"))) for _ in range(3)]
    await asyncio.sleep(0)
    chat.goes_on.set()
    found = await asyncio.gather(*asking, return_exceptions=True)
    assert {type(each) for each in found} == {UndeliverableError}
    assert chat.calls == 1


@pytest.mark.parametrize("trouble", [None, RetryAfter(3), NetworkError("away")])
async def test_others_go_on_after_a_call_that_was_not_refused(chat, trouble):
    chat.goes_on = asyncio.Event()
    first = asyncio.create_task(chat.ask(trouble))
    await asyncio.sleep(0)
    others = [asyncio.create_task(chat.ask()) for _ in range(3)]
    await asyncio.sleep(0)
    assert chat.calls == 1
    chat.goes_on.set()
    assert await asyncio.gather(*others) == ["sent"] * 3
    await asyncio.gather(first, return_exceptions=True)


async def test_others_go_on_after_one_that_was_cut_off(chat):
    chat.goes_on = asyncio.Event()
    first, other = asyncio.create_task(chat.ask()), asyncio.create_task(chat.ask())
    await asyncio.sleep(0)
    first.cancel()
    chat.goes_on.set()
    assert await other == "sent"


async def test_nobody_waits_long_for_the_answer_to_another_message(chat, monkeypatch):
    monkeypatch.setattr(refusing, "SOON", 0.0)
    chat.goes_on = asyncio.Event()
    asking = [asyncio.create_task(chat.ask()) for _ in range(3)]
    while chat.calls < 3:  # noqa: ASYNC110 - nothing else tells
        await asyncio.sleep(0)
    chat.goes_on.set()
    assert await asyncio.gather(*asking) == ["sent"] * 3


async def test_edits_wait_for_nobody(chat):
    chat.goes_on = asyncio.Event()
    asking = [asyncio.create_task(chat.ask(endpoint="editMessageText")) for _ in range(3)]
    await asyncio.sleep(0)
    assert chat.calls == 3
    chat.goes_on.set()
    await asyncio.gather(*asking)


async def test_what_is_about_a_message_is_not_remembered(chat):
    with pytest.raises(Exception, match="message can't be edited"):
        await chat.ask(BadRequest("message can't be edited"), endpoint="editMessageText")
    assert await chat.ask(endpoint="editMessageText") == "sent"


async def test_a_closed_topic_is_remembered_and_says_nothing_of_the_others(chat):
    for _ in range(2):
        with pytest.raises(ThreadGoneError):
            await chat.ask(BadRequest("TOPIC_CLOSED"), topic=5)
    assert chat.calls == 1
    assert await chat.ask(topic=6) == "sent"
    assert await chat.ask() == "sent"


async def test_where_general_is_closed_other_topics_may_be_open(chat):
    closed = BadRequest("TOPIC_CLOSED")
    assert type(await chat.refused(closed)) is ChatRefusesError
    assert type(await chat.refused(closed)) is ChatRefusesError
    assert chat.calls == 1
    assert await chat.ask(topic=6) == "sent"


async def test_an_edit_in_a_closed_topic_says_nothing_of_the_chat(chat):
    with pytest.raises(ThreadGoneError):
        await chat.ask(BadRequest("TOPIC_CLOSED"), endpoint="editMessageText")
    assert await chat.ask(endpoint="editMessageText") == "sent"


async def test_a_clock_that_was_put_back_keeps_no_chat_from_being_asked(chat):
    await chat.refused()
    chat.clock.pass_(-3600)
    assert await chat.ask() == "sent"


async def test_of_many_chats_those_are_forgotten_that_may_be_asked_again(chat, monkeypatch):
    monkeypatch.setattr(refusing, "MANY", 2)
    await chat.refused(chat=1)
    chat.clock.pass_(WAITS[0])
    await chat.refused(chat=2)
    await chat.refused(chat=3)
    assert [chat.refusing.is_known(number) for number in (1, 2, 3)] == [False, True, True]

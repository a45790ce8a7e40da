"""Whatever a chat refuses: the answer takes the next form, nothing is paid in vain, and nothing stays half done."""

import pytest

from storage.words import State
from tests.english import ENGLISH
from tests.world import audio, other_voice, texts

SENTENCE = "The quick brown fox jumps over the lazy dog, and then it does so again. "
LONG = (SENTENCE * 300).strip()  # which would be a file
SHUT = ("CHAT_WRITE_FORBIDDEN", "CHAT_RESTRICTED", "CHAT_GUEST_SEND_FORBIDDEN", "USER_BANNED_IN_CHANNEL")
SOON = 14.9


@pytest.fixture
def alice(world):
    return world.telegram.user("Alice")


@pytest.fixture
def group(world, alice):
    return world.telegram.supergroup("Team", [alice], privacy=False)


@pytest.fixture
def private(world, alice):
    return world.telegram.private(alice)


async def states(world):
    return [job.state for job in await world.jobs()]


def document_of(world, message):
    return world.telegram.file_bytes(message["document"]["file_id"]).decode()


def calls_to(world, chat, *methods):
    return [call for call in world.telegram.calls_of(*methods) if str(call.params.get("chat_id")) == str(chat.id)]


async def test_a_long_text_comes_in_pages_where_files_are_forbidden(world, group, alice):
    group.permit(documents=False)
    world.speech.says(LONG)
    group.send_voice(alice, audio())
    await world.settle()
    assert " ".join(texts(group)) == LONG
    assert len(group.bot_messages) == 6
    assert await states(world) == [State.DELIVERED]


async def test_a_text_that_is_too_long_for_pages_is_cut_and_says_so(world, group, alice):
    group.permit(documents=False)
    world.speech.says(SENTENCE * 2000)
    group.send_voice(alice, audio())
    await world.settle()
    assert len(group.bot_messages) == 20
    assert texts(group)[-1].endswith(ENGLISH.answers.no_files())


async def test_where_texts_are_forbidden_nothing_is_paid_and_no_file_comes_instead(world, group, alice):
    group.permit(text=False)
    world.speech.says("said in a text")
    group.send_voice(alice, audio())
    await world.settle(seconds=60)
    assert group.bot_messages == []
    assert world.speech.uploads == []

    group.permit(text=True)
    await world.settle()
    assert texts(group) == ["said in a text"]


async def test_a_right_that_is_taken_meanwhile_makes_the_placeholder_a_file(world, group, alice):
    world.speech.says("a file by now")
    group.send_voice(alice, audio())
    await world.turn()
    group.permit(text=False)
    await world.settle()
    (message,) = group.bot_messages
    assert document_of(world, message) == "a file by now"


async def test_what_a_group_refuses_goes_to_the_sender_in_private(world, group, private, alice):
    group.silence_bot()
    world.speech.says("for your eyes")
    group.send_voice(alice, audio())
    await world.settle()
    assert group.bot_messages == []
    (text,) = texts(private)
    assert text.endswith("for your eyes")
    assert f"https://t.me/c/{str(group.id).removeprefix('-100')}/" in text
    assert len(world.speech.uploads) == 1


async def test_what_a_group_refuses_by_then_goes_to_the_sender_and_nothing_is_left_over(world, group, private, alice):
    world.speech.says("for your eyes")
    group.send_voice(alice, audio())
    await world.turn()
    assert texts(group) == ["Transcribing…"]
    group.silence_bot()
    await world.settle()
    assert group.bot_messages == []
    assert [text.endswith("for your eyes") for text in texts(private)] == [True]
    assert await states(world) == [State.DELIVERED]


async def test_the_button_in_the_private_chat_cancels(world, group, private, alice):
    group.silence_bot()
    group.send_voice(alice, audio())
    await world.turn()
    private.press(alice, private.bot_messages[0], "Cancel")
    await world.settle()
    (text,) = texts(private)
    assert "Cancelled." in text
    assert await states(world) == [State.CANCELLED]


@pytest.mark.parametrize("reply", [True, False])
async def test_the_command_in_the_private_chat_cancels(world, group, private, alice, reply):
    group.silence_bot()
    group.send_voice(alice, audio())
    await world.turn()
    private.say(alice, "/cancel", reply_to=private.bot_messages[0] if reply else None)
    await world.settle()
    assert "Cancelled." in texts(private)[0]
    assert texts(private)[1:] == [ENGLISH.cancelling.several_done(1)]
    assert await states(world) == [State.CANCELLED]


async def test_an_apology_in_the_private_chat_is_tried_again_once_however_often_it_is_pressed(
    world, group, private, alice
):
    group.silence_bot()
    world.speech.fault("create", status=400)
    world.speech.says("for your eyes")
    group.send_voice(alice, audio())
    await world.settle()
    (message,) = private.bot_messages
    for _ in range(2):
        private.press(alice, message, ENGLISH.again.button())
    await world.settle()
    assert [each.text for each in world.telegram.callback_answers] == [ENGLISH.again.begun()] * 2
    assert [text.endswith("for your eyes") for text in texts(private)] == [True]


@pytest.mark.parametrize("shut", SHUT)
async def test_what_can_be_said_nowhere_is_not_paid(world, group, alice, shut):
    group.permit(shut=shut)
    group.send_voice(alice, audio())
    await world.settle(seconds=SOON)
    assert len(calls_to(world, group, "sendMessage", "sendDocument", "editMessageText")) <= 5
    await world.settle()
    assert world.speech.uploads == []
    assert await states(world) == [State.FAILED]
    assert len(calls_to(world, group, "sendMessage", "sendDocument")) < 20


@pytest.mark.parametrize("permissions", [{"shut": "CHAT_WRITE_FORBIDDEN"}, {"text": False, "documents": False}])
async def test_many_recordings_cost_a_chat_that_refuses_no_more_calls_than_one(world, group, alice, permissions):
    group.permit(**permissions)
    for _ in range(20):
        group.send_voice(alice, other_voice())
    await world.settle(seconds=SOON)
    assert len([call for call in world.telegram.calls if str(call.params.get("chat_id")) == str(group.id)]) <= 5
    assert world.speech.uploads == []


async def test_a_chat_that_takes_messages_again_gets_all_its_answers(world, group, alice):
    world.speech.says("at last")
    group.silence_bot()
    for _ in range(5):
        group.send_voice(alice, other_voice())
    await world.settle(seconds=20 * 60)
    group.permit(text=True)
    await world.settle()
    assert texts(group) == ["at last"] * 5
    assert len(world.speech.uploads) == 5


async def test_a_new_recording_finds_out_that_a_chat_takes_messages_again(world, group, alice):
    world.speech.says("at last")
    group.silence_bot()
    group.send_voice(alice, other_voice())
    await world.settle(seconds=20 * 60)
    group.permit(text=True)
    group.send_voice(alice, other_voice())
    await world.settle(seconds=10)
    assert texts(group) == ["at last"] * 2


async def test_a_text_that_is_paid_waits_a_day_for_its_chat(world, group, alice):
    world.speech.says("worth the wait")
    group.send_voice(alice, audio())
    await world.turn()
    group.permit(shut="CHAT_RESTRICTED")
    await world.settle(seconds=20 * 3600)
    assert await states(world) == [State.READY]
    group.permit(shut=None)
    await world.settle()
    assert texts(group) == ["worth the wait"]


async def test_a_promise_that_a_chat_lets_nobody_keep_for_now_is_taken_back_at_once(world, group, alice):
    world.speech.says("worth the wait")
    group.send_voice(alice, audio())
    await world.turn()
    group.permit(shut="CHAT_WRITE_FORBIDDEN")
    await world.settle(seconds=SOON)
    assert group.bot_messages == []
    group.permit(shut=None)
    await world.settle(seconds=60)
    assert texts(group) == ["worth the wait"]


async def test_pages_whose_chat_refuses_all_but_the_first_come_to_the_sender_as_a_whole(world, group, private, alice):
    world.telegram.watch("editMessageText", lambda: group.permit(shut="CHAT_RESTRICTED"), "after")
    world.speech.says((SENTENCE * 140).strip())
    group.send_voice(alice, audio())
    await world.settle(seconds=SOON)
    assert " ".join(texts(private)).endswith((SENTENCE * 140).strip())


@pytest.mark.parametrize("wording", ["CHAT_WRITE_FORBIDDEN", "NEW_CODE_2027"])
async def test_where_a_chat_refuses_edits_alone_the_answer_is_a_new_message(world, group, alice, wording):
    for method in ("editMessageText", "editMessageMedia"):
        world.telegram.refuse(method, wording, times=None)
    world.speech.says("there it is")
    group.send_voice(alice, audio())
    await world.settle(seconds=SOON)
    assert texts(group) == ["there it is"]
    assert await states(world) == [State.DELIVERED]


@pytest.mark.only_english
async def test_many_chats_that_refuse_pay_nothing_although_they_have_to_wait_for_the_pace(world, alice):
    groups = [world.telegram.supergroup(f"Team {number}", [alice], privacy=False) for number in range(60)]
    for each in groups:
        each.permit(shut="CHAT_RESTRICTED")
        each.send_voice(alice, other_voice())
    await world.settle(seconds=SOON)
    assert world.speech.uploads == []


async def test_a_text_that_can_be_shown_nowhere_leaves_no_promise_behind(world, group, alice):
    group.send_voice(alice, audio())
    await world.turn()
    group.silence_bot()
    await world.settle()
    assert await states(world) == [State.FAILED]
    assert group.bot_messages == []


@pytest.mark.parametrize("status", [400, 403])
async def test_a_refusal_that_nobody_knows_is_tried_a_few_times_and_pays_nothing(world, group, alice, status):
    world.telegram.refuse("sendMessage", "SOMETHING_NEW_FORBIDDEN", status, times=None)
    group.send_voice(alice, audio())
    await world.settle()
    assert world.speech.uploads == []
    assert await states(world) == [State.FAILED]
    assert 2 <= len(calls_to(world, group, "sendMessage")) <= 5


async def test_a_refusal_that_nobody_knows_may_pass(world, group, alice):
    world.telegram.refuse("sendMessage", "SOMETHING_NEW", times=2)
    world.speech.says("passed")
    group.send_voice(alice, audio())
    await world.settle()
    assert texts(group) == ["passed"]


@pytest.mark.parametrize("wording", ["message can't be edited", "MESSAGE_EDIT_TIME_EXPIRED", "MESSAGE_ID_INVALID"])
async def test_a_message_that_cannot_be_edited_is_replaced_once(world, group, alice, wording):
    world.telegram.refuse("editMessageText", wording)
    world.speech.says("in the second one")
    group.send_voice(alice, audio())
    await world.settle()
    assert texts(group) == ["in the second one"]
    assert len(world.telegram.calls_of("sendMessage")) == 2


async def test_where_no_message_can_be_edited_the_answer_comes_in_new_ones(world, group, alice):
    group.permit(edits=False)
    world.speech.says((SENTENCE * 140).strip())
    group.send_voice(alice, audio())
    await world.settle()
    assert " ".join(texts(group)) == (SENTENCE * 140).strip()
    assert len(world.telegram.calls_of("sendMessage")) == 5
    assert await states(world) == [State.DELIVERED]


async def test_what_cannot_be_edited_nor_deleted_is_left_over_at_most_twice_and_never_again(world, group, alice):
    group.permit(edits=False)
    world.telegram.refuse("deleteMessage", "message can't be deleted for everyone", times=None)
    world.speech.says("there it is")
    group.send_voice(alice, audio())
    await world.settle()
    assert texts(group).count("there it is") == 1
    assert texts(group).count("Transcribing…") == 2


async def test_a_topic_that_is_closed_is_answered_in_the_chat_itself(world, alice):
    forum = world.telegram.supergroup("Forum", [alice], topics=True, privacy=False)
    thread = forum.topic("Notes")
    forum.send_voice(alice, audio(), thread=thread)
    forum.close_topic(thread)
    world.speech.says("here instead")
    await world.settle()
    (message,) = forum.bot_messages
    assert message["text"] == "here instead"
    assert "message_thread_id" not in message


@pytest.mark.only_english
async def test_where_general_is_closed_too_nothing_is_paid(world, alice):
    forum = world.telegram.supergroup("Forum", [alice], topics=True, privacy=False)
    thread = forum.topic("Notes")
    forum.close_topic(thread)
    forum.permit(general_closed=True)
    for _ in range(20):
        forum.send_voice(alice, other_voice(), thread=thread)
    await world.settle(seconds=SOON)
    assert len(calls_to(world, forum, "sendMessage", "sendDocument")) <= 5
    await world.settle()
    assert world.speech.uploads == []
    assert set(await states(world)) == {State.FAILED}


async def test_slow_mode_is_waited_for(world, group, alice):
    group.permit(slow_mode=30)
    world.speech.says("one after the other")
    for _ in range(3):
        group.send_voice(alice, other_voice())
    await world.settle()
    assert texts(group) == ["one after the other"] * 3
    assert await states(world) == [State.DELIVERED] * 3


async def test_a_patience_of_hours_for_the_placeholder_is_waited_for_before_anything_is_paid(world, group, alice):
    world.telegram.fault("sendMessage", 429, retry_after=3000, chat_id=group.id)
    world.speech.says("later")
    group.send_voice(alice, audio())
    await world.settle(seconds=2000)
    assert world.speech.uploads == []
    await world.settle()
    assert texts(group) == ["later"]


async def test_a_command_in_a_chat_that_refuses_is_answered_once_and_not_again_and_again(world, group, alice):
    group.silence_bot()
    for _ in range(10):
        group.say(alice, "/help@verbatim_bot")
    await world.settle()
    assert len(world.telegram.calls_of("sendMessage")) == 1


async def test_the_apology_takes_the_next_form_too(world, group, alice):
    world.speech.fault("fetch", body={"status": "failed"}, times=None)
    group.send_voice(alice, audio())
    await world.turn()
    group.permit(text=False)
    await world.settle()
    (message,) = group.bot_messages
    assert message["caption"].startswith("The speech service could not transcribe")
    world.speech.clear_faults()


async def test_the_button_of_a_job_that_could_not_be_answered_removes_its_message(world, group, alice):
    group.send_voice(alice, audio())
    await world.turn()
    group.permit(shut="CHAT_RESTRICTED")
    world.telegram.refuse("deleteMessage", "message can't be deleted for everyone", times=2)
    await world.settle()
    assert await states(world) == [State.FAILED]
    (left,) = group.bot_messages
    group.press(alice, left, "Cancel")
    await world.settle()
    assert (
        world.telegram.callback_answers[-1].text
        == ENGLISH.cancelling.no_answer_removed()
        != ENGLISH.cancelling.orphan_removed()
    )
    assert group.bot_messages == []


async def test_a_reply_that_is_not_possible_is_a_message_of_its_own(world, group, alice):
    world.telegram.refuse("sendMessage", "MESSAGE_ID_INVALID")
    world.speech.says("without a reply")
    group.send_voice(alice, audio())
    await world.settle()
    (message,) = group.bot_messages
    assert message["text"] == "without a reply"
    assert "reply_to_message" not in message


async def test_a_code_name_about_messages_that_comes_for_ever_is_no_fault_of_the_bot(world, group, alice):
    world.telegram.refuse("sendMessage", "MESSAGE_ID_INVALID", times=None)
    group.send_voice(alice, audio())
    await world.settle()
    assert await states(world) == [State.FAILED]
    assert world.speech.uploads == []


async def test_a_placeholder_that_was_deleted_where_the_bot_is_muted_by_now_is_replaced_in_private(
    world, group, private, alice
):
    world.speech.says("for your eyes")
    group.send_voice(alice, audio())
    await world.turn()
    group.delete(group.bot_messages[0])
    group.silence_bot()
    await world.settle()
    assert [text.endswith("for your eyes") for text in texts(private)] == [True]
    assert await states(world) == [State.DELIVERED]


async def test_a_basic_group_has_no_link_to_a_recording(world, private, alice):
    group = world.telegram.group("Team", [alice], privacy=False)
    group.silence_bot()
    world.speech.says("for your eyes")
    group.send_voice(alice, audio())
    await world.settle()
    (text,) = texts(private)
    assert "t.me" not in text


async def test_nothing_is_promised_in_a_group_when_the_private_chat_is_lost_too(world, group, private, alice):
    group.send_voice(alice, audio())
    await world.turn()
    group.silence_bot()

    def lose():
        private.block()

    world.telegram.watch("sendMessage", lose, "after")
    await world.settle()
    assert await states(world) == [State.FAILED]
    assert group.bot_messages == []


async def test_a_recording_that_nothing_may_reply_to_is_answered_in_private_without_a_reply(
    world, group, private, alice
):
    group.silence_bot()
    world.telegram.refuse("sendMessage", "CHAT_FORWARDS_RESTRICTED", chat_id=private.id)
    world.speech.says("for your eyes")
    group.send_voice(alice, audio())
    await world.settle()
    assert [text.endswith("for your eyes") for text in texts(private)] == [True]


@pytest.mark.parametrize("form", [{"text": False}, {"text": False, "documents": False, "other_media": False}])
async def test_that_nobody_spoke_is_said_in_whatever_form_is_allowed(world, group, private, alice, form):
    group.permit(**form)
    world.speech.says("")
    group.send_voice(alice, audio())
    await world.settle()
    (message,) = [*group.bot_messages, *private.bot_messages]
    assert "no speech" in (message.get("text") or document_of(world, message))
    assert await states(world) == [State.DELIVERED]


@pytest.mark.parametrize("fails", [None, 3, 4])
async def test_pages_whose_messages_cannot_be_edited_any_more_are_sent_as_they_are(world, group, alice, fails):
    text = (SENTENCE * 140).strip()
    world.speech.says(text)
    world.telegram.watch("editMessageText", lambda: group.permit(edits=False), "after")

    def fail_once():
        if len(calls_to(world, group, "sendMessage")) == fails:
            world.telegram.fault("sendMessage", 429, retry_after=40)

    world.telegram.watch("sendMessage", fail_once, times=5)
    group.send_voice(alice, audio())
    await world.settle()
    assert " ".join(texts(group)) == text
    assert await states(world) == [State.DELIVERED]

"""The words that Telegram refuses with, and what each means for an answer; as 400 and as 403, in any case."""

import pytest
from telegram.error import BadRequest, Forbidden

from bot.errors import (
    ChatRefusesError,
    FormRefusedError,
    MessageGoneError,
    OperatorError,
    PermanentError,
    PlaceholderGoneError,
    RateLimitedError,
    TemporaryError,
    UndeliverableError,
)
from bot.telegram.failures import failure_of
from bot.telegram.refusals import LONGEST, TABLE, NotModifiedError, ThreadGoneError
from storage.apology import Reason

TOKEN = "123456789:AAH-test_token-test_token-test_token"
FORM = """
    not enough rights to send text messages to the chat
    not enough rights to send documents to the chat
    CHAT_SEND_PLAIN_FORBIDDEN
    CHAT_SEND_DOCS_FORBIDDEN
    CHAT_SEND_MEDIA_FORBIDDEN
    CHAT_SEND_VOICES_FORBIDDEN
    CHAT_SEND_AUDIOS_FORBIDDEN
    Voice_messages_forbidden
    message is too long
    message caption is too long
"""
MESSAGE = """
    message can't be edited
    MESSAGE_EDIT_TIME_EXPIRED
    message can't be deleted
    message can't be deleted for everyone
    MESSAGE_DELETE_FORBIDDEN
"""
GONE = """
    message to edit not found
    message to delete not found
    MESSAGE_ID_INVALID
"""
TOPIC = """
    TOPIC_CLOSED
    TOPIC_DELETED
    message thread not found
"""
FOR_NOW = """
    have no rights to send a message
    need administrator rights in the channel chat
    CHAT_RESTRICTED
    CHAT_WRITE_FORBIDDEN
    CHAT_GUEST_SEND_FORBIDDEN
    USER_BANNED_IN_CHANNEL
    CHANNEL_PRIVATE
    CHAT_ADMIN_REQUIRED
    channel direct messages topic must be specified
"""
FOR_GOOD = """
    bot was blocked by the user
    user is deactivated
    bot was kicked from the supergroup chat
    bot was kicked from the group chat
    bot is not a member of the channel chat
    bot can't initiate conversation with a user
    chat not found
    group chat was deleted
    group chat was deactivated
    PEER_ID_INVALID
"""
MEANINGS = {
    FORM: FormRefusedError,
    GONE: MessageGoneError,
    MESSAGE: PlaceholderGoneError,
    TOPIC: ThreadGoneError,
    FOR_NOW: ChatRefusesError,
    FOR_GOOD: UndeliverableError,
}
SAID = [(line.strip(), kind) for lines, kind in MEANINGS.items() for line in lines.strip().splitlines()]


@pytest.mark.parametrize(("said", "kind"), SAID)
def test_a_refusal_means_the_same_in_every_spelling(said, kind):
    for error in (BadRequest(said), BadRequest(f"Bad Request: {said}"), Forbidden(f"Forbidden: {said}")):
        assert type(failure_of(error)) is kind
    assert type(failure_of(BadRequest(said.upper()))) is kind
    assert type(failure_of(Forbidden(said.lower()))) is kind


@pytest.mark.parametrize(
    "said",
    [
        "message is not modified: specified new message content and reply markup are exactly the same",
        "there is no text in the message to edit",
    ],
)
def test_what_is_there_already_is_no_failure(said):
    assert type(failure_of(BadRequest(said))) is NotModifiedError


def test_a_wait_in_a_code_name_is_read():
    meant = failure_of(BadRequest("SLOWMODE_WAIT_30"))
    assert isinstance(meant, RateLimitedError)
    assert meant.retry_after == 30


@pytest.mark.parametrize("said", ["SLOWMODE_WAIT_", "SLOWMODE_WAIT_X", "FLOOD_WAIT_" + "9" * 50])
def test_a_wait_of_no_length_is_our_own_choice(said):
    meant = failure_of(BadRequest(said))
    assert isinstance(meant, RateLimitedError)
    assert meant.retry_after is None or meant.retry_after <= 3600


def test_a_bot_that_may_do_nothing_needs_its_operator():
    assert isinstance(failure_of(BadRequest("FROZEN_METHOD_INVALID")), OperatorError)


def test_a_file_that_is_too_big_is_hopeless_and_one_that_is_not_found_is_tried_again():
    big, lost = failure_of(BadRequest("file is too big")), failure_of(BadRequest("wrong file_id or the file is"))
    assert isinstance(big, PermanentError)
    assert isinstance(lost, TemporaryError)
    assert (big.reason, lost.reason) == (Reason.TOO_BIG, Reason.FILE_GONE)


@pytest.mark.parametrize("kind", [BadRequest, Forbidden])
def test_a_refusal_that_nobody_knows_means_the_chat_for_now_and_is_told_by_its_name(kind):
    meant = failure_of(kind("SOMETHING_NEW_FORBIDDEN"))
    assert type(meant) is ChatRefusesError
    assert not meant.known
    assert "SOMETHING_NEW_FORBIDDEN" in str(meant)


def test_what_is_told_of_a_refusal_is_short_printable_and_no_secret():
    meant = str(failure_of(BadRequest(f"no \x1b[31m\n{TOKEN} " + "x" * 500)))
    assert meant.isprintable()
    assert len(meant) < LONGEST + 30
    assert "AAH" not in meant
    for cut in range(len(TOKEN)):
        assert "AAH" not in str(failure_of(BadRequest("x" * 10 + TOKEN[:cut])))


def test_no_row_of_the_table_hides_another_one():
    for number, (wording, meaning) in enumerate(TABLE):
        assert wording == wording.lower()
        first = next(row for row in TABLE if row[0] in wording)
        assert first[1] is meaning, (number, wording, first)

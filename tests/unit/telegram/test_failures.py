"""The sentences the Bot API refuses with, as PTB hands them on, and what each means for the job."""

import pytest
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    PassportDecryptionError,
    RetryAfter,
    TelegramError,
    TimedOut,
)

from bot.errors import (
    ChatMovedError,
    OperatorError,
    PermanentError,
    PlaceholderGoneError,
    RateLimitedError,
    TemporaryError,
    UndeliverableError,
)
from bot.telegram.failures import NotModifiedError, ThreadGoneError, failure_of
from storage.apology import Reason

TOKEN = "123456:TEST-token"


@pytest.mark.parametrize(
    ("said", "meaning"),
    [
        (
            "Message is not modified: specified new message content and reply markup are exactly the same",
            NotModifiedError,
        ),
        ("Message thread not found", ThreadGoneError),
        ("TOPIC_DELETED", ThreadGoneError),
        ("Message to edit not found", PlaceholderGoneError),
        ("Message can't be edited", PlaceholderGoneError),
        ("MESSAGE_ID_INVALID", PlaceholderGoneError),
        ("Chat not found", UndeliverableError),
        ("User is deactivated", UndeliverableError),
        ("Group chat was deleted", UndeliverableError),
        ("Group chat was deactivated", UndeliverableError),
        ("Not enough rights to send text messages to the chat", UndeliverableError),
        ("Have no rights to send a message", UndeliverableError),
        ("Need administrator rights in the channel chat", UndeliverableError),
        ("CHAT_WRITE_FORBIDDEN", UndeliverableError),
        ("CHAT_RESTRICTED", UndeliverableError),
        ("TOPIC_CLOSED", UndeliverableError),
        ("PEER_ID_INVALID", UndeliverableError),
    ],
)
def test_a_refusal_means_what_it_says(said, meaning):
    assert type(failure_of(BadRequest(said))) is meaning
    assert type(failure_of(BadRequest(f"Bad Request: {said.lower()}"))) is meaning


@pytest.mark.parametrize(
    "said",
    [
        "Wrong file_id or the file is temporarily unavailable",
        "Invalid file_id",
        "Wrong file identifier/HTTP URL specified: wrong file id",
        "file is temporarily unavailable",
    ],
)
def test_a_file_that_is_not_found_is_tried_a_few_times(said):
    meant = failure_of(BadRequest(said))
    assert isinstance(meant, TemporaryError)
    assert meant.reason is Reason.FILE_GONE
    assert meant.sure


def test_a_file_too_big_for_the_server_is_hopeless():
    meant = failure_of(BadRequest("File is too big"))
    assert isinstance(meant, PermanentError)
    assert meant.reason is Reason.TOO_BIG


def test_a_refusal_that_nobody_knows_is_tried_a_few_times_and_told_in_part():
    meant = failure_of(BadRequest("Something new " + "x" * 200))
    assert isinstance(meant, TemporaryError)
    assert meant.reason is Reason.INTERNAL
    assert len(str(meant)) < 120
    assert "Something new" in str(meant)


@pytest.mark.parametrize(
    "said",
    [
        "Forbidden: bot was blocked by the user",
        "Forbidden: bot was kicked from the supergroup chat",
        "Forbidden: bot is not a member of the channel chat",
        "Forbidden: user is deactivated",
    ],
)
def test_where_the_bot_may_not_write_nobody_can_be_told(said):
    assert isinstance(failure_of(Forbidden(said)), UndeliverableError)


@pytest.mark.parametrize(
    "error", [InvalidToken(f"{TOKEN} rejected"), Conflict("terminated by other getUpdates request")]
)
def test_what_no_job_can_work_without_is_for_the_operator(error):
    meant = failure_of(error)
    assert isinstance(meant, OperatorError)
    assert TOKEN not in str(meant)


def test_patience_carries_its_seconds():
    meant = failure_of(RetryAfter(13))
    assert isinstance(meant, RateLimitedError)
    assert meant.retry_after == 13.0


def test_a_chat_that_moved_says_where_to():
    meant = failure_of(ChatMigrated(-1001234567890))
    assert isinstance(meant, ChatMovedError)
    assert meant.new_chat_id == -1001234567890


@pytest.mark.parametrize(
    "error", [TimedOut(), NetworkError(f"cannot reach /bot{TOKEN}/sendMessage"), NetworkError("502")]
)
def test_no_answer_may_have_been_carried_out(error):
    meant = failure_of(error)
    assert isinstance(meant, TemporaryError)
    assert meant.reason is Reason.TELEGRAM_DOWN
    assert not meant.sure
    assert TOKEN not in str(meant)


@pytest.mark.parametrize("error", [TelegramError(f"Invalid answer {TOKEN}"), PassportDecryptionError("x")])
def test_everything_else_is_tried_again(error):
    meant = failure_of(error)
    assert isinstance(meant, TemporaryError)
    assert str(meant) == type(error).__name__
    assert meant.sure

"""The sentences the Bot API refuses with, as PTB hands them on, and what each means for the job."""

import pytest
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
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
    RateLimitedError,
    TemporaryError,
)
from bot.telegram.failures import failure_of
from storage.apology import Reason

TOKEN = "123456:TEST-token"


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

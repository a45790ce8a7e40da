"""Answers of the Bot API: of each the little that this program needs, in a shape that the library can build.

The library builds whole objects of all that a server sends, and cannot do so once one field among dozens has another
form than it knows. What a server has carried out would then count as a failure, and be sent again.
"""

import math
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from telegram import ChatMember
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
)

from bot.faults import Fault
from bot.outgoing.session import read_json
from bot.outgoing.waits import UNSAID, asked_wait
from storage.apology import Reason

LONGEST_DESCRIPTION = 200  # characters of the server's own words
LONGEST_TAG = 35  # characters of a language tag, by RFC 5646
LATEST = 2**31  # of moments, which the library turns into dates
LARGEST_ID = 2**53  # of chats, people and messages, as the Bot API promises

_SOMEBODY = {"id": 1, "is_bot": False, "first_name": "-"}
_RIGHTS = (  # without which the library builds no administrator
    "can_be_edited is_anonymous can_manage_chat can_delete_messages can_manage_video_chats can_restrict_members "
    "can_promote_members can_change_info can_invite_users can_post_stories can_edit_stories can_delete_stories"
)
_ADMINS = frozenset({ChatMember.OWNER, ChatMember.ADMINISTRATOR})


class NoAnswerError(NetworkError):
    """No answer came of what was asked; `fault` says why, without an address."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(f"no answer from the Bot API: {fault.words}")
        self.fault = fault


class OutOfOrderError(NoAnswerError):
    """The server, or the gateway before it, says that it is out of order: it has hardly done what was asked."""


class UnreadableAnswerError(NetworkError):
    """An answer that cannot be read: what was asked for may have been done."""


class NamelessError(NetworkError):
    """A message was sent, and the answer does not say which one it is."""


class RedirectedError(NetworkError):
    """An answer that points to another address, where nothing is sent."""


_PROXY_REFUSES = Fault("this machine's proxy asks for a password (407)", Reason.MACHINE, arrived=False)


def out_of_order(status: int) -> Fault:
    """Return the fault of a server, or of the gateway before it, that says itself that it is out of order."""
    known = HTTPStatus(status).phrase if status in set(HTTPStatus) else "no known status"
    return Fault(f"Telegram answered {status} ({known})", Reason.TELEGRAM_DOWN)


def read_answer(method: str, status: int, body: bytes) -> tuple[int, dict[str, Any]]:
    """Return the status and what is read of an answer; raise one of the errors above where there is none."""
    if 300 <= status < 400:
        raise RedirectedError(f"a redirect ({status}), which is not followed")
    answer = _read_object(body)
    if not 200 <= status < 300:
        if status == 407:
            raise NoAnswerError(_PROXY_REFUSES)
        if status >= 500:
            raise OutOfOrderError(out_of_order(status))
        if answer is None and status != 429:  # a gateway's page, which says nothing of chats, files and tokens
            raise UnreadableAnswerError(f"a web page instead of an answer ({status})")
        return status, _refusal(status, answer or {})
    if answer is None or not answer.keys() & {"ok", "result"}:
        raise UnreadableAnswerError("no JSON of the Bot API")
    if not answer.get("ok", True):
        code = answer.get("error_code")
        if not (isinstance(code, int) and 400 <= code < 500):
            raise OutOfOrderError(out_of_order(code if isinstance(code, int) and code > 500 else 500))
        return code, _refusal(code, answer)
    return status, {"ok": True, "result": _reader(method)(answer.get("result"))}


def _read_object(body: bytes) -> dict[str, Any] | None:
    try:
        read = read_json(body)
    except (ValueError, RecursionError):
        return None
    return read if isinstance(read, dict) else None


def _refusal(status: int, answer: dict[str, Any]) -> dict[str, Any]:
    refusal: dict[str, Any] = {"ok": False, "error_code": status}
    if isinstance(said := answer.get("description"), str):
        # Without the words that make the library change the letters of a code name.
        refusal["description"] = said.removeprefix("Bad Request: ")[:LONGEST_DESCRIPTION]
    asked = _object(answer.get("parameters"))
    if status == 429:
        wait = asked_wait(asked.get("retry_after")) or UNSAID
        refusal["parameters"] = {"retry_after": math.ceil(wait)}
    elif (moved := whole_number(asked.get("migrate_to_chat_id"))) is not None:
        refusal["parameters"] = {"migrate_to_chat_id": moved}
    return refusal


_ERRORS: dict[int, Callable[[str], TelegramError]] = {
    400: BadRequest,
    401: InvalidToken,
    403: Forbidden,
    404: InvalidToken,
    409: Conflict,
}


def refused(status: int, refusal: dict[str, Any]) -> TelegramError:
    """Return the error that the library raises for a refusal as `read_answer` returns it."""
    asked = refusal.get("parameters", {})
    if "migrate_to_chat_id" in asked:
        return ChatMigrated(asked["migrate_to_chat_id"])
    if "retry_after" in asked:
        return RetryAfter(asked["retry_after"])
    phrase = HTTPStatus(status).phrase if status in set(HTTPStatus) else "Unknown HTTPError"
    return _ERRORS.get(status, NetworkError)(refusal.get("description") or f"{phrase} ({status})")


def _reader(method: str) -> Callable[[Any], Any]:
    """Return what reads the result of a method. One that this program does not use is left as it is."""
    if method in _READERS:
        return _READERS[method]
    return _message if method.startswith("send") else _as_it_is


def _as_it_is(result: Any) -> Any:
    return result


def _done(_result: Any) -> bool:
    return True


def _message(result: Any) -> dict[str, Any]:
    message_id = whole_number(_object(result).get("message_id"))
    if message_id is None:
        raise NamelessError("no id of the message")
    return {"message_id": message_id, "date": 1, "chat": {"id": 1, "type": "private"}}


def _me(result: Any) -> dict[str, Any]:
    me = _object(result)
    return {
        "id": whole_number(me.get("id")) or 0,
        "is_bot": True,
        "first_name": _text(me.get("first_name")),
        "username": _text(me.get("username")),
        "can_read_all_group_messages": me.get("can_read_all_group_messages") is True,
    }


def _file(result: Any) -> dict[str, Any]:
    path = _object(result).get("file_path")
    return {"file_path": path if isinstance(path, str) else None}


def _member(result: Any) -> dict[str, Any]:
    status = _object(result).get("status")
    if not isinstance(status, str):
        raise UnreadableAnswerError("no status of the member")
    user = _person(_object(_object(result).get("user")))
    if status not in _ADMINS:
        return {"user": user, "status": ChatMember.MEMBER}
    return {"user": user, "status": status} | dict.fromkeys(_RIGHTS.split(), False)


def _person(user: dict[str, Any]) -> dict[str, Any]:
    """Read what a person is called, and in which language they have Telegram."""
    language = user.get("language_code")
    speaks = {"language_code": language} if isinstance(language, str) and len(language) <= LONGEST_TAG else {}
    return _SOMEBODY | {name: _text(user.get(name)) for name in ("first_name", "last_name")} | speaks


def _admins(result: Any) -> list[dict[str, Any]]:
    """Read who they are; one without an id is left out."""
    if not isinstance(result, list):
        raise UnreadableAnswerError("no list of admins")
    ids = (whole_number(_object(_object(each).get("user")).get("id")) for each in result)
    return [{"user": _SOMEBODY | {"id": each}, "status": ChatMember.MEMBER} for each in ids if each is not None]


def _menu(result: Any) -> list[dict[str, str]]:
    """Keep what commands are; a menu that cannot be read is not the one that it should be."""
    listed = [_object(each) for each in result] if isinstance(result, list) else []
    return [{name: _text(each.get(name)) for name in ("command", "description")} for each in listed]


def _webhook(result: Any) -> dict[str, Any]:
    """Read where updates go, how many wait, and what went wrong last."""
    info = _object(result)
    url, allowed = info.get("url"), info.get("allowed_updates")
    if not isinstance(url, str):
        raise UnreadableAnswerError("no address of the webhook")
    numbers = {name: whole_number(info.get(name)) for name in ("max_connections", "last_error_date")}
    said = _text(info.get("last_error_message"))[:LONGEST_DESCRIPTION]
    read = {
        "last_error_message": said or None,
        "allowed_updates": [_text(each) for each in allowed] if isinstance(allowed, list) else None,
        **{name: number for name, number in numbers.items() if number is not None and 0 < number < LATEST},
    }
    known = {name: value for name, value in read.items() if value is not None}
    waiting = whole_number(info.get("pending_update_count")) or 0
    return {"url": url, "has_custom_certificate": False, "pending_update_count": waiting} | known


_READERS: dict[str, Callable[[Any], Any]] = {
    "getMe": _me,
    "getFile": _file,
    "getChatMember": _member,
    "getChatAdministrators": _admins,
    "deleteWebhook": _done,
    "setWebhook": _done,
    "getWebhookInfo": _webhook,
    "getMyCommands": _menu,
    "setMyCommands": _done,
    "editMessageText": _done,
    "editMessageMedia": _done,
    "deleteMessage": _done,
    "answerCallbackQuery": _done,
    "sendChatAction": _done,
}


def whole_number(value: object) -> int | None:
    """Return a whole number as every id is one; also one that is written as text."""
    if isinstance(value, str) and value.isascii() and len(value) <= len(str(LARGEST_ID)):
        value = int(value) if value.removeprefix("-").isdigit() else None
    fits = isinstance(value, int) and not isinstance(value, bool) and -LARGEST_ID < value < LARGEST_ID
    return value if fits and isinstance(value, int) else None


def _object(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""

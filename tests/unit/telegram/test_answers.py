"""What is read of an answer of the Bot API, and that the library can build whatever is handed on."""

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from telegram import ChatMember, Message, User
from telegram.error import NetworkError

from bot.telegram.answers import (
    NamelessError,
    NoAnswerError,
    RedirectedError,
    UnreadableAnswerError,
    read_answer,
    whole_number,
)
from storage.apology import Reason

# As the npm package telegram-test-api answers: parameters come back as the texts that they were sent as.
ECHO = {
    "chat_id": "5",
    "text": "hello",
    "link_preview_options": '{"is_disabled": true}',
    "reply_parameters": '{"message_id": 1, "allow_sending_without_reply": true}',
    "disable_notification": "True",
    "message_id": 7,
    "date": 1_800_000_000_000,
    "chat": {"id": 5, "first_name": "Bot", "type": "private"},
}
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.sampled_from(["message_id", "id", "status"]), inner),
    max_leaves=8,
)


def result(method, answered, **more):
    status, answer = read_answer(method, 200, json.dumps({"ok": True, "result": answered} | more).encode())
    assert (status, answer["ok"]) == (200, True)
    return answer["result"]


def refusal(status, answered):
    given = answered if isinstance(answered, bytes) else json.dumps(answered).encode()
    status, answer = read_answer("sendMessage", status, given)
    assert answer["ok"] is False
    return status, answer.get("description"), answer.get("parameters")


@pytest.mark.parametrize(
    "sent", [ECHO, {"message_id": 7}, {"message_id": "7"}, {"message_id": 7, "chat": [], "date": "x", "text": {"a": 1}}]
)
def test_of_a_message_only_the_id_is_read(sent):
    assert Message.de_json(result("sendMessage", sent), None).message_id == 7


@pytest.mark.parametrize(
    "sent",
    [None, True, [], {}, "x", *({"message_id": odd} for odd in (None, "x", 7.0, True, [7], 2**64, "9" * 99, "²", ""))],
)
def test_a_message_without_an_id_was_sent_all_the_same(sent):
    with pytest.raises(NamelessError):
        result("sendMessage", sent)


def test_a_message_whose_answer_has_no_result_was_sent_all_the_same():
    with pytest.raises(NamelessError):
        read_answer("sendMessage", 200, b'{"ok": true}')


@pytest.mark.parametrize(
    "method",
    ["editMessageText", "editMessageMedia", "deleteMessage", "answerCallbackQuery", "setMyCommands", "deleteWebhook"],
)
@pytest.mark.parametrize("answered", [True, None, False, {}, ECHO, "done"])
def test_what_was_done_is_done_whatever_comes_back(method, answered):
    assert result(method, answered) is True


@pytest.mark.parametrize(
    ("answered", "read"),
    [
        ({"id": 666, "first_name": "Test First name", "username": "TestNameBot"}, (666, "TestNameBot", False)),
        ({"id": 1, "username": "bot", "can_read_all_group_messages": True, "new": {"x": 1}}, (1, "bot", True)),
        ({"id": [], "username": 5, "can_read_all_group_messages": "yes"}, (0, "", False)),
        (None, (0, "", False)),
    ],
)
def test_of_the_bot_its_id_and_name_are_read(answered, read):
    me = User.de_json(result("getMe", answered), None)
    assert (me.id, me.username, me.can_read_all_group_messages) == read
    assert me.is_bot


@pytest.mark.parametrize(
    ("answered", "path"),
    [({"file_path": "voice/a.oga", "file_size": "x"}, "voice/a.oga"), ({"file_path": 5}, None), ([], None)],
)
def test_of_a_file_the_path_is_read(answered, path):
    assert result("getFile", answered) == {"file_path": path}


@pytest.mark.parametrize(
    ("answered", "read"),
    [
        ([{"command": "start", "description": "Begin", "new": 1}], [{"command": "start", "description": "Begin"}]),
        ([None, {"command": 5}], [{"command": "", "description": ""}] * 2),
        ({}, []),
        (None, []),
    ],
)
def test_of_a_menu_its_commands_are_read(answered, read):
    assert result("getMyCommands", answered) == read


@pytest.mark.parametrize(
    ("status", "read"),
    [
        ("creator", ChatMember.OWNER),
        ("administrator", ChatMember.ADMINISTRATOR),
        ("member", ChatMember.MEMBER),
        ("kicked", ChatMember.MEMBER),
        ("something new", ChatMember.MEMBER),
    ],
)
def test_of_a_member_it_is_read_whether_it_is_an_admin(status, read):
    assert ChatMember.de_json(result("getChatMember", {"status": status, "user": "?"}), None).status == read


@pytest.mark.parametrize("answered", [None, {}, {"status": 5}])
def test_a_member_without_a_status_is_unknown(answered):
    with pytest.raises(UnreadableAnswerError):
        result("getChatMember", answered)


def test_of_admins_their_ids_are_read():
    answered = [{"user": {"id": 5, "x": 1}, "status": "creator"}, {"user": {"id": "x"}}, {}, 7, {"user": {"id": 6}}]
    admins = ChatMember.de_list(result("getChatAdministrators", answered), None)
    assert [admin.user.id for admin in admins] == [5, 6]


@pytest.mark.parametrize("answered", [None, {}, "x"])
def test_admins_that_are_no_list_are_unknown(answered):
    with pytest.raises(UnreadableAnswerError):
        result("getChatAdministrators", answered)


def test_what_is_not_used_is_left_as_it_is():
    assert result("getMyName", {"name": "x"}) == {"name": "x"}


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b"null", b"{}", b'{"ok', b"\xff", b"[" * 100_000, b"9" * 9999])
def test_what_is_no_answer_may_have_been_carried_out(body):
    with pytest.raises(UnreadableAnswerError):
        read_answer("sendMessage", 200, body)


@pytest.mark.parametrize("status", [300, 301, 302, 303, 307, 308])
def test_a_redirect_is_told_as_one(status):
    with pytest.raises(RedirectedError, match=str(status)):
        read_answer("sendMessage", status, b'{"ok": true, "result": {"message_id": 7}}')


@pytest.mark.parametrize("status", [401, 403, 404, 409])
def test_a_page_of_a_gateway_says_nothing_of_the_token(status):
    with pytest.raises(NetworkError, match="web page"):
        read_answer("getMe", status, b"<html>not found</html>")


def test_a_proxy_that_asks_for_a_password_is_no_answer():
    with pytest.raises(NoAnswerError, match="password"):
        read_answer("getMe", 407, b"")


def test_what_telegram_says_itself_is_handed_on():
    assert refusal(404, {"ok": False, "description": "Not Found"}) == (404, "Not Found", None)


@pytest.mark.parametrize(
    ("status", "answered", "read"),
    [
        (400, {"description": "Bad Request: chat not found"}, (400, "chat not found", None)),
        (400, {"description": ["x"], "parameters": "soon"}, (400, None, None)),
        (400, {"description": "x" * 999}, (400, "x" * 200, None)),
        (200, {"ok": False, "error_code": 400, "description": "no"}, (400, "no", None)),
        (400, {"parameters": {"migrate_to_chat_id": -1001}}, (400, None, {"migrate_to_chat_id": -1001})),
        (400, {"parameters": {"migrate_to_chat_id": 10**30}}, (400, None, None)),
        (400, {"parameters": {"migrate_to_chat_id": [1], "retry_after": 5}}, (400, None, None)),
    ],
)
def test_a_refusal_is_handed_on_with_what_is_known_of_it(status, answered, read):
    assert refusal(status, answered) == read


@pytest.mark.parametrize(
    ("status", "body", "told"),
    [
        (500, b"", "Telegram answered 500 (Internal Server Error)"),
        (502, b"<html>", "Telegram answered 502 (Bad Gateway)"),
        (504, b'{"ok": false, "description": "secret"}', "Telegram answered 504 (Gateway Timeout)"),
        (599, b"", "Telegram answered 599 (no known status)"),
        (200, b'{"ok": false, "error_code": 504}', "Telegram answered 504 (Gateway Timeout)"),
        (200, b'{"ok": false, "error_code": "x"}', "Telegram answered 500 (Internal Server Error)"),
        (200, b'{"ok": false, "error_code": 200}', "Telegram answered 500 (Internal Server Error)"),
    ],
)
def test_a_server_out_of_order_is_told_with_what_it_answered(status, body, told):
    with pytest.raises(NoAnswerError) as failed:
        read_answer("sendMessage", status, body)
    assert (failed.value.fault.words, failed.value.fault.reason) == (told, Reason.TELEGRAM_DOWN)


@pytest.mark.parametrize(
    ("asked", "seconds"),
    [(7, 7), (0.2, 1), (1.5, 2), (-5, 1), (99999999, 3600), (1e300, 3600), (math.inf, 3600), (math.nan, 5), ("7", 7)]
    + [(odd, 5) for odd in ("soon", True, None, [7], {"x": 1})],
)
def test_patience_is_whole_seconds_that_can_be_waited(asked, seconds):
    assert refusal(429, {"parameters": {"retry_after": asked}})[2] == {"retry_after": seconds}


def test_patience_without_parameters_is_patience_too():
    assert refusal(429, b"<html>")[2] == refusal(429, {"parameters": []})[2] == {"retry_after": 5}


@given(st.sampled_from(["sendMessage", "getMe", "getFile", "getChatMember", "editMessageText"]), ANYTHING, ANYTHING)
def test_any_answer_is_read_or_refused(method, answered, parameters):
    for status in (200, 400, 429, 500):
        body = {"ok": status == 200, "result": answered, "parameters": parameters, "description": answered}
        try:
            _, read = read_answer(method, status, json.dumps(body).encode())
        except NetworkError:
            continue
        kinds = {"sendMessage": Message, "getMe": User, "getChatMember": ChatMember}
        if read["ok"] and method in kinds:
            assert kinds[method].de_json(read["result"], None) is not None


@pytest.mark.parametrize(("value", "read"), [(5, 5), (-5, -5), ("-5", -5), (2**60, None), ("--5", None), ("-", None)])
def test_a_whole_number_is_one_that_an_id_can_be(value, read):
    assert whole_number(value) == read

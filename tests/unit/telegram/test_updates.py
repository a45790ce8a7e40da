import pytest
from telegram import Message

from bot.telegram.receiving.updates import HIGHEST, UnreadableUpdateError, number_of, read

CHAT = {"id": 1001, "type": "private", "first_name": "Alice"}
PERSON = {"id": 1001, "is_bot": False, "first_name": "Alice"}
VOICE = {"file_id": "file", "file_unique_id": "unique", "duration": 3, "file_size": 1000}
MESSAGE = {"message_id": 5, "date": 1_800_000_000, "chat": CHAT, "from": PERSON}
BUTTON = {"inline_keyboard": [[{"text": "Cancel", "callback_data": "cancel:1"}]]}
QUERY = {"id": "7", "from": PERSON, "chat_instance": "1", "data": "cancel:1"}


def message(**changes):
    return read({"update_id": 1, "message": MESSAGE | changes}, None).message


def query(shown, **changes):
    return read({"update_id": 1, "callback_query": QUERY | {"message": MESSAGE | shown} | changes}, None).callback_query


@pytest.mark.parametrize("number", [1, 5, HIGHEST])
def test_an_update_has_a_number(number):
    assert number_of({"update_id": number}) == number


@pytest.mark.parametrize(
    "raw",
    [None, 5, [], {}, *({"update_id": odd} for odd in (None, "5", 5.0, True, 0, -1, HIGHEST + 1, 10**30))],
    ids=repr,
)
def test_something_else_has_none(raw):
    assert number_of(raw) is None
    with pytest.raises(UnreadableUpdateError):
        read(raw, None)


def test_what_is_needed_of_a_message_is_read():
    entities = [{"type": "bot_command", "offset": 0, "length": 6}] * 100
    read_one = message(text="/model", entities=entities, voice=VOICE)
    assert (read_one.chat.id, read_one.from_user.id, read_one.text) == (1001, 1001, "/model")
    assert (read_one.voice.file_id, read_one.voice.file_size) == ("file", 1000)
    assert len(read_one.entities) == 1


def test_of_many_entities_only_one_more_is_read_that_tells_of_another_address():
    bold, elsewhere = ({"type": kind, "offset": 0, "length": 5} for kind in ("bold", "text_link"))
    entities = [*[bold] * 50, "nonsense", *[elsewhere | {"url": "https://example.com"}] * 50]
    assert [each.type for each in message(text="hello", entities=entities).entities] == ["bold", "text_link"]


@pytest.mark.parametrize("extra", ["sticker", "reply_to_message", "poll", "something_new", "photo"])
def test_nonsense_that_nobody_needs_does_no_harm(extra):
    assert message(voice=VOICE, **{extra: {"nonsense": [1]}}).voice.file_id == "file"
    assert message(voice=VOICE | {extra: [5]}).voice.file_id == "file"


@pytest.mark.parametrize(
    "odd",
    [
        {"chat": CHAT | {"id": [1]}},
        {"chat": CHAT | {"id": "1"}},
        {"chat": CHAT | {"id": 2**63}},
        {"chat": CHAT | {"id": True}},
        {"chat": CHAT | {"type": ["private"]}},
        {"chat": None},
        {"chat": 5},
        {"message_id": None},
        {"message_id": 1.5},
        {"voice": VOICE | {"file_id": ""}},
        {"voice": VOICE | {"file_id": "f" * 1000}},
        {"voice": [VOICE]},
        {"document": VOICE | {"file_id": "\ud800"}, "voice": 5},
    ],
    ids=str,
)
def test_a_message_without_what_it_cannot_do_without_is_not_read(odd):
    with pytest.raises(UnreadableUpdateError):
        message(**odd)


@pytest.mark.parametrize(
    "odd",
    [
        {"from": PERSON | {"id": {}}},
        {"from": {"id": 1001}},
        {"sender_chat": {"id": 1}},
        {"date": 10**30},
        {"message_thread_id": "5"},
        {"direct_messages_topic": {"topic_id": "5"}},
        {"migrate_to_chat_id": []},
        {"migrate_from_chat_id": 10**30},
        {"forward_origin": {"type": "channel"}},
        {"forward_origin": {"type": "a new one", "date": 1}},
        {"text": ["/start"]},
        {"text": "\ud800"},
        {"entities": [5]},
        {"entities": [{"type": "bot_command"}]},
        {"animation": 5},
        {"document": 5},
        {"voice": VOICE | {"file_unique_id": "\udfff"}},
        {"voice": VOICE | {"file_size": "big"}},
        {"voice": VOICE | {"duration": 2**62}},
        {"voice": VOICE | {"mime_type": 5}},
        {"voice": {"file_id": "file"}},
        {"reply_markup": 5},
    ],
    ids=str,
)
def test_a_recording_outlives_a_part_of_another_form(odd):
    read_one = message(**{"voice": VOICE} | odd)
    assert (read_one.chat.id, read_one.message_id, read_one.voice.file_id) == (1001, 5, "file")


def test_a_part_of_another_form_counts_as_missing():
    bare = message(voice=VOICE | {"file_size": "big", "file_unique_id": 5}, message_thread_id="5", text=[], entities={})
    assert (bare.voice.file_size, bare.voice.file_unique_id) == (None, "file")
    assert (bare.message_thread_id, bare.text, bare.entities) == (None, None, ())


@pytest.mark.parametrize(
    ("origin", "shown"),
    [
        ({"type": "user", "date": 5, "sender_user": PERSON}, {"sender_user": 1001}),
        ({"type": "chat", "date": 5, "sender_chat": CHAT}, {"sender_chat": 1001}),
        ({"type": "channel", "date": 5, "chat": CHAT, "message_id": 7}, {"chat": 1001, "message_id": 7}),
        ({"type": "hidden_user", "date": 5, "sender_user_name": "Bob"}, {"sender_user_name": "Bob"}),
    ],
    ids=str,
)
def test_the_origin_of_a_forward_is_read(origin, shown):
    found = message(voice=VOICE, forward_origin=origin).forward_origin
    assert {name: getattr(getattr(found, name), "id", getattr(found, name)) for name in shown} == shown
    assert found.date.timestamp() == 5


def test_the_origin_that_an_older_server_tells_is_read():
    fields = {"forward_from_chat": CHAT | {"type": "channel"}, "forward_from_message_id": 7, "forward_date": 5}
    origin = message(voice=VOICE, **fields).forward_origin
    assert (origin.chat.id, origin.message_id, origin.date.timestamp()) == (1001, 7, 5)


@pytest.mark.parametrize("content", [5, "text", [MESSAGE]])
@pytest.mark.parametrize("kind", ["message", "channel_post", "callback_query"])
def test_an_update_of_another_form_is_not_read(kind, content):
    with pytest.raises(UnreadableUpdateError):
        read({"update_id": 1, kind: content}, None)
    with pytest.raises(UnreadableUpdateError):
        query({}, message=content)


def test_a_button_that_the_message_has_brings_its_data_and_the_message():
    pressed = query({"reply_markup": BUTTON})
    assert isinstance(pressed.message, Message)
    assert pressed.data == "cancel:1"


def test_a_button_under_a_message_that_is_not_shown_brings_its_data_alone():
    pressed = query({"date": 0})
    assert not pressed.message.is_accessible
    assert pressed.data == "cancel:1"


@pytest.mark.parametrize(
    "markup",
    [
        {},
        {"reply_markup": 5},
        {"reply_markup": {"inline_keyboard": 5}},
        {"reply_markup": {"inline_keyboard": [5, [5], [{"text": "Cancel", "callback_data": "cancel:2"}], [{}]]}},
    ],
    ids=str,
)
def test_data_without_a_button_does_not_arrive(markup):
    pressed = query(markup)
    assert pressed.data is None
    assert not pressed.message.is_accessible
    assert (pressed.message.chat.id, pressed.message.message_id) == (1001, 5)


@pytest.mark.parametrize(
    "odd", [{"id": 7}, {"data": 5}, {"data": "\ud800"}, {"from": PERSON | {"id": "1"}}, {"from": None}], ids=str
)
def test_a_press_of_another_form_is_not_read(odd):
    with pytest.raises(UnreadableUpdateError):
        query({"date": 0}, **odd)


def test_a_press_without_a_message_is_one_on_a_message_of_somebody_else():
    assert query({}, message=None).message is None


def test_other_kinds_of_updates_are_let_lie():
    assert read({"update_id": 1, "poll": 5, "message": None}, None).effective_message is None

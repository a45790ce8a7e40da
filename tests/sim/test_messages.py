"""Messages: said, edited, deleted, forwarded, reacted to, and their buttons pressed."""

import pytest

from tests.world import audio

BUTTONS = {
    "inline_keyboard": [[{"text": "Cancel", "callback_data": "cancel:7"}, {"text": "Read", "url": "https://a.b"}]]
}


@pytest.fixture
def here(sim):
    return f"/sim/chats/{sim.chat.id}/messages"


@pytest.fixture
def group(sim):
    """Alice is not in it; Bob is."""
    return sim.telegram.supergroup("Hikers", members=[sim.telegram.user("Bob")], topics=True, privacy=False)


def told(sim):
    """The updates that wait for the bot, as kind and content."""
    return [
        (kind, content)
        for update in sim.telegram.pending_updates
        for kind, content in update.items()
        if kind != "update_id"
    ]


async def test_what_a_person_says_is_shown_and_told_to_the_bot(sim, here):
    message = await sim.post(here, {"from": 1001, "text": "  /start now  "})
    assert message == {
        "message_id": 1,
        "date": 1_800_000_000,
        "chat": {"id": 1001, "type": "private", "first_name": "Alice", "username": "alice"},
        "from": sim.alice.as_json(),
        "text": "/start now",
        "entities": [{"type": "bot_command", "offset": 0, "length": 6}],
        "reactions": [],
    }
    assert await sim.get(here) == [message]
    assert told(sim) == [("message", {name: message[name] for name in message.keys() - {"reactions"}})]


async def test_a_reply_carries_what_it_replies_to(sim, here):
    asked = await sim.bot_says("what was that?")
    reply = await sim.post(here, {"from": 1001, "text": "nothing", "reply_to": asked["message_id"]})
    assert reply["reply_to_message"]["text"] == "what was that?"


async def test_a_text_may_be_as_long_as_telegram_lets_it_be(sim, here):
    assert len((await sim.post(here, {"from": 1001, "text": "x" * 4096}))["text"]) == 4096


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"from": 1001}, "text"),
        ({"text": "hello"}, "from"),
        ({"from": 1001, "text": ""}, "text"),
        ({"from": 1001, "text": " \n"}, "text"),
        ({"from": 1001, "text": "x" * 4097}, "text"),
        ({"from": 1001, "text": 5}, "text"),
        ({"from": "Alice", "text": "hello"}, "from"),
        ({"from": None, "text": "hello"}, "from"),
        ({"from": 1001, "text": "hello", "reply_to": "the last"}, "reply_to"),
        ({"from": 1001, "text": "hello", "parse_mode": "HTML"}, "parse_mode"),
        ({"sender": 1001, "text": "hello"}, "from"),
    ],
)
async def test_what_cannot_be_said_is_refused(sim, here, body, field):
    status, sentence = (await sim.ask("POST", here, body)).refusal
    assert status == 400
    assert sentence.startswith(f"{field}: ")
    assert sim.chat.messages == []


@pytest.mark.parametrize(
    ("fields", "refusal"),
    [
        ({"from": 4711}, (404, "There is no person 4711.")),
        ({"reply_to": 4711}, (404, "There is no message 4711 in this chat.")),
        ({"thread": 4711}, (404, "There is no topic 4711 in this chat.")),
    ],
)
async def test_what_is_named_must_be_there(sim, here, fields, refusal):
    body = {"from": 1001, "text": "hello"} | fields
    assert (await sim.ask("POST", here, body)).refusal == refusal
    sent = await sim.send(b"notes", **({"kind": "document"} | fields))
    assert sent.refusal == refusal


async def test_only_those_who_are_in_a_chat_do_something_there(sim, group):
    message = group.say(next(iter(group.people.values())), "hello")
    path = f"/sim/chats/{group.id}/messages"
    for where, body in (
        (path, {"text": "hello"}),
        (f"{path}/{message['message_id']}/press", {"button": "Cancel"}),
        (f"{path}/{message['message_id']}/reaction", {"emoji": "👍"}),
        (f"{path}/{message['message_id']}/forward", {"to": group.id}),
    ):
        assert (await sim.ask("POST", where, body | {"from": 1001})).refusal == (409, "Alice is not in this chat.")
    assert (await sim.send(b"notes", chat=group.id)).refusal == (409, "Alice is not in this chat.")
    assert group.messages == [message]


async def test_a_text_is_edited_and_the_bot_told(sim, here):
    message = await sim.post(here, {"from": 1001, "text": "helo"})
    sim.clock.pass_(1)
    edited = (await sim.ask("PATCH", f"{here}/1", {"text": "hello"})).body
    assert edited == message | {"text": "hello", "edit_date": message["date"] + 1}
    assert await sim.get(here) == [edited]
    assert told(sim)[-1][0] == "edited_message"


async def test_a_caption_is_edited_and_the_file_stays(sim, here):
    sent = (await sim.send(b"notes", caption="notes")).body
    edited = (await sim.ask("PATCH", f"{here}/1", {"caption": "my notes"})).body
    assert (edited["caption"], edited["document"]) == ("my notes", sent["document"])


async def test_an_edit_must_fit_what_is_edited(sim, here, group):
    text = await sim.post(here, {"from": 1001, "text": "hello"})
    file = (await sim.send(b"notes")).body
    sim.telegram.state.chats[group.id].topic("Plans")
    cases = [
        (f"{here}/{text['message_id']}", {"caption": "hello"}),
        (f"{here}/{text['message_id']}", {}),
        (f"{here}/{file['message_id']}", {"text": "hello"}),
        (f"/sim/chats/{group.id}/messages/{group.messages[0]['message_id']}", {"caption": "hello"}),
        (f"/sim/chats/{group.id}/messages/{group.messages[0]['message_id']}", {"text": "hello"}),
    ]
    for path, body in cases:
        refusal = (await sim.ask("PATCH", path, body)).refusal
        assert refusal == (409, "A text message has a text to edit, a file has a caption.")


async def test_what_the_bot_wrote_is_for_the_bot_to_edit(sim, here):
    message = await sim.bot_says("your words")
    refusal = (await sim.ask("PATCH", f"{here}/{message['message_id']}", {"text": "my words"})).refusal
    assert refusal == (409, "What the bot wrote is edited by nobody else.")
    assert sim.chat.message(message)["text"] == "your words"


@pytest.mark.parametrize("body", [{"text": ""}, {"text": "x" * 4097}, {"caption": "x" * 1025}, {"photo": 1}])
async def test_an_edit_that_says_nothing_or_too_much_is_refused(sim, here, body):
    await sim.post(here, {"from": 1001, "text": "hello"})
    assert (await sim.ask("PATCH", f"{here}/1", body)).refusal[0] == 400


async def test_a_deleted_message_is_gone_and_the_bot_not_told(sim, here):
    await sim.post(here, {"from": 1001, "text": "hello"})
    answer = await sim.ask("DELETE", f"{here}/1")
    assert (answer.status, answer.body) == (200, {})
    assert await sim.get(here) == []
    assert len(told(sim)) == 1


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PATCH", "", {"text": "hello"}),
        ("DELETE", "", None),
        ("POST", "/forward", {"from": 1001, "to": 1001}),
        ("POST", "/press", {"from": 1001, "button": "Cancel"}),
        ("POST", "/reaction", {"from": 1001, "emoji": "👍"}),
    ],
)
async def test_nothing_is_done_to_a_message_that_is_not_there(sim, here, method, path, body):
    refusal = (await sim.ask(method, f"{here}/4711{path}", body)).refusal
    assert refusal == (404, "There is no message 4711 in this chat.")
    elsewhere = (await sim.ask(method, f"/sim/chats/4711/messages/1{path}", body)).refusal
    assert elsewhere == (404, "There is no chat 4711.")


async def test_a_message_is_forwarded_into_another_chat(sim, here, group):
    group.people[1001] = sim.alice
    thread = group.topic("Plans")
    await sim.send(audio(), "voice.ogg", kind="voice", caption="listen")
    sim.clock.pass_(60)
    forwarded = await sim.post(f"{here}/1/forward", {"from": 1001, "to": group.id, "thread": thread})
    assert forwarded["chat"]["id"] == group.id
    assert forwarded["forward_origin"] == {
        "type": "user",
        "sender_user": sim.alice.as_json(),
        "date": 1_800_000_000,
    }
    assert (forwarded["message_thread_id"], forwarded["caption"]) == (thread, "listen")
    original = sim.chat.messages[0]["voice"]
    assert forwarded["voice"]["file_unique_id"] == original["file_unique_id"]
    assert forwarded["voice"]["file_id"] != original["file_id"]
    assert len(group.messages) == 2


async def test_a_text_of_the_bot_can_be_forwarded_too(sim, here):
    message = await sim.bot_says("your words")
    forwarded = await sim.post(f"{here}/{message['message_id']}/forward", {"from": 1001, "to": 1001})
    assert forwarded["forward_origin"]["sender_user"]["id"] == 123456


async def test_a_forward_needs_something_to_carry_and_somewhere_to_go(sim, here, group):
    await sim.post(here, {"from": 1001, "text": "hello"})
    bob = next(iter(group.people))
    group.topic("Plans")
    service = f"/sim/chats/{group.id}/messages/{group.messages[0]['message_id']}/forward"
    refused = (await sim.ask("POST", service, {"from": bob, "to": group.id})).refusal
    assert refused == (409, "Only messages with text or a file can be forwarded.")
    for body, refusal in (
        ({"from": 1001, "to": 4711}, (404, "There is no chat 4711.")),
        ({"from": 4711, "to": 1001}, (404, "There is no person 4711.")),
        ({"from": 1001, "to": 1001, "thread": 5}, (404, "There is no topic 5 in this chat.")),
        ({"from": 1001}, (400, "to: Field required")),
    ):
        assert (await sim.ask("POST", f"{here}/1/forward", body)).refusal == refusal


@pytest.mark.parametrize("button", ["Cancel", "cancel:7"])
async def test_a_button_is_pressed_by_its_text_or_its_data(sim, here, button):
    message = await sim.bot_says("one moment", reply_markup=BUTTONS)
    assert await sim.post(f"{here}/{message['message_id']}/press", {"from": 1001, "button": button}) == {}
    ((kind, query),) = told(sim)
    assert (kind, query["data"], query["from"]["id"]) == ("callback_query", "cancel:7", 1001)


async def test_a_button_that_tells_the_bot_nothing_cannot_be_pressed(sim, here):
    message = await sim.bot_says("one moment", reply_markup=BUTTONS)
    path = f"{here}/{message['message_id']}/press"
    refused = (await sim.ask("POST", path, {"from": 1001, "button": "Send"})).refusal
    assert refused == (
        409,
        "That button cannot be pressed: there is no button 'Send', only ['Cancel', 'Read'].",
    )
    link = (await sim.ask("POST", path, {"from": 1001, "button": "Read"})).refusal
    assert link == (
        409,
        "That button cannot be pressed: it has no callback data, so the bot would not hear of it.",
    )
    assert (await sim.ask("POST", path, {"from": 1001})).refusal == (400, "button: Field required")
    assert told(sim) == []


async def test_a_reaction_is_shown_replaced_and_taken_back(sim, here):
    await sim.post(here, {"from": 1001, "text": "hello"})
    path = f"{here}/1/reaction"
    for emoji, shown in (("👍", [{"by": 1001, "emoji": "👍"}]), ("🔥", [{"by": 1001, "emoji": "🔥"}]), (None, [])):
        assert (await sim.post(path, {"from": 1001, "emoji": emoji}))["reactions"] == shown
    assert (await sim.get(here))[0]["reactions"] == []


@pytest.mark.parametrize(
    "body", [{"from": 1001}, {"from": 1001, "emoji": 5}, {"emoji": "👍"}, {"from": 1001, "emoji": ""}]
)
async def test_a_reaction_says_who_and_what(sim, here, body):
    await sim.post(here, {"from": 1001, "text": "hello"})
    assert (await sim.ask("POST", f"{here}/1/reaction", body)).refusal[0] == 400


async def test_a_reply_to_a_message_of_another_chat_brings_its_file_along(sim, here):
    group = sim.telegram.supergroup("Hikers", members=[sim.alice])
    voice = group.send_voice(sim.alice, b"x")
    fields = {"from": 1001, "reply_to": voice["message_id"], "reply_chat": group.id}
    said = await sim.post(here, fields | {"text": "/transcribe"})
    assert said["external_reply"]["voice"]["file_unique_id"] == voice["voice"]["file_unique_id"]
    hidden = sim.telegram.supergroup("Others")
    refused = (await sim.ask("POST", here, fields | {"reply_chat": hidden.id, "text": "/transcribe"})).refusal
    assert refused == (409, "Alice is not in this chat.")


async def test_a_picture_is_sent_as_a_photo(sim):
    sent = (await sim.send(b"\x89PNG", content_type="image/png", caption="look")).body
    assert (sent["photo"][0]["width"], sent["caption"]) == (90, "look")

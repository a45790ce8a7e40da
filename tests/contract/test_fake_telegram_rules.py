"""The fake Bot API refuses what the real one refuses, in its words."""

import io

import pytest


@pytest.fixture
def alice(telegram):
    return telegram.user("Alice", username="alice")


@pytest.fixture
def chat(telegram, alice):
    return telegram.private(alice)


def button(**fields):
    return {"inline_keyboard": [[{"text": "Go", **fields}]]}


NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same "
    "as a current content and reply markup of the message"
)
BAD_TEXTS = [
    ({"text": ""}, "message text is empty"),
    ({"text": " \n "}, "message text is empty"),
    ({"text": "x" * 4097}, "message is too long"),
    ({"text": "😀" * 2049}, "message is too long"),
    (
        {"text": "<b>x", "parse_mode": "HTML"},
        "can't parse entities: Can't find end tag corresponding to start tag \"b\"",
    ),
    ({"text": "é<x>", "parse_mode": "HTML"}, 'can\'t parse entities: Unsupported start tag "x" at byte offset 2'),
    ({"text": "</b>", "parse_mode": "HTML"}, "can't parse entities: Unexpected end tag at byte offset 0"),
    (
        {"text": "<b>x</i>", "parse_mode": "HTML"},
        'can\'t parse entities: Unmatched end tag at byte offset 4, expected "</b>", found "</i>"',
    ),
    (
        {"text": "<span>x</span>", "parse_mode": "HTML"},
        'can\'t parse entities: Tag "span" must have class "tg-spoiler" at byte offset 0',
    ),
    ({"text": "x", "parse_mode": "RTF"}, "unsupported parse_mode"),
    (
        {"text": "x", "reply_markup": button()},
        "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
    ),
    (
        {"text": "x", "reply_markup": {"inline_keyboard": [[{}]]}},
        "can't parse inline keyboard button: Can't find field \"text\"",
    ),
    (
        {"text": "x", "reply_markup": button(url="nowhere")},
        "inline keyboard button URL 'nowhere' is invalid: Wrong HTTP URL",
    ),
    ({"text": "x", "reply_markup": button(callback_data="")}, "BUTTON_DATA_INVALID"),
    ({"text": "x", "reply_markup": button(callback_data="é" * 33)}, "BUTTON_DATA_INVALID"),
    (
        {"text": "x", "reply_markup": {"inline_keyboard": [button(url="https://x.org")["inline_keyboard"][0] * 101]}},
        "reply markup is too long",
    ),
    (
        {"text": "x", "reply_markup": {"inline_keyboard": [["Go"]]}},
        "can't parse inline keyboard button: expected an Object",
    ),
    (
        {"text": "x", "reply_markup": {"inline_keyboard": [{}]}},
        'field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays',
    ),
    ({"text": "x", "reply_markup": []}, "object expected as reply markup"),
    ({"text": "x", "reply_markup": "{"}, "can't parse reply keyboard markup JSON object"),
    ({"text": "x", "reply_parameters": {"message_id": 77}}, "message to be replied not found"),
    ({"text": "x", "reply_parameters": {"message_id": 1, "chat_id": 5}}, "message to be replied not found"),
    ({"text": "x", "reply_parameters": {"chat_id": 5}}, "can't parse reply parameters"),
    ({"text": "x", "message_thread_id": 1}, "message thread not found"),
    ({"text": "x", "chat_id": ""}, "chat_id is empty"),
    ({"text": "x", "chat_id": 404}, "chat not found"),
    ({"text": "x", "chat_id": "nobody"}, "chat not found"),
    ({"text": "x", "chat_id": "@alice"}, "chat not found"),
]


@pytest.mark.parametrize(("parameters", "sentence"), BAD_TEXTS)
async def test_a_message_that_breaks_a_rule_is_refused(client, chat, alice, parameters, sentence):
    chat.say(alice, "hello")
    answer = await client.sendMessage(**({"chat_id": chat.id} | parameters))
    assert answer.refusal == (400, f"Bad Request: {sentence}")
    assert chat.bot_messages == []


BAD_ENTITIES = [
    (
        {"type": "bold", "offset": 0, "length": 5},
        "entity beginning at UTF-16 offset 0 ends after the end of the text at UTF-16 offset 5",
    ),
    ({"type": "bold", "offset": -1, "length": 1}, "receive an entity with incorrect offset -1"),
    ({"type": "bold", "offset": 0, "length": -1}, "receive an entity with incorrect length -1"),
    ({"type": "bold", "offset": 1, "length": 2}, "entity begins in a middle of a UTF-16 symbol at byte offset 1"),
    ({"type": "bold", "offset": 0, "length": 1}, "entity ends in a middle of a UTF-16 symbol at byte offset 1"),
    ({"type": "huge", "offset": 0, "length": 2}, "can't parse MessageEntity: Unsupported type specified"),
    ({"type": "text_link", "offset": 0, "length": 2}, "can't parse MessageEntity: Can't find field \"url\""),
    ({"type": "bold", "offset": 0}, "can't parse MessageEntity: Can't find field \"length\""),
    ("bold", "can't parse MessageEntity: expected an Object"),
]


@pytest.mark.parametrize(("entity", "sentence"), BAD_ENTITIES)
async def test_an_entity_must_fit_its_text_in_utf16_units(client, chat, entity, sentence):
    answer = await client.sendMessage(chat_id=chat.id, text="😀!", entities=[entity])
    assert answer.refusal == (400, f"Bad Request: {sentence}")


async def test_a_text_is_trimmed_and_its_entities_move_along(client, chat):
    entities = [
        {"type": "expandable_blockquote", "offset": 3, "length": 8},
        {"type": "bold", "offset": 7, "length": 4},
        {"type": "italic", "offset": 10, "length": 1},
        {"type": "code", "offset": 3, "length": 0},
    ]
    message = (await client.sendMessage(chat_id=chat.id, text=" \n 😀 hi😀\n  ", entities=entities)).result
    assert message["text"] == "😀 hi😀"
    assert message["entities"] == [
        {"type": "expandable_blockquote", "offset": 0, "length": 7},
        {"type": "bold", "offset": 4, "length": 3},
    ]


async def test_white_space_inside_a_leading_entity_stays(client, chat):
    entities = [{"type": "pre", "offset": 1, "length": 4}]
    message = (await client.sendMessage(chat_id=chat.id, text="   hi", entities=entities)).result
    assert message["text"] == "  hi"
    assert message["entities"] == [{"type": "pre", "offset": 0, "length": 4}]


async def test_links_commands_mentions_and_tags_are_found_but_not_taken_from_the_sender(client, chat):
    text = "/model@verbatim_bot https://x.org/a. me@x.org @alice #note /not/this `"
    given = [{"type": "mention", "offset": 0, "length": 999}, {"type": "code", "offset": 53, "length": 6}]
    message = (await client.sendMessage(chat_id=chat.id, text=text, entities=given)).result
    found = [(entity["type"], entity["offset"], entity["length"]) for entity in message["entities"]]
    assert found == [("bot_command", 0, 19), ("url", 20, 15), ("email", 37, 8), ("mention", 46, 6), ("code", 53, 6)]


async def test_html_becomes_entities(client, chat):
    source = (
        '<b>b</b> &lt;&#33; <a href="https://x.org/?a=1&amp;b">link</a> <span class="tg-spoiler">s</span> '
        '<blockquote expandable>q</blockquote> <pre><code class="language-py">x</code></pre> <code>y</code> '
        '<tg-emoji emoji-id="5">😀</tg-emoji><i></i><a>z</a> & done'
    )
    message = (await client.sendMessage(chat_id=chat.id, text=source, parse_mode="HTML")).result
    assert message["text"] == "b <! link s q x y 😀z & done"
    assert message["entities"] == [
        {"type": "bold", "offset": 0, "length": 1},
        {"type": "text_link", "offset": 5, "length": 4, "url": "https://x.org/?a=1&b"},
        {"type": "spoiler", "offset": 10, "length": 1},
        {"type": "expandable_blockquote", "offset": 12, "length": 1},
        {"type": "pre", "offset": 14, "length": 1, "language": "py"},
        {"type": "code", "offset": 16, "length": 1},
        {"type": "custom_emoji", "offset": 18, "length": 2, "custom_emoji_id": "5"},
    ]


@pytest.mark.parametrize(
    ("parameters", "violation"),
    [
        (
            {"parse_mode": "HTML", "entities": [{"type": "bold", "offset": 0, "length": 1}]},
            "parse_mode makes the server ignore entities",
        ),
        ({"parse_mode": "MarkdownV2"}, "the playground reads no Markdown"),
        ({"entities": {"type": "bold"}}, "entities is no Array of MessageEntity"),
        ({"entities": "["}, "entities is no Array of MessageEntity"),
        (
            {"entities": [{"type": "bold", "offset": 0, "length": 1}] * 101},
            "the server drops all but 100 of 101 entities",
        ),
    ],
)
async def test_formatting_that_the_server_would_quietly_ignore_is_a_violation(
    telegram, client, chat, parameters, violation
):
    await client.sendMessage(chat_id=chat.id, text="x", **parameters)
    assert telegram.violations == [f"sendMessage: {violation}"]
    telegram.violations.clear()


async def test_half_a_surrogate_pair_is_no_text(client, chat):
    answer = await client.post(
        "sendMessage", data=f'{{"chat_id": {chat.id}, "text": "\\ud83d"}}', headers={"Content-Type": "application/json"}
    )
    assert answer.refusal == (400, "Bad Request: strings must be encoded in UTF-8")


async def test_a_message_of_4096_units_and_a_caption_of_1024_pass(client, chat):
    assert (
        await client.sendMessage(chat_id=chat.id, text="<b>" + "😀" * 2048 + "</b>", parse_mode="HTML")
    ).status == 200
    fits = await client.upload("sendDocument", {"document": ("a.txt", b"a")}, chat_id=chat.id, caption="x" * 1024)
    assert fits.result["caption"] == "x" * 1024
    long = await client.upload("sendDocument", {"document": ("a.txt", b"a")}, chat_id=chat.id, caption="x" * 1025)
    assert long.refusal == (400, "Bad Request: message caption is too long")


async def test_a_reply_to_a_deleted_message_is_sent_when_the_sender_does_not_mind(client, chat, alice):
    gone = chat.say(alice, "hello")
    chat.delete(gone)
    reply = {"message_id": gone["message_id"], "allow_sending_without_reply": True}
    message = (await client.sendMessage(chat_id=chat.id, text="x", reply_parameters=reply)).result
    assert "reply_to_message" not in message


async def test_only_an_inline_keyboard_stays_with_the_message(client, chat):
    for markup in ({"force_reply": True}, {"inline_keyboard": [[]]}):
        message = (await client.sendMessage(chat_id=chat.id, text="x", reply_markup=markup)).result
        assert "reply_markup" not in message


async def test_a_document_is_uploaded_sent_again_by_id_and_attached(telegram, client, chat):
    first = (await client.upload("sendDocument", {"document": ("talk.srt", b"1")}, chat_id=chat.id)).result["document"]
    assert (first["file_name"], first["file_size"]) == ("talk.srt", 1)
    again = (await client.sendDocument(chat_id=chat.id, document=first["file_id"])).result["document"]
    assert again["file_unique_id"] == first["file_unique_id"]
    attached = await client.upload("sendDocument", {"part": ("", b"2")}, chat_id=chat.id, document="attach://part")
    assert telegram.file_bytes(attached.result["document"]["file_id"]) == b"2"
    assert attached.result["document"]["mime_type"] == "application/octet-stream"


@pytest.mark.parametrize(
    ("document", "sentence"),
    [
        ("", "there is no document in the request"),
        ("BQAC", "wrong remote file identifier specified: Wrong string length"),
    ],
)
async def test_a_document_that_is_not_there_is_refused(client, chat, document, sentence):
    answer = await client.sendDocument(chat_id=chat.id, document=document)
    assert answer.refusal == (400, f"Bad Request: {sentence}")


async def test_an_upload_is_neither_empty_nor_above_fifty_megabytes(client, chat):
    empty = await client.upload("sendDocument", {"document": ("a.txt", b"")}, chat_id=chat.id)
    assert empty.refusal == (400, "Bad Request: file must be non-empty")
    too_much = io.BytesIO(bytes(50 * 1024 * 1024 + 1))
    huge = await client.upload("sendDocument", {"document": ("a.txt", too_much)}, chat_id=chat.id)
    assert huge.refusal == (413, "Request Entity Too Large")


async def test_an_edit_replaces_text_and_keyboard_and_an_equal_one_is_refused(client, chat, clock):
    markup = button(callback_data="go")
    sent = (await client.sendMessage(chat_id=chat.id, text="one", reply_markup=markup)).result
    where = {"chat_id": chat.id, "message_id": sent["message_id"]}
    same = await client.editMessageText(**where, text="one ", reply_markup=markup)
    assert same.refusal == (400, f"Bad Request: {NOT_MODIFIED}")
    edited = (await client.editMessageText(**where, text="two")).result
    assert edited["edit_date"] == int(clock())
    assert "reply_markup" not in chat.message(sent)
    assert (await client.editMessageReplyMarkup(**where)).refusal == (400, f"Bad Request: {NOT_MODIFIED}")
    await client.editMessageReplyMarkup(**where, reply_markup=markup)
    assert chat.message(sent)["text"] == "two"
    assert chat.message(sent)["reply_markup"] == markup
    assert [(seen.method, seen.text) for seen in chat.history] == [
        ("sendMessage", "one"),
        ("editMessageText", "two"),
        ("editMessageReplyMarkup", "two"),
    ]


async def test_a_text_message_becomes_a_document_and_then_has_a_caption(client, chat):
    sent = (await client.sendMessage(chat_id=chat.id, text="one")).result
    where = {"chat_id": chat.id, "message_id": sent["message_id"]}
    bold = [{"type": "bold", "offset": 0, "length": 3}]
    media = {"type": "document", "media": "attach://file", "caption": "cap", "caption_entities": bold}
    edited = (await client.upload("editMessageMedia", {"file": ("a.txt", b"a")}, **where, media=media)).result
    assert edited["caption"] == "cap"
    assert edited["caption_entities"] == bold
    assert "text" not in edited
    media["media"] = edited["document"]["file_id"]
    assert (await client.editMessageMedia(**where, media=media)).refusal == (400, f"Bad Request: {NOT_MODIFIED}")
    assert (await client.editMessageText(**where, text="x")).refusal == (
        400,
        "Bad Request: there is no text in the message to edit",
    )
    assert (await client.editMessageCaption(**where, caption="new")).result["caption"] == "new"
    assert "document" in chat.message(sent)
    assert "caption" not in (await client.editMessageCaption(**where)).result


@pytest.mark.parametrize(
    ("media", "sentence"),
    [
        ("", "media not found"),
        ({"type": "photo", "media": "x"}, "wrong type of the web page content"),
        ({"type": "document"}, "there is no document in the request"),
    ],
)
async def test_media_that_is_no_document_is_refused(telegram, client, chat, media, sentence):
    sent = (await client.sendMessage(chat_id=chat.id, text="one")).result
    answer = await client.editMessageMedia(chat_id=chat.id, message_id=sent["message_id"], media=media)
    assert answer.refusal == (400, f"Bad Request: {sentence}")
    telegram.violations.clear()


async def test_only_own_messages_that_exist_can_be_edited(client, chat, alice):
    hers = chat.say(alice, "hello")
    wanted = [
        ({"message_id": 99}, "message to edit not found"),
        ({"message_id": hers["message_id"]}, "message can't be edited"),
        ({}, "message identifier is not specified"),
        ({"inline_message_id": "x"}, "MESSAGE_ID_INVALID"),
    ]
    for which, sentence in wanted:
        answer = await client.editMessageText(chat_id=chat.id, text="x", **which)
        assert answer.refusal == (400, f"Bad Request: {sentence}")
    sent = (await client.sendMessage(chat_id=chat.id, text="one")).result
    answer = await client.editMessageCaption(chat_id=chat.id, message_id=sent["message_id"], caption="x")
    assert answer.refusal == (400, "Bad Request: there is no caption in the message to edit")


async def test_messages_are_deleted_for_two_days_and_once(client, chat, alice, clock):
    hers = chat.say(alice, "hello")
    assert (await client.deleteMessage(chat_id=chat.id, message_id=hers["message_id"])).result is True
    again = await client.deleteMessage(chat_id=chat.id, message_id=hers["message_id"])
    assert again.refusal == (400, "Bad Request: message to delete not found")
    old = chat.say(alice, "old")
    clock.pass_(48 * 60 * 60)
    answer = await client.deleteMessage(chat_id=chat.id, message_id=old["message_id"])
    assert answer.refusal == (400, "Bad Request: message can't be deleted for everyone")


async def test_in_a_group_only_an_admin_deletes_what_others_wrote(telegram, client, alice):
    group = telegram.group("Team", members=[alice])
    hers = group.say(alice, "hello")
    own = (await client.sendMessage(chat_id=group.id, text="x")).result
    assert (await client.deleteMessage(chat_id=group.id, message_id=own["message_id"])).status == 200
    assert (await client.deleteMessage(chat_id=group.id, message_id=hers["message_id"])).status == 400
    group.promote_bot()
    assert (await client.deleteMessage(chat_id=group.id, message_id=hers["message_id"])).status == 200


async def test_a_press_is_answered_once_and_soon(telegram, client, chat, alice, clock):
    too_late = (400, "Bad Request: query is too old and response timeout expired or query ID is invalid")
    sent = (await client.sendMessage(chat_id=chat.id, text="x", reply_markup=button(callback_data="go"))).result
    query_id = chat.press(alice, sent, "Go")
    assert (await client.answerCallbackQuery(callback_query_id=query_id, text="x" * 201)).refusal[
        1
    ] == "Bad Request: MESSAGE_TOO_LONG"
    assert (await client.answerCallbackQuery(callback_query_id=query_id, text="ok", show_alert="true")).result is True
    [answer] = telegram.callback_answers
    assert (answer.query_id, answer.text, answer.show_alert) == (query_id, "ok", True)
    assert (await client.answerCallbackQuery(callback_query_id=query_id)).refusal == too_late
    assert (await client.answerCallbackQuery(callback_query_id="1")).refusal == too_late
    query_id = chat.press(alice, sent, "go")
    clock.pass_(61)
    assert (await client.answerCallbackQuery(callback_query_id=query_id)).refusal == too_late


async def test_a_button_that_is_not_there_cannot_be_pressed(client, chat, alice):
    sent = (await client.sendMessage(chat_id=chat.id, text="x", reply_markup=button(callback_data="go"))).result
    with pytest.raises(LookupError, match="no button 'Stop', only \\['Go'\\]"):
        chat.press(alice, sent, "Stop")


async def test_chat_actions_and_reactions_are_recorded_if_they_exist(telegram, client, chat, alice):
    hers = chat.say(alice, "hello")
    where = {"chat_id": chat.id, "message_id": hers["message_id"]}
    assert (await client.sendChatAction(chat_id=chat.id, action="typing")).result is True
    assert (await client.sendChatAction(chat_id=chat.id, action="dancing")).refusal == (
        400,
        "Bad Request: wrong parameter action in request",
    )
    assert [action.action for action in telegram.chat_actions] == ["typing"]
    await client.setMessageReaction(**where, reaction=[{"type": "emoji", "emoji": "👀"}])
    assert chat.reactions(hers) == {telegram.state.bot.id: "👀"}
    await client.setMessageReaction(**where)
    assert [reaction.emoji for reaction in telegram.reactions] == ["👀", None]
    assert chat.reactions(hers) == {}


async def test_a_person_has_one_reaction_and_the_bot_that_asked_for_it_is_told(telegram, client, chat, alice):
    await client.getUpdates(allowed_updates=["message_reaction"])
    hers = chat.say(alice, "hello")
    chat.react(alice, hers, "👍")
    chat.react(alice, hers, "🔥")
    assert chat.reactions(hers) == {alice.id: "🔥"}
    last = telegram.pending_updates[-1]["message_reaction"]
    assert (last["old_reaction"], last["new_reaction"]) == (
        [{"type": "emoji", "emoji": "👍"}],
        [{"type": "emoji", "emoji": "🔥"}],
    )
    chat.react(alice, hers, None)
    assert telegram.pending_updates[-1]["message_reaction"]["new_reaction"] == []
    assert chat.reactions(hers) == {}


async def test_in_a_group_only_an_admin_bot_hears_of_reactions(telegram, client, alice):
    await client.getUpdates(allowed_updates=["message_reaction"])
    group = telegram.supergroup("Hikers", members=[alice])
    hers = group.say(alice, "hello")
    group.react(alice, hers, "👍")
    assert telegram.pending_updates == []
    group.promote_bot()
    group.react(alice, hers, None)
    assert [update.keys() - {"update_id"} for update in telegram.pending_updates] == [{"message_reaction"}]


@pytest.mark.parametrize(
    ("reaction", "sentence"),
    [
        ([{"type": "emoji", "emoji": "⏳"}], "REACTION_INVALID"),
        ([{"type": "custom_emoji", "custom_emoji_id": "5"}], "REACTION_INVALID"),
        ([{"type": "emoji", "emoji": "👀"}, {"type": "emoji", "emoji": "👍"}], "REACTIONS_TOO_MANY"),
    ],
)
async def test_a_bot_may_not_react_with_just_anything(client, chat, alice, reaction, sentence):
    hers = chat.say(alice, "hello")
    answer = await client.setMessageReaction(chat_id=chat.id, message_id=hers["message_id"], reaction=reaction)
    assert answer.refusal == (400, f"Bad Request: {sentence}")


async def test_a_reaction_needs_a_message_of_a_person(telegram, client, alice):
    group = telegram.group("Team", members=[alice], bot=False)
    group.add_bot(alice)
    thumb = [{"type": "emoji", "emoji": "👍"}]
    missing = await client.setMessageReaction(chat_id=group.id, message_id=99, reaction=thumb)
    assert missing.refusal == (400, "Bad Request: message to react not found")
    [service] = group.messages
    answer = await client.setMessageReaction(chat_id=group.id, message_id=service["message_id"], reaction=thumb)
    assert answer.refusal == (400, "Bad Request: message can't be reacted")


async def test_commands_and_descriptions_are_kept_by_scope_and_language(telegram, client, chat):
    commands = [{"command": "model", "description": "Choose"}]
    await client.setMyCommands(commands=commands)
    await client.setMyCommands(commands=[], scope={"type": "chat", "chat_id": chat.id}, language_code="ru")
    assert (await client.getMyCommands()).result == commands
    assert (await client.getMyCommands(language_code="ru")).result == []
    assert telegram.commands == {("default", ""): commands, (f"chat:{chat.id}", "ru"): []}
    await client.setMyDescription(description="Speech to text")
    await client.setMyShortDescription(short_description="Text", language_code="ru")
    assert telegram.state.descriptions == {"": "Speech to text"}
    assert telegram.state.short_descriptions == {"ru": "Text"}
    assert (await client.getMyDescription(language_code="ru")).result == {"description": "Speech to text"}
    assert (await client.getMyShortDescription(language_code="ru")).result == {"short_description": "Text"}
    assert (await client.getMyShortDescription()).result == {"short_description": ""}
    assert (await client.deleteMyCommands()).result is True
    assert (await client.getMyCommands()).result == []


@pytest.mark.parametrize(
    ("method", "parameters", "sentence"),
    [
        ("setMyCommands", {"commands": [{"command": "Model", "description": "x"}]}, "BOT_COMMAND_INVALID"),
        ("setMyCommands", {"commands": [{"command": "model"}]}, "BOT_COMMAND_DESCRIPTION_INVALID"),
        ("setMyCommands", {"commands": [{"command": "m", "description": "x"}] * 101}, "BOT_COMMANDS_TOO_MUCH"),
        ("setMyCommands", {"commands": ["model"]}, "expected an Array of BotCommand"),
        ("setMyCommands", {"scope": {"type": "moon"}}, "can't parse BotCommandScope: unsupported type specified"),
        (
            "setMyCommands",
            {"scope": {"type": "chat"}},
            "can't parse BotCommandScope: Can't find field \"chat_id\"",
        ),
        ("setMyCommands", {"scope": {"type": "chat", "chat_id": 5}}, "chat not found"),
        ("setMyCommands", {"language_code": "pt-br"}, "invalid language code specified"),
        ("setMyDescription", {"language_code": "English"}, "invalid language code specified"),
        ("setMyDescription", {"description": "x" * 513}, "description is too long"),
        ("setMyShortDescription", {"short_description": "x" * 121}, "short description is too long"),
        ("getFile", {}, "file_id not specified"),
        ("getFile", {"file_id": "AwAC"}, "wrong file_id or the file is temporarily unavailable"),
        ("setWebhook", {"url": "http://x.org"}, "bad webhook: An HTTPS URL must be provided for webhook"),
        (
            "setWebhook",
            {"url": "https://x.org:1"},
            "bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443",
        ),
        ("setWebhook", {"url": "https://localhost"}, "bad webhook: IP address 127.0.0.1 is reserved"),
        ("setWebhook", {"url": "https://10.0.0.1/"}, "bad webhook: IP address 10.0.0.1 is reserved"),
        (
            "setWebhook",
            {"url": "https://x.org", "ip_address": "::1"},
            "bad webhook: IPv6-only addresses are not allowed",
        ),
        ("setWebhook", {"url": "https://bot"}, "bad webhook: Failed to resolve host: Name or service not known"),
        ("setWebhook", {"url": "https://["}, "invalid webhook URL specified"),
        ("setWebhook", {"url": "https://x.org", "secret_token": "é"}, "secret token contains unallowed characters"),
        ("setWebhook", {"url": "https://x.org", "secret_token": "s" * 257}, "secret token is too long"),
    ],
)
async def test_settings_that_break_a_rule_are_refused(client, method, parameters, sentence):
    assert (await getattr(client, method)(**parameters)).refusal == (400, f"Bad Request: {sentence}")


async def test_nothing_works_after_logging_out(client):
    assert (await client.close()).result is True
    assert (await client.logOut()).result is True
    assert (await client.getMe()).refusal == (400, "Logged out")

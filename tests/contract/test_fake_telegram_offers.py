"""What the bot offers to people of the fake Telegram, such as links and buttons, and what they do with it."""

import io
import struct
import zlib

import pytest

LINK = "https://t.me/Verbatim_bot"


@pytest.fixture
def alice(telegram):
    return telegram.user("Alice", language_code="de")


@pytest.fixture
def bob(telegram):
    return telegram.user("Bob")


def said(telegram):
    return [update["message"]["text"] for update in telegram.pending_updates if "text" in update.get("message", {})]


def png(width, height):
    head = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + head + struct.pack(">I", zlib.crc32(head))


def jpeg(width, height):
    return (
        b"\xff\xd8\xff\xe0\x00\x04ab\xff\xc4\x00\x02\xff\xc0\x00\x0b\x08" + struct.pack(">HH", height, width) + bytes(9)
    )


async def test_a_link_starts_the_bot_with_its_payload(telegram, alice):
    telegram.open_link(alice, f"{LINK}?start=own-AbC_123")
    assert said(telegram) == ["/start own-AbC_123"]
    assert [chat.id for chat in telegram.chats] == [alice.id]
    chat = telegram.private(alice)
    chat.block()
    telegram.open_link(alice, LINK)
    assert said(telegram) == ["/start own-AbC_123", "/start"]
    assert chat.bot_status == "member"


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com/verbatim_bot?start=x",
        "ftp://t.me/verbatim_bot",
        "https://t.me/other_bot?start=x",
        f"{LINK}?start={'x' * 65}",
        f"{LINK}?start=a.b",
        f"{LINK}?startgroup=x",
        f"{LINK}?startchannel&admin=post_messages",
    ],
)
async def test_a_link_that_no_app_follows_leads_nowhere(telegram, alice, url):
    with pytest.raises(ValueError, match=r"lead|payload|asks"):
        telegram.open_link(alice, url)
    assert telegram.pending_updates == []


async def test_a_link_adds_the_bot_to_a_group(telegram, alice):
    group = telegram.supergroup("Team", members=[alice], bot=False)
    telegram.open_link(alice, f"{LINK}?startgroup", to=group)
    assert group.bot_status == "member"
    telegram.open_link(alice, f"{LINK}?startgroup=hello", to=group)
    assert said(telegram) == ["/start@verbatim_bot hello"]


async def test_a_link_makes_the_bot_an_admin_if_an_admin_opens_it(telegram, client, alice, bob):
    group = telegram.supergroup("Team", members=[alice], owner=bob)
    link = f"{LINK}?startgroup=x&admin=manage_chat+pin_messages"
    with pytest.raises(ValueError, match="no admin"):
        telegram.open_link(alice, link, to=group)
    telegram.open_link(bob, link, to=group)
    own = (await client.getChatMember(chat_id=group.id, user_id=telegram.state.bot.id)).result
    assert (own["status"], own["can_pin_messages"], own["can_delete_messages"]) == ("administrator", True, False)
    channel = telegram.channel("News", owner=bob, bot=False)
    telegram.open_link(bob, f"{LINK}?startchannel&admin=post_messages", to=channel)
    assert channel.bot_status == "administrator"


async def test_a_tap_presses_a_button_or_opens_its_link(telegram, client, alice):
    group = telegram.supergroup("Team", owner=alice)
    rows = [[{"text": "Off", "callback_data": "off"}, {"text": "Admin", "url": f"{LINK}?startgroup&admin=manage_chat"}]]
    sent = (await client.sendMessage(chat_id=group.id, text="x", reply_markup={"inline_keyboard": rows})).result
    query_id = telegram.tap(alice, sent, "Off")
    await client.answerCallbackQuery(callback_query_id=query_id, text="Only admins.", show_alert=True)
    assert telegram.answers_to(alice) == ["Only admins."]
    telegram.tap(alice, sent, "Admin", to=group)
    assert group.bot_status == "administrator"
    with pytest.raises(LookupError):
        telegram.tap(alice, sent, "On")


async def test_a_message_rings_unless_it_is_sent_silently_and_an_edit_never_does(telegram, client, alice):
    chat = telegram.private(alice)
    loud = (await client.sendMessage(chat_id=chat.id, text="x")).result
    silent = (await client.sendMessage(chat_id=chat.id, text="x", disable_notification=True)).result
    await client.editMessageText(chat_id=chat.id, message_id=silent["message_id"], text="y")
    assert [chat.rang(message) for message in (loud, silent)] == [True, False]


async def test_everybody_is_offered_the_commands_of_the_closest_scope_and_language(telegram, client, alice, bob):
    group = telegram.supergroup("Team", members=[alice], admins=[bob])
    private = telegram.private(alice)
    member = {"type": "chat_member", "chat_id": group.id, "user_id": alice.id}
    scopes = [
        ({"type": "default"}, "de", "standard"),
        ({"type": "default"}, "", "default"),
        ({"type": "all_private_chats"}, "", "private"),
        ({"type": "all_group_chats"}, "", "groups"),
        ({"type": "all_chat_administrators"}, "", "admins"),
        ({"type": "chat", "chat_id": private.id}, "", "here"),
        ({"type": "chat_administrators", "chat_id": group.id}, "", "these_admins"),
        (member, "de", "alice"),
    ]
    places = [(alice, private), (alice, group), (bob, group)]

    def menus():
        return tuple([command["command"] for command in telegram.menu(*place)] for place in places)

    offered = [menus()]
    for scope, language, name in scopes:
        commands = [{"command": name, "description": "x"}]
        assert (await client.setMyCommands(commands=commands, scope=scope, language_code=language)).result is True
        offered.append(menus())
    assert offered == [
        ([], [], []),
        (["standard"], ["standard"], []),
        (["standard"], ["standard"], ["default"]),
        (["private"], ["standard"], ["default"]),
        (["private"], ["groups"], ["groups"]),
        (["private"], ["groups"], ["admins"]),
        (["here"], ["groups"], ["admins"]),
        (["here"], ["groups"], ["these_admins"]),
        (["here"], ["alice"], ["these_admins"]),
    ]


async def test_some_scopes_do_not_fit_some_chats(telegram, client, alice):
    private, channel = telegram.private(alice), telegram.channel("News")
    wanted = [
        ({"type": "chat_administrators", "chat_id": private.id}, "can't use specified scope in private chats"),
        ({"type": "chat", "chat_id": channel.id}, "can't change commands in channel chats"),
    ]
    for scope, sentence in wanted:
        answer = await client.setMyCommands(commands=[], scope=scope)
        assert answer.refusal == (400, f"Bad Request: {sentence}")


@pytest.mark.parametrize("picture", [png(300, 200), jpeg(300, 200)])
async def test_a_photo_has_a_size_and_a_caption_and_is_sent_again(telegram, client, alice, picture):
    chat = telegram.private(alice)
    sent = (
        await client.upload("sendPhoto", {"photo": ("chart.png", picture)}, chat_id=chat.id, caption="30 days")
    ).result
    [size] = sent["photo"]
    assert (size["width"], size["height"], sent["caption"]) == (300, 200, "30 days")
    assert telegram.file_bytes(size["file_id"]) == picture
    again = (await client.sendPhoto(chat_id=chat.id, photo=size["file_id"])).result
    assert again["photo"][0]["file_unique_id"] == size["file_unique_id"]
    where = {"chat_id": chat.id, "message_id": sent["message_id"]}
    assert (await client.editMessageCaption(**where, caption="30 days")).status == 400
    assert "photo" in (await client.editMessageCaption(**where, caption="31 days")).result


@pytest.mark.parametrize(
    ("picture", "sentence"),
    [
        (b"no picture", "IMAGE_PROCESS_FAILED"),
        (b"\xff\xd8\xff", "IMAGE_PROCESS_FAILED"),
        (png(9000, 1001), "PHOTO_INVALID_DIMENSIONS"),
        (png(210, 10), "PHOTO_INVALID_DIMENSIONS"),
        (
            bytes(10 * 1024 * 1024 + 1),
            "file of size 10485761 bytes is too big for a photo; the maximum size is 10485760 bytes",
        ),
    ],
)
async def test_what_can_be_no_photo_is_refused(telegram, client, alice, picture, sentence):
    chat = telegram.private(alice)
    answer = await client.upload("sendPhoto", {"photo": ("chart.png", io.BytesIO(picture))}, chat_id=chat.id)
    assert answer.refusal == (400, f"Bad Request: {sentence}")


async def test_photos_need_a_photo_and_the_right_to_send_one(telegram, client, alice):
    group = telegram.supergroup("Team", members=[alice])
    assert (await client.sendPhoto(chat_id=group.id)).refusal == (400, "Bad Request: there is no photo in the request")
    group.permit(other_media=False)
    answer = await client.upload("sendPhoto", {"photo": ("chart.png", png(9, 9))}, chat_id=group.id)
    assert answer.refusal == (400, "Bad Request: not enough rights to send photos to the chat")


async def test_people_send_what_is_no_recording_too(telegram, alice, bob):
    chat = telegram.private(alice)
    photo = chat.send_photo(alice, png(300, 200))
    assert photo["photo"][0]["width"] == 300
    assert chat.send_sticker(alice)["sticker"]["emoji"] == "👋"
    assert chat.share_contact(alice, bob)["contact"]["user_id"] == bob.id
    assert chat.share_location(alice)["location"]["latitude"] == 52.5
    copy = chat.forward(alice, photo)["photo"][0]
    assert copy["file_unique_id"] == photo["photo"][0]["file_unique_id"]
    assert copy["file_id"] != photo["photo"][0]["file_id"]


async def test_a_forward_does_not_tell_of_a_person_who_hides_the_account(telegram, alice):
    harry = telegram.user("Harry", last_name="Hill", hides_account=True)
    group = telegram.supergroup("Team", members=[harry])
    origin = telegram.private(alice).forward(alice, group.send_voice(harry, b"x"))["forward_origin"]
    assert (origin["type"], origin["sender_user_name"]) == ("hidden_user", "Harry Hill")

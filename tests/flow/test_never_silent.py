"""Nobody is met with silence in private: what is no recording gets one short sentence, at most one in a minute."""

import pytest

from bot.engine import patience
from bot.text.rooms.hints import _CONTENTS, _THE_SAME
from storage.chats import ChatSettings, Mode
from tests.english import ENGLISH
from tests.world import audio, other_voice, texts

HINTS = ENGLISH.hints


@pytest.fixture
def alice(world):
    return world.telegram.user("Alice")


@pytest.fixture
def private(world, alice):
    return world.telegram.private(alice)


@pytest.fixture
def group(world, alice):
    return world.telegram.supergroup("Team", [alice], privacy=False)


def sends(world, chat, person, content):
    """A message with something in it that the chats of the fake do not offer."""
    message = chat.say(person, "x")
    (update,) = world.telegram.pending_updates[-1:]
    del update["message"]["text"]
    update["message"] |= content
    return message


@pytest.mark.parametrize("text", ["hello", "what can you do?", "/", "look: /help", "1.5"])
async def test_a_text_is_told_what_to_send(world, alice, private, text):
    private.say(alice, text)
    await world.settle()
    assert texts(private) == [HINTS.text()]


@pytest.mark.parametrize("text", ["/transribe", "/foo bar", "/foo@verbatim_bot", "/help@other_bot"])
async def test_an_unknown_command_is_told_where_to_look_and_ignored_in_groups(world, alice, private, group, text):
    private.say(alice, text)
    group.say(alice, text)
    await world.settle()
    assert texts(private) == [HINTS.unknown_command()]
    assert texts(group) == []


@pytest.mark.parametrize(
    "text", ["https://example.com/page", "see www.example.com", "HTTP://EXAMPLE.COM/a.mp3 is nice"]
)
async def test_a_link_to_something_else_is_told_which_links_there_are(world, alice, private, text):
    private.say(alice, text)
    await world.settle()
    assert texts(private) == [HINTS.link()]


@pytest.mark.parametrize("text", ["https://example.com/a.mp3", "https://example.com/page"])
async def test_where_links_are_off_that_is_said(stopped_world, text):
    alice = stopped_world.telegram.user("Alice")
    chat = stopped_world.telegram.private(alice)
    async with stopped_world.running(links="off") as world:
        chat.say(alice, text)
        await world.settle()
    assert texts(chat) == [ENGLISH.links.off()]


@pytest.mark.parametrize("name", [*_CONTENTS, *_THE_SAME, "checklist", "rich_message"])
async def test_every_other_content_gets_a_sentence_that_fits(world, alice, private, name):
    sends(world, private, alice, {name: {"nonsense": [1]}})
    await world.settle()
    assert texts(private) == [HINTS.content(name)]


async def test_a_venue_an_animation_and_what_people_send_are_known_by_their_kind(world, alice, private):
    bob = world.telegram.user("Bob")
    document = {"file_id": "f", "file_unique_id": "u", "file_name": "cat.mp4", "mime_type": "video/mp4"}
    for send in (
        lambda: private.send_photo(alice, b"x", caption="look"),
        lambda: private.send_sticker(alice),
        lambda: private.share_contact(alice, bob),
        lambda: private.share_location(alice),
        lambda: sends(world, private, alice, {"animation": document | {"duration": 1}, "document": document}),
        lambda: sends(world, private, alice, {"venue": {}, "location": {}}),
    ):
        send()
        await world.settle()
        world.clock.pass_(patience.HINT_EVERY)
    assert texts(private) == [
        *(HINTS.content(name) for name in ("photo", "sticker", "contact", "location", "animation", "venue")),
    ]


async def test_one_sentence_a_minute_is_enough_also_for_an_album(world, alice, private):
    for _ in range(3):
        private.send_photo(alice, b"x", media_group_id="7")
    private.say(alice, "/foo")
    await world.settle()
    assert texts(private) == [HINTS.content("photo")]
    world.clock.pass_(patience.HINT_EVERY)
    private.say(alice, "hello")
    await world.settle()
    assert texts(private) == [HINTS.content("photo"), HINTS.text()]


async def test_one_chat_does_not_silence_another(world, alice, private):
    bob = world.telegram.user("Bob")
    other = world.telegram.private(bob)
    private.say(alice, "hello")
    other.say(bob, "hello")
    await world.settle()
    assert texts(private) == texts(other) == [HINTS.text()]


async def test_an_edit_says_nothing_new(world, alice, private):
    message = private.say(alice, "/help")
    await world.settle()
    before = texts(private)
    private.edit_text(message, "hello")
    await world.settle()
    assert texts(private) == before


async def test_messages_of_telegrams_own_get_no_sentence(world, alice, private):
    sends(world, private, alice, {"pinned_message": {}})
    sends(world, private, alice, {"message_auto_delete_timer_changed": {"message_auto_delete_time": 60}})
    await world.settle()
    assert texts(private) == []


async def test_groups_and_channels_hear_nothing(world, alice, group):
    channel = world.telegram.channel("News")
    for chat, person in ((group, alice), (channel, None)):
        chat.say(person, "hello")
        chat.send_photo(person, b"x")
        chat.say(person, "/foo")
        chat.say(person, "https://example.com/")
    await world.settle()
    assert texts(group) == texts(channel) == []


async def test_who_calls_the_bot_in_reply_to_a_recording_gets_its_text_and_nothing_else(world, alice, private):
    await world.app.store.change_settings(private.id, lambda _: ChatSettings(mode=Mode.ASK))
    world.speech.says("what was said")
    recording = private.send_voice(alice, other_voice())
    private.say(alice, "@verbatim_bot please", reply_to=recording)
    await world.settle()
    assert texts(private) == ["what was said"]


@pytest.mark.parametrize("command", ["/allow 1", "/revoke 1", "/owner 1"])
async def test_commands_of_the_owner_do_nothing_where_others_send_them(world, alice, private, command):
    private.say(alice, command)
    await world.settle()
    assert texts(private) == []


async def test_a_stranger_is_told_only_that_they_are_one(stopped_world):
    eve = stopped_world.telegram.user("Eve")
    chat = stopped_world.telegram.private(eve)
    async with stopped_world.running(access="invited") as world:
        chat.say(eve, "hello")
        chat.send_photo(eve, b"x")
        chat.say(eve, "/cancel")
        await world.settle()
    assert texts(chat) == [ENGLISH.access.not_allowed(chat.id)]


async def test_a_recording_and_a_hint_do_not_get_in_each_others_way(world, alice, private):
    world.speech.says("what was said")
    private.send_voice(alice, audio())
    private.say(alice, "thanks")
    await world.settle()
    assert sorted(texts(private)) == sorted(["what was said", HINTS.text()])

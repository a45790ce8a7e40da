"""What becomes text by itself in a chat, and what only when somebody asks for it in reply to it."""

from dataclasses import replace

import pytest

from bot.sizes import MEGABYTE
from storage.chats import Mode
from storage.words import State
from tests.english import ENGLISH
from tests.world import audio, other_voice, texts

EVERY_MODE = [*Mode, None]


@pytest.fixture
def alice(world):
    return world.telegram.user("Alice")


@pytest.fixture
def bob(world):
    return world.telegram.user("Bob")


@pytest.fixture
def private(world, alice):
    return world.telegram.private(alice)


@pytest.fixture
def group(world, alice, bob):
    world.speech.says("what was said")
    return world.telegram.supergroup("Team", [alice, bob], privacy=False)


async def choose(world, chat, **chosen):
    await world.app.store.change_settings(chat.id, lambda settings: replace(settings, **chosen))


def unseen(world, chat, person, send="send_voice", **how):
    """A recording that the bot has not been told of, as with privacy mode on."""
    before = world.telegram.state.updates.allowed
    world.telegram.state.updates.allowed = ["poll"]
    message = getattr(chat, send)(person, other_voice(), **how)
    world.telegram.state.updates.allowed = before
    return message


def quote(world, chat, person, text, **parts):
    """A message that replies to one of another chat."""
    message = chat.say(person, text)
    (update,) = world.telegram.pending_updates[-1:]
    update["message"]["external_reply"] = {"origin": {"type": "hidden_user", "sender_user_name": "Eve", "date": 1}}
    update["message"]["external_reply"] |= parts
    return message


def carried(message, kind="voice"):
    return {kind: message[kind]}


def answers(chat):
    """The texts in a chat, each with the number of the message that it replies to."""
    return [(each["text"], each.get("reply_to_message", {}).get("message_id")) for each in chat.bot_messages]


class TestModes:
    @pytest.mark.parametrize(("mode", "taken"), [(None, True), (Mode.AUTO, True), (Mode.ASK, False), (Mode.OFF, False)])
    @pytest.mark.parametrize("kind", ["send_voice", "send_audio", "send_video_note"])
    @pytest.mark.parametrize("where", ["private", "group", "channel"])
    async def test_only_in_auto_a_recording_becomes_text_by_itself(
        self, world, alice, private, group, mode, taken, kind, where
    ):
        chat = {"private": private, "group": group, "channel": world.telegram.channel("News")}[where]
        await choose(world, chat, mode=mode)
        data = audio("video_note.mp4") if kind == "send_video_note" else audio()
        getattr(chat, kind)(None if where == "channel" else alice, data)
        await world.settle()
        assert texts(chat) == (["what was said"] if taken else [])
        assert len(world.speech.uploads) == taken

    @pytest.mark.parametrize("mode", [Mode.ASK, Mode.OFF])
    async def test_where_nobody_asks_nothing_is_said_of_what_cannot_be_transcribed(self, world, alice, group, mode):
        await choose(world, group, mode=mode)
        group.send_voice(alice, audio(), file_size=20 * MEGABYTE + 1)
        await world.settle()
        assert texts(group) == []

    async def test_a_link_in_private_is_a_recording_like_others(self, world, alice, private):
        await choose(world, private, mode=Mode.ASK)
        private.say(alice, "https://example.com/a.mp3")
        await world.settle()
        assert await world.jobs() == []


class TestVideos:
    def document(self, chat, person, name="video.mp4", mime_type="video/mp4"):
        chat.send_document(person, audio("video.mp4"), file_name=name, mime_type=mime_type)

    @pytest.mark.parametrize(
        ("videos", "seconds", "taken"),
        [(None, 5, False), (0, 0, False), (0, 5, False), (60, 59, True), (60, 61, False), (60, 0, False)],
    )
    async def test_in_a_group_it_becomes_text_by_itself_if_it_is_short_enough(
        self, world, alice, group, videos, seconds, taken
    ):
        await choose(world, group, videos=videos)
        group.send_video(alice, audio("video.mp4"), duration=seconds)
        await world.settle()
        assert texts(group) == (["what was said"] if taken else [])

    async def test_elsewhere_it_always_does(self, world, alice, private, group):
        channel = world.telegram.channel("News")
        private.send_video(alice, audio("video.mp4"), duration=5000)
        channel.send_video(None, audio("video.mp4"), duration=5000)
        await world.settle()
        assert texts(private) == texts(channel) == ["what was said"]

    @pytest.mark.parametrize(
        ("name", "mime_type", "taken"),
        [
            ("video.mp4", "video/mp4", False),
            ("video.mov", "application/octet-stream", False),
            (None, "video/webm", False),
            ("song.mp4", "audio/mp4", True),
            ("song.m4a", None, True),
        ],
    )
    async def test_a_document_that_is_one_waits_to_be_asked_for(self, world, alice, group, name, mime_type, taken):
        await choose(world, group, videos=60)
        self.document(group, alice, name, mime_type)
        await world.settle()
        assert texts(group) == (["what was said"] if taken else [])

    async def test_somebody_may_ask_for_any(self, world, alice, bob, group):
        video = group.send_video(alice, audio("video.mp4"), duration=5000)
        self.document(group, alice)
        group.say(bob, "/transcribe", reply_to=video)
        group.say(bob, "@verbatim_bot", reply_to=video["message_id"] + 1)
        await world.settle()
        assert answers(group) == [("what was said", video["message_id"]), ("what was said", video["message_id"] + 1)]


class TestTheCommand:
    @pytest.mark.parametrize("mode", EVERY_MODE)
    @pytest.mark.parametrize("command", ["/transcribe", "/transcribe@verbatim_bot", "/TRANSCRIBE@Verbatim_Bot please"])
    async def test_it_works_in_every_mode_for_what_the_bot_has_never_seen(
        self, world, alice, bob, group, mode, command
    ):
        await choose(world, group, mode=mode)
        voice = unseen(world, group, alice)
        group.say(bob, command, reply_to=voice)
        await world.settle()
        assert answers(group) == [("what was said", voice["message_id"])]
        (job,) = await world.jobs()
        assert job.user_id == alice.id

    @pytest.mark.parametrize("kind", ["send_voice", "send_audio", "send_document"])
    async def test_it_works_with_privacy_mode_on(self, world, alice, bob, kind):
        world.speech.says("what was said")
        group = world.telegram.group("Team", [alice, bob])
        named = {"file_name": "talk.ogg", "mime_type": "audio/ogg"} if kind == "send_document" else {}
        voice = getattr(group, kind)(alice, audio(), **named)
        group.say(bob, "/transcribe@verbatim_bot", reply_to=voice)
        await world.settle()
        assert answers(group) == [("what was said", voice["message_id"])]

    async def test_it_works_in_a_private_chat_and_in_a_channel(self, world, alice, private, group):
        channel = world.telegram.channel("News")
        for chat, person in ((private, alice), (channel, None)):
            await choose(world, chat, mode=Mode.OFF)
            chat.say(person, "/transcribe", reply_to=chat.send_voice(person, other_voice()))
            await world.settle()
            assert texts(chat) == ["what was said"]

    async def test_it_works_in_a_topic_and_for_an_anonymous_admin(self, world, alice):
        world.speech.says("what was said")
        group = world.telegram.supergroup("Team", [alice], topics=True, privacy=False)
        thread = group.topic("Talks")
        voice = unseen(world, group, alice, thread=thread)
        group.say(group, "/transcribe@verbatim_bot", reply_to=voice, thread=thread)
        await world.settle()
        (answer,) = group.bot_messages
        assert answer["message_thread_id"] == thread
        assert answer["reply_to_message"]["message_id"] == voice["message_id"]

    async def test_the_head_of_a_topic_is_no_message_that_one_replies_to(self, world, alice):
        group = world.telegram.supergroup("Team", [alice], topics=True, privacy=False)
        group.say(alice, "/transcribe", thread=group.topic("Talks"))
        await world.settle()
        assert texts(group) == [ENGLISH.asking.how(links=True)]

    async def test_that_of_another_bot_is_left_to_it(self, world, alice, group):
        group.say(alice, "/transcribe@other_bot", reply_to=unseen(world, group, alice))
        await world.settle()
        assert texts(group) == []

    async def test_a_text_that_is_known_comes_again_as_a_new_reply_and_costs_nothing(self, world, alice, bob, group):
        voice = group.send_voice(alice, other_voice())
        await world.settle()
        group.say(bob, "/transcribe", reply_to=voice)
        await world.settle()
        assert answers(group) == [("what was said", voice["message_id"])] * 2
        assert len(world.speech.uploads) == 1

    async def test_a_text_that_is_gone_is_made_again(self, world, alice, bob, group):
        voice = group.send_voice(alice, other_voice())
        await world.settle()
        await world.app.store.purge(world.clock() + 100 * 86400, world.clock(), 100)
        group.say(bob, "/transcribe", reply_to=voice)
        await world.settle()
        assert answers(group) == [("what was said", voice["message_id"])] * 2
        assert len(world.speech.uploads) == 2

    async def test_of_what_is_under_way_it_says_so(self, world, alice, bob, group):
        world.speech.latency = lambda _model, _data: 600.0
        voice = unseen(world, group, alice)
        first = group.say(alice, "/transcribe", reply_to=voice)
        await world.turn()
        second = group.say(bob, "/transcribe", reply_to=voice)
        await world.turn()
        assert answers(group)[1:] == [(ENGLISH.asking.under_way(), second["message_id"])]
        assert first != second
        await world.settle()
        assert answers(group)[0] == ("what was said", voice["message_id"])
        assert len(await world.jobs()) == 1

    async def test_a_cancelled_recording_is_made_after_all(self, world, alice, group):
        world.speech.latency = lambda _model, _data: 600.0
        voice = group.send_voice(alice, other_voice())
        await world.turn()
        group.press(alice, group.bot_messages[-1], "Cancel")
        await world.settle()
        group.say(alice, "/transcribe", reply_to=voice)
        await world.settle()
        assert answers(group)[-1] == ("what was said", voice["message_id"])

    async def test_it_is_carried_out_once_however_often_it_comes(self, stopped_world):
        telegram = stopped_world.telegram
        stopped_world.speech.says("what was said")
        alice = telegram.user("Alice")
        group = telegram.group("Team", [alice])
        group.say(alice, "/transcribe@verbatim_bot", reply_to=group.send_voice(alice, other_voice()))
        (update,) = telegram.pending_updates
        for _ in range(3):
            async with stopped_world.running() as world:
                await world.app.receiver.turn(0)
            telegram.redeliver(update)
        async with stopped_world.running() as world:
            await world.settle()
            telegram.redeliver(update)
            await world.settle()
        assert texts(group) == ["what was said"]

    async def test_a_recording_of_another_chat_is_answered_where_it_was_asked_for(self, world, alice, private, group):
        voice = unseen(world, private, alice)
        asking = quote(world, group, alice, "/transcribe", **carried(voice))
        await world.settle()
        assert answers(group) == [("what was said", asking["message_id"])]
        assert texts(private) == []

    @pytest.mark.parametrize("kind", ["audio", "video", "video_note", "document"])
    async def test_a_recording_of_another_chat_may_be_of_any_kind(self, world, alice, private, group, kind):
        message = unseen(world, private, alice, f"send_{kind}")
        if kind == "document":
            message["document"] |= {"file_name": "talk.ogg", "mime_type": "audio/ogg"}
        asking = quote(world, group, alice, "/transcribe@verbatim_bot", **carried(message, kind))
        await world.settle()
        assert answers(group) == [("what was said", asking["message_id"])]

    @pytest.mark.parametrize("document", [True, False])
    async def test_where_there_is_no_recording_it_says_so_in_a_sentence(self, world, alice, group, document):
        chatter = group.send_document(alice, b"notes") if document else group.say(alice, "good morning")
        group.say(alice, "/transcribe", reply_to=chatter)
        quote(world, group, alice, "/transcribe", photo=[])
        await world.settle()
        assert texts(group) == [ENGLISH.asking.no_recording()] * 2

    async def test_a_document_of_which_nobody_knows_what_it_is_is_tried_and_its_fault_told(self, world, alice, group):
        document = group.send_document(alice, b"?" * 999, file_name="talk", mime_type=None)
        group.say(alice, "/transcribe", reply_to=document)
        await world.settle()
        under_way, answer = texts(group)
        assert under_way == ENGLISH.asking.under_way()
        assert "could not read this file" in answer
        group.say(alice, "/transcribe", reply_to=document)
        await world.settle()
        assert texts(group) == [under_way, answer, answer]

    async def test_a_recording_that_is_too_large_is_told_so(self, world, alice, group):
        voice = unseen(world, group, alice, file_size=20 * MEGABYTE + 1)
        await choose(world, group, mode=Mode.OFF)
        group.say(alice, "/transcribe", reply_to=voice)
        await world.settle()
        (answer,) = texts(group)
        assert "20 MB" in answer

    async def test_alone_it_says_how_it_is_used(self, world, alice, group, private):
        for chat in (group, private):
            chat.say(alice, "/transcribe")
            await world.settle()
            assert texts(chat) == [ENGLISH.asking.how(links=True)]

    async def test_without_links_it_says_how_it_is_used_for_replies(self, stopped_world):
        alice = stopped_world.telegram.user("Alice")
        chat = stopped_world.telegram.private(alice)
        async with stopped_world.running(links="off") as world:
            chat.say(alice, "/transcribe")
            await world.settle()
        assert texts(chat) == [ENGLISH.asking.how(links=False)]

    async def test_a_link_behind_it_counts_before_what_it_replies_to(self, world, alice, group):
        url = "https://example.com/news"
        world.speech.links[url] = audio()
        asking = group.say(alice, f"/transcribe {url}", reply_to=unseen(world, group, alice))
        await world.settle()
        assert answers(group) == [("what was said", asking["message_id"])]
        assert len(await world.jobs()) == 1


class TestCalling:
    """A mention of the bot, or another command of it, in reply to a recording."""

    @pytest.mark.parametrize(
        ("said", "modes"),
        [
            ("@verbatim_bot", {None, Mode.AUTO, Mode.ASK}),
            ("please, @Verbatim_Bot!", {None, Mode.AUTO, Mode.ASK}),
            ("/start@verbatim_bot", {Mode.ASK}),
            ("/help", {Mode.ASK}),
            ("/model whisper-tiny", {Mode.ASK}),
            ("/start@other_bot", set()),
            ("/unknown", set()),
            ("@verbatim_bot_2", set()),
            ("me@verbatim_bot", set()),
            ("nice", set()),
        ],
    )
    @pytest.mark.parametrize("mode", EVERY_MODE)
    async def test_the_mode_decides_what_asks_for_a_recording(self, world, alice, bob, group, mode, said, modes):
        await choose(world, group, mode=mode)
        group.say(bob, said, reply_to=unseen(world, group, alice))
        await world.settle()
        assert ("what was said" in texts(group)) is (mode in modes)

    async def test_it_works_in_a_private_chat_for_what_nobody_asked_for_yet(self, world, alice, private, group):
        await choose(world, private, mode=Mode.ASK)
        voice = private.send_voice(alice, other_voice())
        for _ in range(2):
            private.say(alice, "/start", reply_to=voice)
            await world.settle()
        assert texts(private).count("what was said") == 1

    @pytest.mark.parametrize("command", ["/start", "/help"])
    @pytest.mark.parametrize("mode", EVERY_MODE)
    async def test_one_who_asks_what_the_bot_does_in_reply_to_a_recording_gets_one_answer(
        self, world, alice, private, group, mode, command
    ):
        await choose(world, private, mode=mode)
        voice = unseen(world, private, alice)
        private.say(alice, command, reply_to=voice)
        await world.settle()
        (first,) = texts(private)
        assert (first == "what was said") is (mode is Mode.ASK)
        private.say(alice, command, reply_to=voice)
        await world.settle()
        assert "what was said" not in texts(private)[1:]
        assert len(texts(private)) == 2

    async def test_a_command_in_reply_to_a_recording_that_is_too_large_says_so_alone(
        self, world, alice, private, group
    ):
        await choose(world, private, mode=Mode.ASK)
        voice = unseen(world, private, alice, file_size=20 * MEGABYTE + 1)
        private.say(alice, "/help", reply_to=voice)
        await world.settle()
        (answer,) = texts(private)
        assert "20 MB" in answer

    async def test_a_command_that_does_something_does_it_beside_the_text(self, world, alice, private, group):
        await choose(world, private, mode=Mode.ASK)
        private.say(alice, "/model whisper-tiny", reply_to=unseen(world, private, alice))
        await world.settle()
        assert len(texts(private)) == 2
        assert "what was said" in texts(private)

    async def test_a_mention_in_reply_to_what_has_its_text_means_nothing_where_all_becomes_text(
        self, world, alice, bob, group
    ):
        voice = group.send_voice(alice, other_voice())
        await world.settle()
        group.say(bob, "thank you, @verbatim_bot", reply_to=voice)
        await world.settle()
        assert texts(group) == ["what was said"]

    async def test_a_mention_may_ask_for_a_recording_of_another_chat(self, world, alice, private, group):
        await choose(world, group, mode=Mode.ASK)
        asking = quote(world, group, alice, "@verbatim_bot", **carried(unseen(world, private, alice)))
        await world.settle()
        assert answers(group) == [("what was said", asking["message_id"])]

    async def test_a_mention_in_reply_to_a_text_means_nothing(self, world, alice, bob, group):
        group.say(bob, "@verbatim_bot", reply_to=group.say(alice, "good morning"))
        await world.settle()
        assert texts(group) == []


class TestPostsOfChannels:
    @pytest.fixture
    def channel(self, world, group):
        return world.telegram.channel("News", linked_group=group)

    @pytest.mark.parametrize(
        ("in_channel", "in_group", "answered"),
        [
            (Mode.AUTO, Mode.AUTO, "channel"),
            (Mode.OFF, Mode.AUTO, "group"),
            (Mode.ASK, Mode.AUTO, "group"),
            (Mode.AUTO, Mode.OFF, "channel"),
            (Mode.AUTO, Mode.ASK, "channel"),
            (Mode.OFF, Mode.OFF, None),
        ],
    )
    async def test_a_post_is_answered_where_it_is_wanted_and_once(
        self, world, channel, group, in_channel, in_group, answered
    ):
        await choose(world, channel, mode=in_channel)
        await choose(world, group, mode=in_group)
        channel.send_voice(None, other_voice())
        await world.settle()
        found = {name: texts(chat) for name, chat in (("channel", channel), ("group", group)) if texts(chat)}
        assert found == ({answered: ["what was said"]} if answered else {})

    async def test_somebody_in_the_group_may_ask_for_one_that_was_answered_in_the_channel(
        self, world, alice, channel, group
    ):
        channel.send_voice(None, other_voice())
        await world.settle()
        (post,) = (each for each in group.messages if "voice" in each)
        group.say(alice, "/transcribe", reply_to=post)
        await world.settle()
        assert texts(channel) == ["what was said"]
        assert answers(group) == [("what was said", post["message_id"])]
        assert len(world.speech.uploads) == 1

    async def test_a_command_in_the_channel_is_carried_out_there_alone(self, world, channel, group):
        await choose(world, channel, mode=Mode.OFF)
        await choose(world, group, mode=Mode.OFF)
        voice = channel.send_voice(None, other_voice())
        channel.say(None, "/transcribe", reply_to=voice)
        channel.say(None, "/transcribe")
        await world.settle()
        assert texts(group) == []
        assert sorted(texts(channel)) == sorted(["what was said", ENGLISH.asking.how(links=True)])


async def test_an_answer_does_not_reply_to_the_number_that_a_recording_had_before_its_group_moved(world, alice):
    world.speech.says("what was said")
    group = world.telegram.group("Team", [alice], privacy=False)
    voice = group.send_voice(alice, other_voice())
    await world.settle()
    world.speech.latency = lambda _model, _data: 600.0
    await choose(world, group, model="whisper-tiny")
    group.say(alice, "/transcribe", reply_to=voice)
    await world.turn()
    new = group.upgrade(alice)
    await world.settle()
    assert answers(new) == [("what was said", None)]
    assert [job.state for job in await world.jobs()] == [State.DELIVERED] * 2
